"""The texts that clients accept, in the Django admin: a new version is added, none is changed."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.http import HttpRequest

from econtract.platform.common.errors import ActionRefused
from econtract.platform.outbox.admin import ReadOnlyAdmin
from edo.channels.simple.agreements import add_version, find_last_versions
from edo.models import AgreementText


class AgreementTextForm(forms.ModelForm):
    """A new version. `known_versions` are the last ones when the form was opened."""

    known_versions = forms.JSONField(widget=forms.HiddenInput, initial=find_last_versions)
    in_force_from = forms.SplitDateTimeField(
        label="Действует с",
        required=False,
        widget=AdminSplitDateTime,
        help_text="Пусто – сразу после сохранения. Время в прошлом указать нельзя.",
    )

    class Meta:
        model = AgreementText
        fields = ["kind", "text", "in_force_from"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["in_force_from"] = None

    def clean(self) -> dict[str, Any]:
        """Stores the version: only then is it known whether it is the next one."""
        data = self.cleaned_data
        if self.errors:
            return data
        try:
            self.instance = add_version(
                data["kind"],
                data["text"],
                in_force_from=data["in_force_from"],
                after_version=data["known_versions"].get(data["kind"], 0),
            )
        except ActionRefused as error:
            # Whoever has read the newer version saves the same form again.
            known = json.dumps(find_last_versions())
            self.data = {**self.data, self.add_prefix("known_versions"): known}
            raise forms.ValidationError(str(error)) from None
        return data


@admin.register(AgreementText)
class AgreementTextAdmin(ReadOnlyAdmin):
    """Clients who accepted an earlier version are asked again once the new one is in force."""

    form = AgreementTextForm
    list_display = ["__str__", "kind", "version", "in_force_from"]
    list_filter = ["kind"]
    ordering = ["kind", "-version"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["kind", "text", "in_force_from", "known_versions"]
        return ["kind", "version", "in_force_from", "text", "sha256"]

    def save_model(self, request: Any, obj: AgreementText, form: Any, change: bool) -> None:
        """The form has stored it."""
