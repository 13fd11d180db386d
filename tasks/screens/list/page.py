"""Everything of a list but its rows: headers, chips, filters in words, empty states."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from accounts.people import named_like, options
from accounts.roles import Role, TaskType
from accounts.visibility import sight_of
from clients.models import Region
from econtract.platform.common.formatting import plural, thousands
from tasks.listing.counters import Counters, in_short
from tasks.listing.query import ListQuery
from tasks.models import Channel
from tasks.statuses import Resolution, Stage, Status, quick_filters


@dataclass(frozen=True)
class ListWords:
    """What tells one list from another."""

    title: str
    empty: str
    has_chips: bool = False
    shows_owner: bool = True


LISTS = {
    "my": ListWords("Мои задания", "Заданий пока нет", has_chips=True, shows_owner=False),
    "all": ListWords("Все задания", "Заданий в работе пока нет", has_chips=True),
    "archive": ListWords("Архив", "Завершенных заданий пока нет"),
    "search": ListWords("Поиск", "Введите номер, название, ИНН, лицевой счет или телефон"),
}
CHIP_ICONS = {
    "errors": "alert-triangle",
    "call": "phone",
    "edit": "pencil",
    "approval": "hourglass",
}
OFFERED = 20


def chips(tab: str, query: ListQuery, counters: Counters) -> list[dict[str, Any]]:
    """The quick filters; the one that is on leads to the list without it."""
    if not LISTS[tab].has_chips:
        return []
    return [
        {
            "label": chip.label,
            "url": query.with_(group="" if query.group == code else code).encode(),
            "current": query.group == code,
            "count": in_short(counters.by_chip[code]),
            "icon": CHIP_ICONS.get(code, ""),
        }
        for code, chip in quick_filters().items()
    ]


def active_filters(query: ListQuery) -> list[dict[str, str]]:
    """The filters in force in words, each with the link that drops it."""
    words = [
        ("stage", "Этап", Stage(query.stage).label if query.stage else ""),
        ("status", "Статус", Status(query.status).label if query.status else ""),
        ("resolution", "Резолюция", Resolution(query.resolution).label if query.resolution else ""),
        ("task_type", "Тип", TaskType(query.task_type).label if query.task_type else ""),
        ("channel", "Подписание", Channel(query.channel).label if query.channel else ""),
        ("region", "Регион", _name_of(Region, query.region)),
        ("owner", "Ответственный", _name_of(User, query.owner)),
        ("since", "Создано с", query.since.strftime("%d.%m.%Y") if query.since else ""),
        ("until", "Создано по", query.until.strftime("%d.%m.%Y") if query.until else ""),
    ]
    blank = ListQuery()
    return [
        {
            "label": f"{label}: {value}",
            "url": query.with_(**{name: getattr(blank, name)}).encode(),
        }
        for name, label, value in words
        if value
    ]


def _name_of(model: type[Region] | type[User], pk: int | None) -> str:
    if pk is None:
        return ""
    found = model._default_manager.filter(pk=pk).first()
    return str(found) if found else "не найден"


def owner_name(query: ListQuery) -> str:
    """The manager of the filter, "" when any will do."""
    return _name_of(User, query.owner)


def owner_options(viewer: User, text: str) -> list[dict[str, str]]:
    """Managers whose tasks ``viewer`` sees and whose name or login begins with ``text``."""
    sight = sight_of(viewer)
    found = User.objects.filter(roles__role=Role.MANAGER)
    if not sight.everything:
        found = found.filter(pk__in=sight.manager_ids)
    return options(named_like(found, text))


def empty_words(query: ListQuery) -> str:
    """Why there is nothing: because of the filters, or because there is nothing at all."""
    return "narrowed" if query.is_narrowed else "nothing"


def news_words(count: int) -> str:
    """«3 задания обновлены», empty when none has changed."""
    if not count:
        return ""
    noun = plural(count, "задание обновлено", "задания обновлены", "заданий обновлено")
    return f"{thousands(count)} {noun}"
