"""`scripts/bench list`: lists, card and search of clients at 200,000 and at 2,000,000 tasks.

Loads the data by `seed_load` (2,500 users in 40 groups, 5 % in work), serves with two workers, logs
in as people of three kinds, and measures pages against a bare Django view, and against one another
and the other size in turns. Prints the plan of each query of the lists and asserts that none reads
the whole table of tasks. `--tasks N` measures at N tasks alone: a quick run.
"""

import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser

from accounts.models import User
from bench.gates import Gate, at_least, at_most, told
from bench.pipeline import own_database
from bench.serving import Answer, Cost, Measure, Server, Visitor, in_turns, per_second, servers
from clients.models import Client
from tasks.demo.people import PASSWORD
from tasks.listing.sorting import Cursor
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.stack import database_url

SMALL, LARGE = 200_000, 2_000_000
TIMES = 150
# A page and the list that it is compared with: one slow answer in twenty decides, on either side.
TURNS = 300
# So many askings until a connection's statements are prepared and planned (`bench.serving`).
SETTLED = 10
CONCURRENT, SECONDS, CROWD_TURNS = 16, 2.0, 5
USERS = {"manager": "load40", "lead": "load0", "administrator": "boss"}
# The list of each kind of person: their ratio and cost have bars.
LISTS = {
    "manager, «Мои задания»": ("manager", "/tasks/my/?group=none"),
    "team leader, «Все задания»": ("lead", "/tasks/all/?group=none"),
    "administrator, «Все задания»": ("administrator", "/tasks/all/?group=none"),
    "administrator, «Архив»": ("administrator", "/tasks/archive/?group=none"),
}
BASE = "administrator, «Все задания»"
P95_BAR, GROWTH_BAR, RATE_BAR = 35, 1.3, 0.05
WEB_MS, SQL_MS, QUERIES, CARD_QUERIES, WORKER_MB = 12, 3, 8, 12, 120
LOAD_SECONDS, CLIENTS_BAR = 180, 100
WHOLE_TABLE = re.compile(r"Seq Scan on tasks_signingtask\b")

Row = tuple[str, str]


def run(tasks: int | None = None) -> list[Gate]:
    """The gates; at ``tasks`` tasks alone when that is given."""
    with own_database():
        call_command("load_reference", verbosity=0)
        size = tasks or SMALL
        gates = load(size, users=2_500)
        few = pages_of()
        gates += measure(size, few)
        if not tasks:
            with a_copy() as small:
                gates += load(LARGE - SMALL, users=0)
                many = pages_of()
                gates += measure(LARGE, many)
                gates += growth(small, few, many)
        return gates


@contextmanager
def a_copy() -> Iterator[str]:
    """The address of a copy of the database as it is now, gone afterwards."""
    name = str(connection.settings_dict["NAME"])
    copy = f"{name}_copy"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        try:
            yield database_url().removesuffix(name) + copy
        finally:
            cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


def load(tasks: int, *, users: int) -> list[Gate]:
    """More tasks, and how long 200,000 of them take."""
    began = time.monotonic()
    call_command("seed_load", tasks=tasks, users=users, verbosity=0)
    seconds = (time.monotonic() - began) * SMALL / tasks
    if users:
        User.objects.create_superuser(USERS["administrator"], password=PASSWORD)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return [at_most(f"seed_load of {tasks:,}: seconds for {SMALL:,}", seconds, LOAD_SECONDS)]


def measure(size: int, pages: dict[str, Row]) -> Iterator[Gate]:
    """All gates at one size."""
    gates = [*plans(pages), *queries()]
    with servers() as (product, hello):
        measured, people = Measure(product, hello), people_of(product)
        costs = {
            name: measured.page(asking(people[who], path), TIMES)
            for name, (who, path) in LISTS.items()
        }
        gates += of_lists(costs)
        gates += compared(people, pages)
        gates.append(of_crowd(measured, people["administrator"]))
        gates += of_others(measured, people["administrator"])
        gates.append(at_most("memory of a web worker, MB", product.worker_megabytes(), WORKER_MB))
    yield from (gate | {"gate": f"{size:,}: {gate['gate']}"} for gate in gates)


