"""Tasks in the Django admin. Read-only, because only `tasks.lifecycle.perform` changes them."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from econtract.platform.common import clock
from econtract.platform.outbox.admin import ReadOnlyAdmin
from edo.expiry import EXPIRES_SOON
from edo.trust.staleness import find_stale_sources
from tasks.admin.expiry import build_expiry_rows
from tasks.admin.visibility_page import show_visibility
from tasks.models import HistoryEntry, SigningTask


class HistoryInline(admin.TabularInline):
    """The history of the task, oldest first."""

    model = HistoryEntry
    readonly_fields = ["at", "acted_as", "actor", "name", "old_status", "new_status", "resolution"]
    fields = ["at", "acted_as", "actor", "name", "old_status", "new_status", "resolution"]
    can_delete = False
    extra = 0
    max_num = 0
    verbose_name_plural = "история"


@admin.register(SigningTask)
class SigningTaskAdmin(ReadOnlyAdmin):
    list_display = ["number", "client", "status", "resolution", "manager", "updated_at"]
    list_filter = ["status", "task_type", "channel"]
    list_select_related = ["client", "manager"]
    search_fields = ["=number", "=client__inn", "=account_number"]
    inlines = [HistoryInline]
    exclude = ["identification_link", "submission_key"]
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("expiring/", view(self.show_expiries), name="tasks_signingtask_expiring"),
            path("why/", view(show_visibility), name="tasks_signingtask_why"),
            *super().get_urls(),
        ]

    def show_expiries(self, request: HttpRequest) -> HttpResponse:
        """«Сертификаты и МЧД»: what expires soon, the tasks that this will stop, stale lists."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Сертификаты и МЧД",
            "rows": build_expiry_rows(),
            "stale_sources": find_stale_sources(clock.now()),
            "days": EXPIRES_SOON.days,
        }
        return TemplateResponse(request, "tasks/admin/expiry.html", context)
