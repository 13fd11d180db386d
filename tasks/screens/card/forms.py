"""The small forms of a task's card."""

import uuid
from typing import Any

from django import forms

from clients.rules.account_prefix import check_account_number
from clients.screens import fields
from tasks.models import Comment, SigningTask
from tasks.screens.card.buttons import ButtonSpec


class TransitionForm(forms.Form):
    """The comment of a transition, or the reason of a cancellation.

    ``argument`` is the name under which the transition takes it (`tasks.transitions`).
    """

    comment = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), max_length=Comment.MAX_LENGTH
    )

    def __init__(self, *args: Any, spec: ButtonSpec, argument: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.argument = argument
        field = self.fields["comment"]
        field.label = spec.comment_label
        field.required = spec.comment == "required"
        field.error_messages["required"] = f"Заполните поле «{spec.comment_label}»"

    @property
    def arguments(self) -> dict[str, str]:
        return {self.argument: self.cleaned_data["comment"].strip()}


class CommentForm(forms.Form):
    """A comment on the card."""

    text = forms.CharField(
        label="Новый комментарий",
        help_text="Чтобы сообщить сотруднику, напишите @ и его логин",
        max_length=Comment._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 2, "data-key": "KeyC"}),
        error_messages={"required": "Напишите комментарий"},
    )
    submission_key = forms.CharField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)

    def clean_submission_key(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(self.cleaned_data["submission_key"])
        except ValueError:
            return None


class AccountForm(forms.Form):
    """«Лицевой счет»; the region and the services of the task restrict the prefix."""

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

    def rebase_on(self, account_number: str) -> None:
        """Keeps the input; saving again replaces ``account_number``, which another user saved."""
        self.data = {**self.data, "based_on": account_number}