def growth(small: str, few: dict[str, Row], many: dict[str, Row]) -> Iterator[Gate]:
    """Each page of the database at hand ÷ the same one of ``small``, asked in turns."""
    with servers() as (product, _), servers(database=small) as (smaller, _):
        here, there = people_of(product), people_of(smaller)
        for name, (who, path) in (LISTS | many).items():
            same = asking(there[who], (LISTS | few)[name][1])
            share = in_turns(asking(here[who], path), same, TURNS)
            yield at_most(f"{name}: p95 at {LARGE:,} ÷ at {SMALL:,}", share, GROWTH_BAR)


def people_of(product: Server) -> dict[str, Visitor]:
    """A visitor of each kind, logged in."""
    return {kind: Visitor(product.port).log_in(name, PASSWORD) for kind, name in USERS.items()}


def asking(visitor: Visitor, path: str) -> Callable[[], Answer]:
    return lambda: visitor.get(path)


def pages_of() -> dict[str, Row]:
    """What is compared with the administrator's list, over the data at hand."""
    task = SigningTask.objects.in_work().order_by("pk")[1000]
    client = task.client
    word = client.search_key.split()[0]
    middle = "/tasks/archive/?group=none&" + deep_cursor()
    boss = "administrator"
    return {
        "status filter": (boss, f"/tasks/all/?group=none&status={Status.SIGNING_FAILED}"),
        "chip": (boss, "/tasks/all/?group=errors"),
        "last page": (boss, "/tasks/archive/?group=none&before=end"),
        "page from the middle": (boss, middle),
        "search by ИНН": (boss, f"/tasks/all/?group=none&q={client.inn}"),
        "search by a word": (boss, f"/tasks/all/?group=none&q={word}"),
        "search by a phone": (boss, f"/tasks/archive/?q={task.contact_version.phone[1:]}"),
        **{
            f"sorted by {sort}": (boss, f"/tasks/all/?group=none&sort={sort}")
            for sort in ("number", "client", "status", "owner", "-created")
        },
    }


