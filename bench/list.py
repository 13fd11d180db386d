"""`scripts/bench list`: lists, card and search of clients with 200,000 and with 2,000,000 tasks.

Loads the data with `seed_load` (2,500 users in 40 groups, 5 % of the tasks in work), serves them
with two workers, logs in with three roles, and measures pages against a bare Django view. Pages are
also compared with one another and with the other size, requested alternately. Prints the plan of
each query over tasks and fails when one reads the whole table. `--tasks N` measures one size only.
"""

import re
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser

from accounts.models import User
from bench.gates import Gate, at_least, at_most, figure
from bench.pipeline import temporary_database
from bench.serving import (
    PageCost,
    PageMeter,
    Request,
    Server,
    compare_alternately,
    requests_per_second,
    servers,
)
from bench.statements import capture_statements, scan_lines, time_statements
from bench.visitor import Visitor
from clients.models import Client
from econtract.platform.listing.sorting import Cursor
from tasks.demo.people import PASSWORD
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.stack import database_url

SMALL, LARGE = 200_000, 2_000_000
TIMES = 150
# For comparisons of two pages: p95 depends on one slow response in twenty, on either side.
COMPARISON_TIMES = 300
# Requests until the statements of a connection are prepared and planned (`bench.serving`).
WARM_UP = 10
CONCURRENT, SECONDS, CONCURRENT_TURNS = 16, 2.0, 5
USERS = {"manager": "load40", "lead": "load0", "administrator": "boss"}
# The list of each role; their ratio and their cost have bars.
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
TABLE_SCAN = re.compile(r"Seq Scan on tasks_signingtask\b")

# A role (key of USERS) and a path.
PageOfRole = tuple[str, str]


def run(tasks: int | None = None) -> list[Gate]:
    """The gates at both sizes, or only with that number of tasks."""
    with temporary_database():
        call_command("load_reference", verbosity=0)
        size = tasks or SMALL
        gates = load_tasks(size, users=2_500)
        small_pages = build_pages()
        gates += measure_size(size, small_pages)
        if not tasks:
            with database_copy() as small_database:
                gates += load_tasks(LARGE - SMALL, users=0)
                large_pages = build_pages()
                gates += measure_size(LARGE, large_pages)
                gates += measure_growth(small_database, small_pages, large_pages)
        return gates


@contextmanager
def database_copy() -> Iterator[str]:
    """The URL of a copy of the current database; the copy is dropped afterwards."""
    name = str(connection.settings_dict["NAME"])
    copy = f"{name}_copy"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        try:
            yield database_url().removesuffix(name) + copy
        finally:
            cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


def load_tasks(tasks: int, *, users: int) -> list[Gate]:
    """Load that many tasks; the gate is the time for SMALL tasks."""
    start = time.monotonic()
    call_command("seed_load", tasks=tasks, users=users, verbosity=0)
    seconds = (time.monotonic() - start) * SMALL / tasks
    if users:
        User.objects.create_superuser(USERS["administrator"], password=PASSWORD)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return [at_most(f"seed_load of {tasks:,}: seconds for {SMALL:,}", seconds, LOAD_SECONDS)]


def measure_size(size: int, pages: dict[str, PageOfRole]) -> Iterator[Gate]:
    """All gates for the current number of tasks."""
    gates = [*plan_gates(pages), *query_gates()]
    with servers() as (product, hello):
        meter, visitors = PageMeter(product, hello), log_in_users(product)
        costs = {
            name: meter.measure(request_for(visitors[role], path), TIMES)
            for name, (role, path) in LISTS.items()
        }
        gates += list_gates(costs)
        gates += comparison_gates(visitors, pages)
        gates.append(concurrency_gate(meter, visitors["administrator"]))
        gates += card_and_search_gates(meter, visitors["administrator"])
        gates.append(at_most("memory of a web worker, MB", product.worker_megabytes(), WORKER_MB))
    yield from (gate | {"gate": f"{size:,}: {gate['gate']}"} for gate in gates)


