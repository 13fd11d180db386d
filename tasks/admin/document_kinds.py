"""«Виды документов» in the Django admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_base import TitledAdmin
from clients.directories.admin import DirectoryAdmin
from tasks.actions.document_kinds import DOCUMENT_KINDS
from tasks.models import DocumentKind


@admin.register(DocumentKind)
class DocumentKindAdmin(TitledAdmin, DirectoryAdmin):
    directory = DOCUMENT_KINDS
    list_display = ["name", "code", "default_channel", "retention_years", "position", "active"]
    list_filter = ["active"]
    search_fields = ["name", "code"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Tasks name a kind by its code, so the code of a stored one stays."""
        return ["code"] if obj else []

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        choices = self.directory.list_choices.get(db_field.name)
        if choices is None:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.MultipleChoiceField(
            label=db_field.verbose_name,
            help_text=db_field.help_text,
            choices=choices.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tasks refer to kinds, so a kind can only be switched off."""
        return False
