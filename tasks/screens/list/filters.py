"""The filters of a list as the page shows them, and the text of its updates."""

from typing import Any

from accounts.roles import TaskType
from clients.models import Region
from econtract.platform.common.formatting import format_number, pluralize
from econtract.platform.listing.counters import count_label
from edo.models import SimpleSigning
from tasks.listing.counters import TaskCounters
from tasks.listing.query import TaskListQuery
from tasks.listing.tabs import TABS
from tasks.models import Channel
from tasks.screens.common.managers import NOT_FOUND, manager_name
from tasks.statuses import Resolution, Stage, Status, quick_filters

CHIP_ICONS = {
    "errors": "alert-triangle",
    "call": "phone",
    "edit": "pencil",
    "approval": "hourglass",
}


def build_quick_filter_chips(
    tab: str, query: TaskListQuery, counters: TaskCounters
) -> list[dict[str, Any]]:
    """The inputs of `components/chips.html`; the current chip links to the list without it."""
    if not TABS[tab].has_quick_filters:
        return []
    return [
        {
            "label": quick_filter.label,
            "url": query.with_changes(
                quick_filter="" if query.quick_filter == code else code
            ).encode(),
            "current": query.quick_filter == code,
            "count": count_label(counters.by_quick_filter[code]),
            "icon": CHIP_ICONS.get(code, ""),
        }
        for code, quick_filter in quick_filters().items()
    ]


def build_active_filters(query: TaskListQuery) -> list[dict[str, str]]:
    """The filters that are set, each as «Этап: Архив» with a link that removes it."""
    values = [
        ("stage", "Этап", Stage(query.stage).label if query.stage else ""),
        ("status", "Статус", Status(query.status).label if query.status else ""),
        ("resolution", "Резолюция", Resolution(query.resolution).label if query.resolution else ""),
        ("task_type", "Тип", TaskType(query.task_type).label if query.task_type else ""),
        ("channel", "Подписание", Channel(query.channel).label if query.channel else ""),
        ("progress", "Ход подписания", _get_progress_label(query.progress)),
        ("region", "Регион", _region_name(query.region)),
        ("owner", "Ответственный", manager_name(query.owner)),
        ("since", "Создано с", query.since.strftime("%d.%m.%Y") if query.since else ""),
        ("until", "Создано по", query.until.strftime("%d.%m.%Y") if query.until else ""),
    ]
    defaults = TaskListQuery()
    return [
        {
            "label": f"{label}: {value}",
            "url": query.with_changes(**{name: getattr(defaults, name)}).encode(),
        }
        for name, label, value in values
        if value
    ]


def _get_progress_label(progress: str) -> str:
    return str(SimpleSigning.Progress(progress).label) if progress else ""


def _region_name(pk: int | None) -> str:
    if pk is None:
        return ""
    region = Region.objects.filter(pk=pk).first()
    return str(region) if region else NOT_FOUND


def format_update_count(count: int) -> str:
    """«3 задания обновлены»; "" if none has changed."""
    if not count:
        return ""
    noun = pluralize(count, "задание обновлено", "задания обновлены", "заданий обновлено")
    return f"{format_number(count)} {noun}"
