"""Documents, files and packages in the admin: read-only, but a failed conversion can be retried."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from archive import documents
from archive.models import (
    Document,
    DocumentPart,
    DocumentTemplate,
    DocumentVersion,
    EvidenceFile,
    Package,
    PackageTimestamp,
    StoredFile,
    TemplateVersion,
)


class ReadOnly:
    """Nobody edits stored and signed data by hand, not even an administrator."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DocumentVersionInline(ReadOnly, admin.TabularInline):
    model = DocumentVersion
    fields = ["number", "file_name", "state", "problem", "converter", "pages", "archive_code"]
    show_change_link = True


@admin.register(Document)
class DocumentAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["__str__", "created_at"]
    inlines = [DocumentVersionInline]


class EvidenceFileInline(ReadOnly, admin.TabularInline):
    model = EvidenceFile
    fields = ["position", "role", "side", "file", "details", "created_at"]


class DocumentPartInline(ReadOnly, admin.TabularInline):
    model = DocumentPart
    fk_name = "joined"
    fields = ["position", "version"]


@admin.register(DocumentVersion)
class DocumentVersionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["file_name", "number", "state", "converter", "text_recall", "created_at"]
    list_filter = ["state", "converter", "created_at"]
    list_select_related = ["document"]
    search_fields = ["archive_code", "source__sha256", "pdf__sha256"]
    inlines = [DocumentPartInline, EvidenceFileInline]
    actions = ["retry"]

    @admin.action(description="Повторить проверку и преобразование")
    def retry(self, request: HttpRequest, queryset: QuerySet[DocumentVersion]) -> None:
        failed = queryset.filter(state=DocumentVersion.State.FAILED)
        for version in failed:
            documents.retry_conversion(version=version)
        messages.info(request, "Документы с ошибкой отправлены на повтор")


class TemplateVersionInline(ReadOnly, admin.TabularInline):
    model = TemplateVersion
    fields = ["number", "file_name", "uploaded_by", "created_at", "published_by", "published_at"]


@admin.register(DocumentTemplate)
class DocumentTemplateAdmin(ReadOnly, admin.ModelAdmin):
    """Templates are edited on the pages «Бланки»; here is the journal of their changes."""

    list_display = ["name", "sms_signing", "is_active", "created_at"]
    inlines = [TemplateVersionInline]


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["sha256", "size", "content_type", "scan", "created_at"]
    list_filter = ["scan", "content_type"]
    search_fields = ["sha256"]


class PackageTimestampInline(ReadOnly, admin.TabularInline):
    model = PackageTimestamp
    fields = ["number", "stamped_at", "certificate_ends_at", "renew_at"]


@admin.register(Package)
class PackageAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["file_name", "code", "archive_system", "archive_code", "created_at"]
    list_filter = ["archive_system"]
    search_fields = ["code", "archive_code"]
    inlines = [PackageTimestampInline]
