"""Forms of the lists. That of the filters is sent by GET: its answer is an address."""

from typing import Any, cast

from django import forms

from accounts.models import AccessGroup, User
from accounts.roles import TaskType
from clients.models import Region
from tasks.listing.columns import OPTIONAL
from tasks.listing.query import ListQuery
from tasks.models import Channel
from tasks.models.lists import groups_of
from tasks.statuses import Resolution, Stage, Status

ANY = [("", "Любой")]


class DayInput(forms.DateInput):
    """A native date picker; its value travels as 2026-11-21 whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SelectionForm(forms.Form):
    """What tasks can be chosen by wherever they stand; the manager is a combobox beside it."""

    type = forms.ChoiceField(label="Тип", required=False, choices=[*ANY, *TaskType.choices])
    channel = forms.ChoiceField(
        label="Подписание", required=False, choices=[*ANY, *Channel.choices]
    )
    region = forms.ModelChoiceField(
        label="Регион", required=False, queryset=Region.objects.all(), empty_label="Любой"
    )

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
            "channel": query.channel,
            "region": query.region,
            "from": query.since,
            "to": query.until,
        }


class FilterForm(SelectionForm):
    """Every filter of a list but the manager."""

    stage = forms.ChoiceField(label="Этап", required=False, choices=[*ANY, *Stage.choices])
    status = forms.ChoiceField(label="Статус", required=False, choices=[*ANY, *Status.choices])
    resolution = forms.ChoiceField(
        label="Резолюция", required=False, choices=[("", "Любая"), *Resolution.choices]
    )

    field_order = ("stage", "status", "resolution")
    NAMES = frozenset(
        {"stage", "status", "resolution", "type", "channel", "region", "owner", "from", "to"}
    )


class NameForm(forms.Form):
    """The name of a saved filter."""

    name = forms.CharField(
        label="Название",
        max_length=100,
        error_messages={"required": "Введите название фильтра"},
    )


class SaveForm(NameForm):
    """«Сохранить фильтр»: the name, and the group that may open it too."""

    group = forms.ModelChoiceField(
        label="Доступен группе",
        required=False,
        queryset=AccessGroup.objects.none(),
        empty_label="Только мне",
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        group = cast("forms.ModelChoiceField[AccessGroup]", self.fields["group"])
        group.queryset = groups_of(user)


class ColumnsForm(forms.Form):
    """«Колонки»."""

    columns = forms.MultipleChoiceField(
        label="Показывать в списке",
        required=False,
        choices=[(column.code, column.label) for column in OPTIONAL.values()],
        widget=forms.CheckboxSelectMultiple(),
    )
