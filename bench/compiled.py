"""`scripts/bench compiled`: what compiled queries and id conditions save against plain ORM.

Both variants of every query run in turns on a small database: the part of the cost in which they
differ does not depend on its size. A figure is the fastest tenth of the runs, because other load
on the machine only slows them down. Takes a few seconds.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from bench.gates import Gate, told
from bench.pipeline import own_database
from econtract.platform.common import clock
from econtract.platform.common.compiled import CompiledQuery
from econtract.platform.common.id_lists import InBoundIds, InLiteralIds, bind_ids
from edo.channels.operator import preflight
from edo.powers import registration as powers
from tasks.lifecycle import perform
from tasks.listing import counters, pagination, tabs
from tasks.listing.query import ListQuery
from tasks.models import SigningTask, queries
from tasks.pipeline import step
from tasks.screens.card import loading, page
from tasks.screens.list.rows import names_of
from tasks.statuses import quick_filters

TASKS, USERS, TURNS = 2_000, 100, 150

Place = tuple[str, Callable[[], object], Callable[[], object]]


def run() -> list[Gate]:
    with own_database():
        call_command("load_reference", verbosity=0)
        call_command("seed_load", tasks=TASKS, users=USERS, verbosity=0)
        with transaction.atomic():  # a query that locks needs one
            return [gate for place in places() for gate in measure(*place)]


def places() -> Iterator[Place]:
    task = SigningTask.objects.in_work().select_related("client", "box").latest("pk")
    user = User.objects.filter(roles__role=Role.MANAGER).latest("pk")
    for name, compiled, values in [*of_steps(task), *of_card(task), *of_lists(task, user)]:
        yield name, partial(_fetch, compiled.build, values), partial(compiled, **values)
    yield from of_ids(user)


Compiled = tuple[str, CompiledQuery[Any], dict[str, Any]]


def of_steps(task: SigningTask) -> Iterator[Compiled]:
    yield "step: load", step._query_with(step.ALL_RELATIONS), {"number": task.pk}
    yield "step: lock", perform._for_update, {"number": task.pk}


def of_card(task: SigningTask) -> Iterator[Compiled]:
    minute_ago = clock.now() - timedelta(minutes=1)
    since = {"shown_since": minute_ago, "noted_since": minute_ago}
    values = {"number": task.pk, "me": task.manager_id, **since}
    yield "card: task", loading._with_everything_beside, values
    yield "card: history", page._history, {"task": task.pk}
    yield "card: services", page._services, {"task": task.pk}
    yield "card: versions", page._versions_of, {"document": task.document_id}
    pair = {"box": task.box_id, "signatory": task.signatory_id}
    yield "card: signatory of the box", preflight._signing_in, pair
    power = {"signatory": task.signatory_id, "principal_inn": task.box.inn}
    yield "card: powers of attorney", powers._powers_of, power


def of_lists(task: SigningTask, user: User) -> Iterator[Compiled]:
    query, columns = ListQuery(), names_of(("client", "stage", "turn", "owner", "updated"))
    cursor = {"first": None, "second": None, "third": None}
    tab = tabs._written("my", query, columns, counted=False)
    yield "list: a tab", tab, {"manager": user.pk, **cursor}
    numbers = bind_ids(SigningTask.objects.order_by("pk").pks()[:300])
    by_number = pagination._of_numbers(query, columns)
    yield "list: results of a search", by_number, {"numbers": numbers, **cursor}
    texts = {"words": "ромашка", "task number": str(task.pk), "ИНН": task.client.inn}
    for what, text in texts.items():
        yield f"list: search by {what}", *queries._exact_query(text)


def of_ids(user: User) -> Iterator[Place]:
    """Conditions on many ids, as the lists and their counters have them."""
    tasks, ids = SigningTask.objects.order_by("pk"), range(1, 2_501)
    yield (
        "ids: 2,500 managers as literals",
        lambda: tasks.filter(manager__in=ids).exists(),
        lambda: tasks.filter(InLiteralIds("manager_id", ids)).exists(),
    )
    yield (
        "ids: 2,500 clients as one parameter",
        lambda: tasks.filter(client__in=ids).exists(),
        lambda: tasks.filter(InBoundIds("client_id", bind_ids(ids))).exists(),
    )
    own, seen = SigningTask.objects.own_of(user), SigningTask.objects.visible_to(user)
    figures = {"mine": own.in_work(), "seen": seen.in_work()}
    chips = {code: seen.with_quick_filter(code) for code in quick_filters()}
    yield (
        "list: counters",
        lambda: counters.count_all(user, figures | chips),
        lambda: counters.counters_of(user, chips_of="all"),
    )


def measure(place: str, plain: Callable[[], object], fast: Callable[[], object]) -> Iterator[Gate]:
    for _ in range(20):  # until PostgreSQL has planned both
        plain()
        fast()
    turns = [(_milliseconds(plain), _milliseconds(fast)) for _ in range(TURNS)]
    slow, quick = (statistics.quantiles(each, n=10)[0] for each in zip(*turns, strict=True))
    yield told(f"{place}: plain ORM, ms", slow)
    yield told(f"{place}: here, ms", quick)
    yield told(f"{place}: saved, ms", slow - quick)


def _fetch(build: Callable[..., Iterable[Any]], values: dict[str, Any]) -> list[Any]:
    return list(build(**values))


def _milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