def measure_growth(
    small_database: str, small_pages: dict[str, PageOfRole], large_pages: dict[str, PageOfRole]
) -> Iterator[Gate]:
    """p95 of each page in the current database ÷ p95 of the same page in the small one."""
    with servers() as (large, _), servers(database=small_database) as (small, _):
        large_visitors, small_visitors = log_in_users(large), log_in_users(small)
        for name, (role, path) in (LISTS | large_pages).items():
            small_path = (LISTS | small_pages)[name][1]
            ratio = compare_alternately(
                request_for(large_visitors[role], path),
                request_for(small_visitors[role], small_path),
                COMPARISON_TIMES,
            )
            yield at_most(f"{name}: p95 at {LARGE:,} ÷ at {SMALL:,}", ratio, GROWTH_BAR)


def log_in_users(product: Server) -> dict[str, Visitor]:
    """A logged-in visitor for each role."""
    return {role: Visitor(product.port).log_in(name, PASSWORD) for role, name in USERS.items()}


def request_for(visitor: Visitor, path: str) -> Request:
    """A function that requests the path as this visitor."""
    return lambda: visitor.get(path)


def build_pages() -> dict[str, PageOfRole]:
    """Pages that are compared with the administrator's list, for the current data."""
    task = SigningTask.objects.in_work().order_by("pk")[1000]
    client = task.client
    word = client.search_key.split()[0]
    middle = f"/tasks/archive/?group=none&after={build_middle_cursor()}"
    role = "administrator"
    return {
        "status filter": (role, f"/tasks/all/?group=none&status={Status.SIGNING_FAILED}"),
        "progress filter": (role, "/tasks/all/?group=none&progress=opened"),
        "chip": (role, "/tasks/all/?group=errors"),
        "last page": (role, "/tasks/archive/?group=none&before=end"),
        "page from the middle": (role, middle),
        "search by ИНН": (role, f"/tasks/all/?group=none&q={client.inn}"),
        "search by a word": (role, f"/tasks/all/?group=none&q={word}"),
        "search by a phone": (role, f"/tasks/archive/?q={task.contact_version.phone[1:]}"),
        **{
            f"sorted by {sort}": (role, f"/tasks/all/?group=none&sort={sort}")
            for sort in ("number", "client", "status", "owner", "-created")
        },
    }


