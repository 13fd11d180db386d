"""«Настройки уведомлений»: what a person wants to be told of, and how."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from accounts.models import User
from tasks.models.notification_kinds import ANSWERS, DEFAULT_MAIL, FOR_ADMINISTRATORS, Kind, Mail
from tasks.models.notifications import NotificationChoice


@dataclass(frozen=True)
class Line:
    """One kind with its two fields."""

    label: str
    bell: BoundField
    mail: BoundField


class ChoicesForm(forms.Form):
    """Two fields a kind; a kind that can never come is not there."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.kinds = [
            kind
            for kind in Kind
            if kind not in ANSWERS and (user.is_administrator or kind not in FOR_ADMINISTRATORS)
        ]
        stored = {choice.kind: choice for choice in user.notification_choices.all()}
        for kind in self.kinds:
            self._add_fields(kind, stored.get(kind))

    def _add_fields(self, kind: Kind, choice: NotificationChoice | None) -> None:
        named = {"aria-label": f"В приложении: {kind.label}"}
        self.fields[f"bell_{kind}"] = forms.BooleanField(
            required=False,
            initial=choice.bell if choice else True,
            widget=forms.CheckboxInput(attrs=named),
        )
        self.fields[f"mail_{kind}"] = forms.ChoiceField(
            choices=Mail.choices,
            initial=choice.mail if choice else DEFAULT_MAIL,
            widget=forms.Select(attrs={"aria-label": f"Письмо: {kind.label}"}),
        )

    def lines(self) -> Iterator[Line]:
        for kind in self.kinds:
            yield Line(str(kind.label), self[f"bell_{kind}"], self[f"mail_{kind}"])

    def save(self) -> None:
        """Stores every line, so that a default that changes later changes nobody's wish."""
        NotificationChoice.objects.bulk_create(
            [
                NotificationChoice(
                    user=self.user,
                    kind=kind,
                    bell=self.cleaned_data[f"bell_{kind}"],
                    mail=self.cleaned_data[f"mail_{kind}"],
                )
                for kind in self.kinds
            ],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["bell", "mail"],
        )
