"""Confirmations of signatories in the Django admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from edo.models import SigningBatch


@admin.register(SigningBatch)
class SigningBatchAdmin(admin.ModelAdmin):
    """Read-only: only `edo.signing.providers.confirmed` writes them."""

    list_display = ["key_ref", "provider", "state", "created_at", "asked_at", "expires_at"]
    list_filter = ["state", "provider"]
    search_fields = ["=key_ref"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    fields = [
        ("key_ref", "provider"),
        "state",
        "documents",
        "place",
        ("created_at", "asked_at"),
        ("expires_at", "closed_at"),
    ]
    readonly_fields = ["documents"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SigningBatch]:
        return super().get_queryset(request).order_by("-pk")

    @admin.display(description="Документы")
    def documents(self, batch: SigningBatch) -> SafeString:
        operations = batch.operations.only("file_name", "failure", "batch_id")
        rows = [(operation.file_name, operation.failure) for operation in operations]
        return format_html_join("", "<div>{} {}</div>", rows)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
