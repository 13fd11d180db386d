"""The outbox in the Django admin, where parked jobs can be inspected and repeated."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from econtract.platform.common.errors import ActionRefused
from econtract.platform.outbox import registry
from econtract.platform.outbox.models import FeedCursor, InboundEvent, OutboxJob


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the application writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class KindFilter(admin.SimpleListFilter):
    """Job kinds by their titles."""

    title, parameter_name = "действие", "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(job_kind.kind, job_kind.title) for job_kind in registry.job_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxJob]) -> QuerySet[OutboxJob]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(OutboxJob)
class OutboxJobAdmin(ReadOnlyAdmin):
    list_display = ["title", "subject", "state", "attempts", "due_at", "last_error", "created_at"]
    list_filter = ["state", KindFilter]
    # Without the lease, which administrators do not need.
    fields = [
        "title", "subject", "queue_key", "payload", "key", "state", "attempts", "due_at",
        "last_error", "created_at", "closed_at", "request_id",
    ]  # fmt: skip
    search_fields = ["=subject", "=key"]
    date_hierarchy = "created_at"
    actions = ["retry"]
    show_full_result_count = False

    @admin.display(description="Действие", ordering="kind")
    def title(self, job: OutboxJob) -> str:
        return registry.title_of(job.kind)

    @admin.display(description="Последняя ошибка", ordering="error_kind")
    def last_error(self, job: OutboxJob) -> str:
        return job.last_error

    @admin.action(description="Повторить отложенные вызовы", permissions=["view"])
    def retry(self, request: HttpRequest, queryset: QuerySet[OutboxJob]) -> None:
        """Repeats the selected jobs that are parked."""
        count = 0
        for job in queryset.filter(state=OutboxJob.State.PARKED):
            try:
                with transaction.atomic():
                    registry.job_kind(job.kind).retry(job, request.user)
            except (LookupError, ActionRefused) as error:
                self.message_user(request, f"{job}: {error}", messages.ERROR)
            else:
                count += 1
        self.message_user(request, f"Повторено вызовов: {count}", messages.SUCCESS)


@admin.register(InboundEvent)
class InboundEventAdmin(ReadOnlyAdmin):
    list_display = ["source", "external_id", "received_at", "handled_at", "outcome"]
    list_filter = ["source", ("handled_at", admin.EmptyFieldListFilter)]
    show_full_result_count = False


@admin.register(FeedCursor)
class FeedCursorAdmin(ReadOnlyAdmin):
    list_display = ["source", "value", "read_at", "problem"]
