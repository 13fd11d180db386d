"""The small forms of a task's card."""

from typing import Any

from django import forms

from clients.rules.account_prefix import check_account_number
from clients.screens import fields
from tasks.models import Comment, SigningTask
from tasks.screens.card.buttons import ButtonSpec


class WordsForm(forms.Form):
    """What a transition asks for: a comment, or the reason of a cancellation.

    ``facts`` are the arguments of the transition (`tasks.transitions`).
    """

    words = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=Comment.MAX_LENGTH)

    def __init__(self, *args: Any, wording: ButtonSpec, argument: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.argument = argument
        self.fields["words"].label = wording.asks
        self.fields["words"].required = wording.comment == "required"
        self.fields["words"].error_messages["required"] = f"Заполните поле «{wording.asks}»"

    @property
    def facts(self) -> dict[str, str]:
        return {self.argument: self.cleaned_data["words"].strip()}


class CommentForm(forms.Form):
    """A comment on the card."""

    text = forms.CharField(
        label="Новый комментарий",
        help_text="Чтобы сообщить сотруднику, напишите @ и его логин",
        max_length=Comment._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 2, "data-key": "KeyC"}),
        error_messages={"required": "Напишите комментарий"},
    )


class AccountForm(forms.Form):
    """«Лицевой счет» with the first check: the prefix that region and services allow."""

    account_number = fields.AccountField(
        label="Лицевой счет", help_text="12 цифр", required_message="Введите лицевой счет"
    )
    based_on = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(self, *args: Any, task: SigningTask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task

    def clean_account_number(self) -> str:
        number: str = self.cleaned_data["account_number"]
        problem = check_account_number(number, self.task.region, self.task.services.all())
        if problem:
            raise forms.ValidationError(problem)
        return number

    def begin_again_from(self, saved: str) -> None:
        """What was typed stays; the next attempt knows what somebody else has saved."""
        self.data = {**self.data, "based_on": saved}
