"""The filters of a list as a form. It is sent by GET: its answer is an address."""

from typing import Any

from django import forms

from accounts.roles import TaskType
from clients.models import Region
from tasks.filters import ListQuery
from tasks.statuses import Resolution, Stage, Status

ANY = [("", "Любой")]


class DayInput(forms.DateInput):
    """A native date picker; its value travels as 2026-11-21 whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class FilterForm(forms.Form):
    """Stage, status, resolution, type, region and period; the manager is a combobox beside it."""

    stage = forms.ChoiceField(label="Этап", required=False, choices=[*ANY, *Stage.choices])
    status = forms.ChoiceField(label="Статус", required=False, choices=[*ANY, *Status.choices])
    resolution = forms.ChoiceField(
        label="Резолюция", required=False, choices=[("", "Любая"), *Resolution.choices]
    )
    type = forms.ChoiceField(label="Тип", required=False, choices=[*ANY, *TaskType.choices])
    region = forms.ModelChoiceField(
        label="Регион", required=False, queryset=Region.objects.all(), empty_label="Любой"
    )

    NAMES = frozenset({"stage", "status", "resolution", "type", "region", "owner", "from", "to"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # «from» is no name for a class attribute.
        for name, label in (("from", "Создано с"), ("to", "Создано по")):
            self.fields[name] = forms.DateField(label=label, required=False, widget=DayInput())

    @staticmethod
    def initial_of(query: ListQuery) -> dict[str, Any]:
        """What the form shows for ``query``."""
        return {
            "stage": query.stage,
            "status": query.status,
            "resolution": query.resolution,
            "type": query.task_type,
            "region": query.region,
            "from": query.since,
            "to": query.until,
        }
