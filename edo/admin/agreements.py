"""The texts that clients accept, in the Django admin: a new version is added, none is changed."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from econtract.platform.outbox.admin import ReadOnlyAdmin
from edo.channels.simple.agreements import add_version
from edo.models import AgreementText


@admin.register(AgreementText)
class AgreementTextAdmin(ReadOnlyAdmin):
    """Clients who accepted an earlier version are asked again once the new one is in force."""

    list_display = ["__str__", "kind", "version", "in_force_from"]
    list_filter = ["kind"]
    ordering = ["kind", "-version"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["kind", "text", "in_force_from"]
        return ["kind", "version", "in_force_from", "text", "sha256"]

    def save_model(self, request: Any, obj: AgreementText, form: ModelForm, change: bool) -> None:
        stored = add_version(obj.kind, obj.text, in_force_from=obj.in_force_from)
        obj.pk, obj.version, obj.sha256 = stored.pk, stored.version, stored.sha256
