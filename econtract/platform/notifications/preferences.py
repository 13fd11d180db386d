"""«Настройки уведомлений»: what a user is notified of, and how."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from econtract.platform.notifications.models import (
    DEFAULT_MAIL,
    MailFrequency,
    NotificationPreference,
)
from econtract.platform.notifications.registry import NotificationKind, notification_kinds


@dataclass(frozen=True)
class PreferenceFields:
    """One kind with its two fields."""

    label: str
    bell: BoundField
    mail: BoundField


class PreferencesForm(forms.Form):
    """Two fields a kind; kinds that the user can never get are left out."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.kinds = [
            kind
            for kind in notification_kinds()
            if not kind.mandatory and (user.is_administrator or not kind.for_administrators)
        ]
        by_kind = {
            preference.kind: preference for preference in user.notification_preferences.all()
        }
        for kind in self.kinds:
            self._add_fields(kind, by_kind.get(kind.code))

    def _add_fields(
        self, kind: NotificationKind, preference: NotificationPreference | None
    ) -> None:
        self.fields[f"bell_{kind.code}"] = forms.BooleanField(
            required=False,
            initial=preference.bell if preference else True,
            widget=forms.CheckboxInput(attrs={"aria-label": f"В приложении: {kind.label}"}),
        )
        self.fields[f"mail_{kind.code}"] = forms.ChoiceField(
            choices=MailFrequency.choices,
            initial=preference.mail if preference else DEFAULT_MAIL,
            widget=forms.Select(attrs={"aria-label": f"Письмо: {kind.label}"}),
        )

    def lines(self) -> Iterator[PreferenceFields]:
        for kind in self.kinds:
            bell, mail = self[f"bell_{kind.code}"], self[f"mail_{kind.code}"]
            yield PreferenceFields(kind.label, bell, mail)

    def save(self) -> None:
        """Stores every line, so that a later change of the defaults changes nobody's choice."""
        NotificationPreference.objects.bulk_create(
            [
                NotificationPreference(
                    user=self.user,
                    kind=kind.code,
                    bell=self.cleaned_data[f"bell_{kind.code}"],
                    mail=self.cleaned_data[f"mail_{kind.code}"],
                )
                for kind in self.kinds
            ],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["bell", "mail"],
        )