def deep_cursor() -> str:
    """A place half way down the archive."""
    count = SigningTask.objects.count()
    middle = SigningTask.objects.finished().filter(pk__gte=count // 2).order_by("pk")[0]
    return "after=" + Cursor((middle.updated_at, middle.pk)).encode()


# --- Gates --------------------------------------------------------------------------------------


def of_lists(costs: dict[str, Cost]) -> Iterator[Gate]:
    for name in LISTS:
        cost = costs[name]
        yield at_most(f"{name}: p95 ÷ hello p50", cost.ratio, P95_BAR)
        yield told(f"{name}: p95, ms", cost.p95 * 1000)
        yield at_most(f"{name}: CPU of the web, ms", cost.web_cpu * 1000, WEB_MS)
        yield at_most(f"{name}: CPU of PostgreSQL, ms", cost.database_cpu * 1000, SQL_MS)


def compared(people: dict[str, Visitor], pages: dict[str, Row]) -> Iterator[Gate]:
    """p95 of other pages ÷ that of the list."""
    kind, address = LISTS[BASE]
    own_list = asking(people[kind], address)
    for name, (who, path) in pages.items():
        bar = 1.5 if name.startswith("search") else 1.3
        share = in_turns(asking(people[who], path), own_list, TURNS)
        yield at_most(f"{name} ÷ the list, p95", share, bar)


def of_crowd(measured: Measure, person: Visitor) -> Gate:
    """Answers a second to sixteen at once, and the bare view's, by turns."""
    crowd = [Visitor(measured.product.port) for _ in range(CONCURRENT)]
    for visitor in crowd:
        visitor.cookies = dict(person.cookies)
    strangers = [Visitor(measured.hello.port) for _ in range(CONCURRENT)]
    turns = [
        (per_second(crowd, LISTS[BASE][1], SECONDS), per_second(strangers, "/", SECONDS))
        for _ in range(1 + CROWD_TURNS)
    ]
    # In the first turn the other threads' connections see their first requests.
    ours, hello = (sum(rates) for rates in zip(*turns[1:], strict=True))
    return at_least(f"list, answers a second at {CONCURRENT} ÷ hello's", ours / hello, RATE_BAR)


def of_others(measured: Measure, person: Visitor) -> Iterator[Gate]:
    """The card, and the search over clients as one types."""
    number = SigningTask.objects.in_work().order_by("pk")[500].pk
    card = measured.page(asking(person, f"/tasks/{number}/"), TIMES)
    yield at_most("task card: p95 ÷ hello p50", card.ratio, P95_BAR)
    clients, name = Client.objects.count(), Client.objects.order_by("pk")[700].search_key
    for what, typed in {"word": name.split()[0], "beginning of ИНН": "10000012"}.items():
        cost = measured.page(asking(person, f"/manage/companies/?q={typed}"), TIMES // 3)
        gate = f"search over {clients:,} clients by a {what}: p95 ÷ hello p50"
        yield at_most(gate, cost.ratio, CLIENTS_BAR)


# --- Queries and their plans --------------------------------------------------------------------


def queries() -> Iterator[Gate]:
    """How many queries a page takes, and how long they last, in this process."""
    asked = {}
    for name, (who, path) in LISTS.items():
        few, seconds = _asked(who, path)
        many, _ = _asked(who, path + "&size=100")
        asked[name] = few
        yield at_most(f"{name}: queries", few, QUERIES)
        yield at_most(f"{name}: queries more for 100 rows than for 25", many - few, 0)
        yield at_most(f"{name}: time in SQL, ms", seconds * 1000, SQL_MS)
    more = asked["team leader, «Все задания»"] - asked["administrator, «Все задания»"]
    yield at_most("queries of a team leader more than an administrator's", more, 1)
    number = SigningTask.objects.in_work().order_by("pk")[500].pk
    yield at_most(
        "task card: queries", _asked("administrator", f"/tasks/{number}/")[0], CARD_QUERIES
    )


def _asked(who: str, path: str) -> tuple[int, float]:
    """The number of queries of a page, and the median of the seconds that they took."""
    browser = _browser(who)
    totals: list[float] = []
    for _ in range(2 * SETTLED):
        with _timed() as seconds:
            browser.get(path)
        totals.append(sum(seconds))
    return len(seconds), statistics.median(totals[SETTLED:])


def _browser(who: str) -> Browser:
    browser = Browser(SERVER_NAME="127.0.0.1")
    user = User.objects.get(username=USERS[who])
    browser.force_login(user, backend="accounts.backends.RoleBackend")
    return browser


def plans(pages: dict[str, Row]) -> Iterator[Gate]:
    """Prints how each query over tasks is answered; one that reads the whole table fails."""
    for name, (who, path) in (LISTS | pages).items():
        whole = 0
        with _seen() as statements:
            _browser(who).get(path)
        for sql, parameters in statements:
            if "tasks_signingtask" not in sql or not sql.startswith("SELECT"):
                continue
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + sql, parameters)
                plan = [line for (line,) in cursor.fetchall()]
            whole += sum(bool(WHOLE_TABLE.search(line)) for line in plan)
            sys.stdout.write(f"--- {name}\n" + "\n".join(_scans(plan)) + "\n")
        yield at_most(f"{name}: whole reads of the table of tasks", whole, 0)


@contextmanager
def _seen() -> Iterator[list[tuple[str, Any]]]:
    """The statements of the block with their parameters."""
    seen: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


@contextmanager
def _timed() -> Iterator[list[float]]:
    """The seconds of each statement of the block; Django's own log has whole milliseconds."""
    seconds: list[float] = []

    def note(execute: Any, *call: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*call)
        finally:
            seconds.append(time.perf_counter() - began)

    with connection.execute_wrapper(note):
        yield seconds


def _scans(plan: list[str]) -> list[str]:
    """The lines that tell what is read, and by which index."""
    return [line[:150] for line in plan if " Scan" in line]
