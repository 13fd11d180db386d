"""The forms of lists of agents and of their acts."""

import uuid
from datetime import date

from django import forms

from accounts.models import User
from accounts.roles import TaskType
from tasks.models import DocumentKind, SigningTask
from tasks.monthly_acts.lists import split_inns
from tasks.monthly_acts.table import this_month
from tasks.screens.batches.forms import NewBatchForm


class ListForm(forms.Form):
    """The name of a list."""

    name = forms.CharField(
        label="Название списка",
        max_length=120,
        help_text="Например: Агенты Тулы",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Введите название списка"},
    )


class AddAgentsForm(forms.Form):
    """The agents to add, by their ИНН."""

    inns = forms.CharField(
        label="ИНН агентов",
        help_text="По одному в строке или через запятую",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Введите ИНН хотя бы одного агента"},
    )

    def clean_inns(self) -> list[str]:
        return split_inns(self.cleaned_data["inns"])


class ActsForm(NewBatchForm):
    """«Подготовить акты»: the month, and what all its acts have in common."""

    month = forms.DateField(
        label="За какой месяц",
        input_formats=["%Y-%m", "%m.%Y"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
        error_messages={
            "required": "Введите месяц",
            "invalid": "Введите месяц в виде ММ.ГГГГ",
        },
    )
    task_type = forms.ChoiceField(widget=forms.HiddenInput)

    field_order = ["month", "template", "file"]

    @classmethod
    def empty(cls, user: User) -> "ActsForm":
        """The form as it is opened: as in the user's last task of this type, for this month."""
        names = ("region", "box", "signatory")
        tasks = SigningTask.objects.filter(created_by=user, task_type=TaskType.CONTRACTOR)
        last = tasks.order_by("-created_at").values(*names).first() or {}
        kind = DocumentKind.objects.filter(pk=DocumentKind.ACCEPTANCE).first()
        initial = {
            **last,
            "document_kind": kind,
            "template": kind.default_template if kind else None,
            "month": this_month(),
            "task_type": TaskType.CONTRACTOR,
            "submission_key": uuid.uuid4(),
        }
        return cls(user, initial=initial)

    def clean_month(self) -> date:
        month: date = self.cleaned_data["month"]
        if month > this_month():
            raise forms.ValidationError("Этот месяц еще не начался")
        return month

    def clean_task_type(self) -> str:
        return TaskType.CONTRACTOR
