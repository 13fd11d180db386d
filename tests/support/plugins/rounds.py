"""A pytest plugin for a suite that runs once per database (`--round 1/2`, then `--round 2/2`).

- A test that touches no database answers the same on each, and so does a look through a browser at
  pages that the test's own process serves: both run in the first round alone.
- A function with many cases runs all of them in the first round, and a sample of them later.
- A story (mark `story`) drives all processes of the product for up to a minute. It runs in one of
  the rounds.

The seed of `sampling` decides about samples and stories. With `--long` nothing but the first
point applies.
"""

import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterable

import pytest

from tests.support.plugins.sampling import SEED_VARIABLE

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}
# How many cases of a function run in a later round.
CASES = 4


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--round", default="1/1", metavar="N/M", help="this is round N of M")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects what runs in another round, and says how many (pytest's closing line)."""
    number, count = map(int, config.getoption("--round").split("/"))
    if count == 1:
        return
    rules: list[Callable[[pytest.Item], bool]] = []
    if number > 1:
        rules.append(lambda item: needs_database(item) and not looks_at_pages(item))
    if not config.getoption("--long"):
        rules.append(lambda item: draw_round(item, count) == number)
    kept = [item for item in items if all(rule(item) for rule in rules)]
    if number > 1 and not config.getoption("--long"):
        sample = set(map(id, draw_cases(kept)))
        kept = [item for item in kept if id(item) in sample]
    ids = set(map(id, kept))
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in ids])
    items[:] = kept


def needs_database(item: pytest.Item) -> bool:
    """Whether the test, or a fixture of its, asks pytest-django for the database."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(DATABASE_FIXTURES & fixtures)


def looks_at_pages(item: pytest.Item) -> bool:
    """Whether the test is about what a browser makes of a page."""
    marks = {mark.name for mark in item.iter_markers()}
    return "browser" in marks and "processes" not in marks


def draw_round(item: pytest.Item, count: int) -> int:
    """The round of a story; for any other test the one that is under way."""
    number: int = int(item.config.getoption("--round").split("/")[0])
    if item.get_closest_marker("story") is None:
        return number
    return get_dice(item.nodeid).randint(1, count)


def draw_cases(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """At most CASES of the cases of every function."""
    functions = defaultdict(list)
    for item in items:
        functions[item.nodeid.partition("[")[0]].append(item)
    return [
        item
        for name, cases in functions.items()
        for item in get_dice(name).sample(cases, min(CASES, len(cases)))
    ]


def get_dice(name: str) -> random.Random:
    """A generator of its own for every name, the same in all workers of pytest-xdist."""
    return random.Random(f"{os.environ[SEED_VARIABLE]} {name}")
