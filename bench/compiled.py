"""`scripts/bench compiled`: time that compiled queries and id conditions save over the plain ORM.

The two variants of each query alternate, on a small database: what they differ in does not depend
on its size. A figure is the fastest tenth of the runs, because other load on the machine only slows
them down. Takes a few seconds.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from bench.gates import Gate, figure
from bench.pipeline import temporary_database
from econtract.platform.common import clock
from econtract.platform.common.compiled import CompiledQuery
from econtract.platform.common.id_lists import InBoundIds, InLiteralIds, bind_ids
from econtract.platform.listing.columns import fields_of, page_columns
from econtract.platform.listing.counters import count_rows
from edo.channels.operator import preflight
from edo.channels.simple import codes, links
from edo.powers import selection
from tasks.lifecycle import perform
from tasks.listing import pages
from tasks.listing.columns import TASK_COLUMNS
from tasks.listing.counters import count_tasks
from tasks.listing.query import TaskListQuery
from tasks.models import SigningTask, queries
from tasks.pipeline import step
from tasks.screens.card import loading, page
from tasks.screens.signing import visits
from tasks.statuses import quick_filters

TASKS, USERS, TURNS = 2_000, 100, 150

# The name of a query, its plain variant and its fast variant.
Comparison = tuple[str, Callable[[], object], Callable[[], object]]


def run() -> list[Gate]:
    """The figures of all queries; none has a bar."""
    with temporary_database():
        call_command("load_reference", verbosity=0)
        call_command("seed_load", tasks=TASKS, users=USERS, verbosity=0)
        with transaction.atomic():  # a query that locks needs one
            return [gate for comparison in comparisons() for gate in measure(*comparison)]


def comparisons() -> Iterator[Comparison]:
    """All queries, with the values of one task and one user."""
    task = SigningTask.objects.in_work().select_related("client", "box").latest("pk")
    user = User.objects.filter(roles__role=Role.MANAGER).latest("pk")
    queries_with_values = [
        *step_queries(task),
        *card_queries(task),
        *signing_page_queries(task),
        *list_queries(task, user),
    ]
    for name, compiled, values in queries_with_values:
        yield name, partial(_fetch, compiled.build, values), partial(compiled, **values)
    yield from id_comparisons(user)


# The name of a query, the query and the values of its parameters.
NamedQuery = tuple[str, CompiledQuery[Any], dict[str, Any]]


def step_queries(task: SigningTask) -> Iterator[NamedQuery]:
    yield "step: load", step._query_with(step.ALL_RELATIONS), {"number": task.pk}
    yield "step: lock", perform._for_update, {"number": task.pk}


def card_queries(task: SigningTask) -> Iterator[NamedQuery]:
    minute_ago = clock.now() - timedelta(minutes=1)
    since = {"viewers_since": minute_ago, "own_viewing_since": minute_ago}
    values = {"number": task.pk, "user_id": task.manager_id, **since}
    yield "card: task", loading._card_tasks, values
    yield "card: history", page._history, {"task": task.pk}
    yield "card: services", page._services, {"task": task.pk}
    yield "card: versions", page._versions_of, {"document": task.document_id}
    pair = {"box": task.box_id, "signatory": task.signatory_id}
    yield "card: signatory of the box", preflight._signatory_in_box, pair
    power = {"signatory": task.signatory_id, "principal_inn": task.box.inn}
    yield "card: powers of attorney", selection._powers_for, power


def signing_page_queries(task: SigningTask) -> Iterator[NamedQuery]:
    yield "signing page: link", links._find_live, {"token_sha256": "0" * 64, "now": clock.now()}
    yield "signing page: task", visits._find_tasks, {"signing_id": uuid4()}
    document = {"document_id": task.document_id, "sha256": "0" * 64}
    yield "signing page: version", visits._find_versions, document
    yield "signing page: code", codes._find_live_codes, {"link_id": 1, "now": clock.now()}


def list_queries(task: SigningTask, user: User) -> Iterator[NamedQuery]:
    query = TaskListQuery()
    fields = fields_of("number", page_columns(TASK_COLUMNS, None))
    cursor = {"first": None, "second": None, "third": None}
    tab = pages._compile_tab_page("my", query, fields, with_total=False)
    yield "list: a tab", tab, {"manager": user.pk, **cursor}
    numbers = bind_ids(SigningTask.objects.order_by("pk").pks()[:300])
    by_number = pages._compile_page_of_numbers(query, fields)
    yield "list: results of a search", by_number, {"numbers": numbers, **cursor}
    texts = {"words": "ромашка", "task number": str(task.pk), "ИНН": task.client.inn}
    for what, text in texts.items():
        yield f"list: search by {what}", *queries._exact_query(text)


def id_comparisons(user: User) -> Iterator[Comparison]:
    """Conditions on many ids, as in the lists and their counters."""
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
    own, visible = SigningTask.objects.own_of(user), SigningTask.objects.visible_to(user)
    figures = {"mine": own.in_work(), "seen": visible.in_work()}
    chips = {code: visible.with_quick_filter(code) for code in quick_filters()}
    yield (
        "list: counters",
        lambda: count_rows(user, figures | chips),
        lambda: count_tasks(user, quick_filters_of="all"),
    )


def measure(
    name: str, run_plain: Callable[[], object], run_fast: Callable[[], object]
) -> Iterator[Gate]:
    """Milliseconds of both variants, and the difference."""
    for _ in range(20):  # until PostgreSQL has planned both
        run_plain()
        run_fast()
    turns = [(_milliseconds(run_plain), _milliseconds(run_fast)) for _ in range(TURNS)]
    plain, fast = (statistics.quantiles(times, n=10)[0] for times in zip(*turns, strict=True))
    yield figure(f"{name}: plain ORM, ms", plain)
    yield figure(f"{name}: here, ms", fast)
    yield figure(f"{name}: saved, ms", plain - fast)


def _fetch(build: Callable[..., Iterable[Any]], values: dict[str, Any]) -> list[Any]:
    return list(build(**values))


def _milliseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000