def build_middle_cursor() -> str:
    """The pagination cursor of a task half way down the archive."""
    count = SigningTask.objects.count()
    middle = SigningTask.objects.finished().filter(pk__gte=count // 2).order_by("pk")[0]
    return Cursor((middle.updated_at, middle.pk)).encode()


# --- Gates --------------------------------------------------------------------------------------


def list_gates(costs: dict[str, PageCost]) -> Iterator[Gate]:
    """Time and CPU of the lists."""
    for name, cost in costs.items():
        yield at_most(f"{name}: p95 ÷ hello p50", cost.ratio, P95_BAR)
        yield figure(f"{name}: p95, ms", cost.p95 * 1000)
        yield at_most(f"{name}: CPU of the web, ms", cost.web_cpu * 1000, WEB_MS)
        yield at_most(f"{name}: CPU of PostgreSQL, ms", cost.database_cpu * 1000, SQL_MS)


def comparison_gates(visitors: dict[str, Visitor], pages: dict[str, PageOfRole]) -> Iterator[Gate]:
    """p95 of other pages ÷ p95 of the list."""
    list_role, list_path = LISTS[BASE]
    list_request = request_for(visitors[list_role], list_path)
    for name, (role, path) in pages.items():
        bar = 1.5 if name.startswith("search") else 1.3
        request = request_for(visitors[role], path)
        ratio = compare_alternately(request, list_request, COMPARISON_TIMES)
        yield at_most(f"{name} ÷ the list, p95", ratio, bar)


def concurrency_gate(meter: PageMeter, logged_in: Visitor) -> Gate:
    """Requests a second of CONCURRENT visitors ÷ those of the bare view, measured alternately."""
    visitors = [Visitor(meter.product.port) for _ in range(CONCURRENT)]
    for visitor in visitors:
        visitor.cookies = dict(logged_in.cookies)
    hello_visitors = [Visitor(meter.hello.port) for _ in range(CONCURRENT)]
    rates = [
        (
            requests_per_second(visitors, LISTS[BASE][1], SECONDS),
            requests_per_second(hello_visitors, "/", SECONDS),
        )
        for _ in range(1 + CONCURRENT_TURNS)
    ]
    # The first turn is a warm-up of the server threads' database connections.
    product, hello = (sum(side) for side in zip(*rates[1:], strict=True))
    name = f"list, answers a second at {CONCURRENT} ÷ hello's"
    return at_least(name, product / hello, RATE_BAR)


def card_and_search_gates(meter: PageMeter, visitor: Visitor) -> Iterator[Gate]:
    """The task card, and the search over clients while typing."""
    number = SigningTask.objects.in_work().order_by("pk")[500].pk
    card = meter.measure(request_for(visitor, f"/tasks/{number}/"), TIMES)
    yield at_most("task card: p95 ÷ hello p50", card.ratio, P95_BAR)
    clients, name = Client.objects.count(), Client.objects.order_by("pk")[700].search_key
    for what, text in {"word": name.split()[0], "beginning of ИНН": "10000012"}.items():
        search = request_for(visitor, f"/manage/companies/?q={text}")
        gate = f"search over {clients:,} clients by a {what}: p95 ÷ hello p50"
        yield at_most(gate, meter.measure(search, TIMES // 3).ratio, CLIENTS_BAR)


# --- Queries and their plans --------------------------------------------------------------------


def query_gates() -> Iterator[Gate]:
    """Number of queries of a page and their duration, in this process."""
    counts = {}
    for name, (role, path) in LISTS.items():
        count, seconds = _measure_queries(role, path)
        count_of_100, _ = _measure_queries(role, path + "&size=100")
        counts[name] = count
        yield at_most(f"{name}: queries", count, QUERIES)
        yield at_most(f"{name}: queries more for 100 rows than for 25", count_of_100 - count, 0)
        yield at_most(f"{name}: time in SQL, ms", seconds * 1000, SQL_MS)
    difference = counts["team leader, «Все задания»"] - counts["administrator, «Все задания»"]
    yield at_most("queries of a team leader more than an administrator's", difference, 1)
    number = SigningTask.objects.in_work().order_by("pk")[500].pk
    count, _ = _measure_queries("administrator", f"/tasks/{number}/")
    yield at_most("task card: queries", count, CARD_QUERIES)


def _measure_queries(role: str, path: str) -> tuple[int, float]:
    """The number of queries of a page, and the median of their total seconds."""
    browser = _log_in(role)
    totals: list[float] = []
    for _ in range(2 * WARM_UP):
        with time_statements() as seconds:
            browser.get(path)
        totals.append(sum(seconds))
    return len(seconds), statistics.median(totals[WARM_UP:])


def _log_in(role: str) -> Browser:
    browser = Browser(SERVER_NAME="127.0.0.1")
    user = User.objects.get(username=USERS[role])
    browser.force_login(user, backend="accounts.backends.RoleBackend")
    return browser


def plan_gates(pages: dict[str, PageOfRole]) -> Iterator[Gate]:
    """Print the plan of each query over tasks; a sequential scan of their table fails the gate."""
    for name, (role, path) in (LISTS | pages).items():
        scans = 0
        with capture_statements() as statements:
            _log_in(role).get(path)
        for sql, parameters in statements:
            if "tasks_signingtask" not in sql or not sql.startswith("SELECT"):
                continue
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + sql, parameters)
                plan = [line for (line,) in cursor.fetchall()]
            scans += sum(bool(TABLE_SCAN.search(line)) for line in plan)
            sys.stdout.write(f"--- {name}\n" + "\n".join(scan_lines(plan)) + "\n")
        yield at_most(f"{name}: whole reads of the table of tasks", scans, 0)
