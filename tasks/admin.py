"""Tasks in the Django admin: to be looked at. They change through the door alone."""

from django.contrib import admin

from econtract.outbox.admin import ReadOnlyAdmin
from tasks.models import HistoryEntry, SigningTask


class HistoryInline(admin.TabularInline):
    """What happened to the task, oldest first."""

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
