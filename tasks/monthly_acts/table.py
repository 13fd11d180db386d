"""«Кто подписал»: a row an agent, a column a month."""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from clients.models import Client
from econtract.platform.common.formatting import format_datetime
from tasks.models import AgentList, AgentListMember, MonthlyAct
from tasks.monthly_acts.states import Act, ActState, find_acts

NO_ACT = "–"
# Of the page and of the file.
MAX_MONTHS = 12


@dataclass(frozen=True)
class TableRow:
    """An agent: ``acts`` has an item for each month, None where they have no act.

    ``lists`` are the names of the lists that they are in, or were when an act was made.
    """

    client_id: int
    name: str
    inn: str
    lists: str
    acts: tuple[Act | None, ...]


@dataclass(frozen=True)
class ActsTable:
    """``totals`` has (signed, acts) of each month."""

    months: tuple[date, ...]
    rows: tuple[TableRow, ...]
    totals: tuple[tuple[int, int], ...]


def list_months(until: date, count: int) -> tuple[date, ...]:
    """The first days of ``count`` months, the last of which has ``until``, in their order."""
    last = until.year * 12 + until.month - 1
    return tuple(date(m // 12, m % 12 + 1, 1) for m in range(last - count + 1, last + 1))


def build_table(lists: QuerySet[AgentList], months: Sequence[date], user: User) -> ActsTable:
    """The agents of ``lists``, and everybody with an act from them in these months, by name.

    Acts whose tasks ``user`` does not see are left out. The number of queries does not depend on
    how many there are.
    """
    items = MonthlyAct.objects.filter(acts__agent_list__in=lists, month__in=months)
    items = items.select_related("acts")
    acts = {(act.client_id, act.month): act for act in find_acts(items, user)}
    names = _find_list_names(lists, items)
    clients = Client.objects.filter(pk__in=names).order_by("name_key", "pk")
    rows = [
        TableRow(
            client_id=client.pk,
            name=client.short_name,
            inn=client.inn,
            lists=", ".join(sorted(names[client.pk])),
            acts=tuple(acts.get((client.pk, month)) for month in months),
        )
        for client in clients.only("short_name", "inn")
    ]
    return ActsTable(tuple(months), tuple(rows), _count(acts.values(), months))


def find_acts_of(client: Client, user: User) -> list[Act]:
    """The acts of one agent that ``user`` may see, the newest first."""
    items = MonthlyAct.objects.filter(client=client).select_related("acts").order_by("-month")
    return find_acts(items, user)


def describe_act(act: Act | None) -> str:
    """«Подписан 28.11.2026 14:05»; «–» without an act."""
    if act is None:
        return NO_ACT
    if act.state is ActState.SIGNED and act.signed_at is not None:
        return f"{act.state.label} {format_datetime(act.signed_at)}"
    return act.state.label


def build_workbook(table: ActsTable) -> bytes:
    """The table as an xlsx file: text and frozen headings."""
    # Imported here, because few processes need it and it takes 12 MB of memory.
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Акты по месяцам")
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 2 + len(table.months), 22)
        headings = ["Агент", "ИНН", "Списки", *(f"{month:%m.%Y}" for month in table.months)]
        lines = [[row.name, row.inn, row.lists, *map(describe_act, row.acts)] for row in table.rows]
        for number, line in enumerate([headings, *lines]):
            for column, text in enumerate(line):
                sheet.write_string(number, column, text)
    return file.getvalue()


def this_month() -> date:
    """The first day of the month in the current time zone."""
    return timezone.localdate().replace(day=1)


def _find_list_names(
    lists: QuerySet[AgentList], items: Iterable[MonthlyAct]
) -> dict[int, set[str]]:
    """The names of the lists of each agent."""
    by_list = dict(lists.values_list("pk", "name"))
    names: dict[int, set[str]] = {}
    members = AgentListMember.objects.filter(agent_list__in=lists)
    for client, agent_list in members.values_list("client_id", "agent_list_id"):
        names.setdefault(client, set()).add(by_list[agent_list])
    for item in items:
        names.setdefault(item.client_id, set()).add(by_list[item.acts.agent_list_id])
    return names


def _count(acts: Iterable[Act], months: Sequence[date]) -> tuple[tuple[int, int], ...]:
    acts = list(acts)
    made = Counter(act.month for act in acts)
    signed = Counter(act.month for act in acts if act.state is ActState.SIGNED)
    return tuple((signed[month], made[month]) for month in months)
