"""The form of «Передать»."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from accounts.users import combobox_options, search_by_name
from econtract.platform.listing.query import parse_id
from tasks.models import Comment

CHOOSE_RECEIVER = "Выберите сотрудника из списка"


class HandOverForm(forms.Form):
    """The receiver, who is one of ``receivers``, and a comment for the history."""

    comment = forms.CharField(
        label="Комментарий",
        required=False,
        max_length=Comment.MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, receivers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "hand-%s"} | kwargs))
        self.receivers = receivers
        self.fields["to"] = forms.ModelChoiceField(
            label="Кому",
            queryset=receivers,
            error_messages={"required": CHOOSE_RECEIVER, "invalid_choice": CHOOSE_RECEIVER},
        )
        self.order_fields(["to", "comment"])

    def picker(self) -> dict[str, Any]:
        """What the combobox shows: the selected receiver, or the matches of the typed name."""
        query = str(self.data.get("to_q", ""))
        pk = str(self.data.get("to", ""))
        receiver = self.receivers.filter(pk=pk).first() if parse_id(pk) else None
        return {
            "value": pk if receiver else "",
            "text": str(receiver) if receiver else "",
            "query": query,
            "options": combobox_options(search_by_name(self.receivers, query))
            if query and not receiver
            else [],
        }
