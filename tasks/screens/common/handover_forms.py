"""To whom a task is handed, and with what words."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from accounts.users import combobox_options, search_by_name
from tasks.models import Comment

CHOOSE = "Выберите сотрудника из списка"


class HandOverForm(forms.Form):
    """The receiver, chosen among ``people``, and a comment for the history."""

    comment = forms.CharField(
        label="Комментарий",
        required=False,
        max_length=Comment.MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "hand-%s"} | kwargs))
        self.people = people
        self.fields["to"] = forms.ModelChoiceField(
            label="Кому",
            queryset=people,
            error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
        )
        self.order_fields(["to", "comment"])

    def picker(self) -> dict[str, Any]:
        """What the combobox shows: the chosen one, or who fits what was typed."""
        typed = str(self.data.get("to_q", ""))
        chosen = str(self.data.get("to", ""))
        known = self.people.filter(pk=chosen).first() if _is_key(chosen) else None
        return {
            "value": chosen if known else "",
            "text": str(known) if known else "",
            "query": typed,
            "options": []
            if known or not typed
            else combobox_options(search_by_name(self.people, typed)),
        }


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
