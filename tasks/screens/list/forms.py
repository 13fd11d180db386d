"""Forms of the lists. The form of the filters is sent by GET: its result is a query string."""

from typing import Any, cast

from django import forms

from accounts.models import AccessGroup, User
from accounts.roles import TaskType
from clients.models import Region
from econtract.platform.listing.columns import optional_columns
from edo.models import SimpleSigning
from tasks.listing.columns import TASK_COLUMNS
from tasks.listing.query import TaskListQuery
from tasks.models import Channel
from tasks.statuses import Resolution, Stage, Status

ANY = [("", "Любой")]


class DayInput(forms.DateInput):
    """A native date picker; its value is sent as 2026-11-21 in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SelectionForm(forms.Form):
    """The filters that lists and reports share; the manager is a combobox beside the form."""

    type = forms.ChoiceField(label="Тип", required=False, choices=[*ANY, *TaskType.choices])
    channel = forms.ChoiceField(
        label="Подписание", required=False, choices=[*ANY, *Channel.choices]
    )
    region = forms.ModelChoiceField(
        label="Регион", required=False, queryset=Region.objects.all(), empty_label="Любой"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # «from» cannot be a class attribute.
        for name, label in (("from", "Создано с"), ("to", "Создано по")):
            self.fields[name] = forms.DateField(label=label, required=False, widget=DayInput())

    @staticmethod
    def initial_values(query: TaskListQuery) -> dict[str, Any]:
        """The form's initial values for ``query``."""
        return {
            "stage": query.stage,
            "status": query.status,
            "resolution": query.resolution,
            "type": query.task_type,
            "channel": query.channel,
            "progress": query.progress,
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

    progress = forms.ChoiceField(
        label="Ход подписания по СМС",
        required=False,
        choices=[*ANY, *SimpleSigning.Progress.choices],
    )

    field_order = ("stage", "status", "resolution")
    # The parameters that the form and the combobox beside it set.
    PARAMETERS = frozenset(
        {
            "stage",
            "status",
            "resolution",
            "type",
            "channel",
            "progress",
            "region",
            "owner",
            "from",
            "to",
        }
    )


class FilterNameForm(forms.Form):
    """The name of a saved filter."""

    name = forms.CharField(
        label="Название",
        max_length=100,
        error_messages={"required": "Введите название фильтра"},
    )


class SaveFilterForm(FilterNameForm):
    """«Сохранить фильтр»: the name, and the access group that may open the filter too."""

    group = forms.ModelChoiceField(
        label="Доступен группе",
        required=False,
        queryset=AccessGroup.objects.none(),
        empty_label="Только мне",
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        group = cast("forms.ModelChoiceField[AccessGroup]", self.fields["group"])
        group.queryset = user.access_groups


class ColumnsForm(forms.Form):
    """«Колонки»."""

    columns = forms.MultipleChoiceField(
        label="Показывать в списке",
        required=False,
        choices=[(column.code, column.title) for column in optional_columns(TASK_COLUMNS)],
        widget=forms.CheckboxSelectMultiple(),
    )
