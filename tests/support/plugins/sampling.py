"""A pytest plugin: tests with thousands of cases run a sample of them, with `--long` all.

The seed of the samples is printed at the top of the run; TEST_SEED repeats it.
"""

import os
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import pytest

SEED_VARIABLE = "TEST_SEED"
# Set to anything while `--long` is given, for helpers that see no pytest configuration.
LONG_VARIABLE = "TEST_LONG"
Sample = Callable[[Sequence[Any], int], list[Any]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run every case of the sampled tests")


def pytest_configure(config: pytest.Config) -> None:
    # The workers of pytest-xdist inherit the variable, so one seed holds for all of them.
    os.environ.setdefault(SEED_VARIABLE, str(random.SystemRandom().randrange(10**6)))
    if config.getoption("--long"):
        os.environ[LONG_VARIABLE] = "yes"


def pytest_report_header(config: pytest.Config) -> str:
    return f"{SEED_VARIABLE}={os.environ[SEED_VARIABLE]}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects the cases beyond the `sampled` ones of each function."""
    if config.getoption("--long"):
        return
    functions: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("sampled") is not None:
            functions[item.nodeid.partition("[")[0]].append(item)
    left_out: set[str] = set()
    for name, cases in functions.items():
        mark = cases[0].get_closest_marker("sampled")
        count = len(cases) - min(mark.args[0], len(cases)) if mark is not None else 0
        dice = random.Random(f"{os.environ[SEED_VARIABLE]} {name}")
        left_out.update(item.nodeid for item in dice.sample(cases, count))
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left_out])
        items[:] = [item for item in items if item.nodeid not in left_out]


@pytest.fixture
def sample(request: pytest.FixtureRequest) -> Sample:
    """Picks ``count`` of the cases at random, in their order; all of them with `--long`."""

    def pick(cases: Sequence[Any], count: int) -> list[Any]:
        if request.config.getoption("--long") or count >= len(cases):
            return list(cases)
        dice = random.Random(f"{os.environ[SEED_VARIABLE]} {request.node.nodeid}")
        return [cases[index] for index in sorted(dice.sample(range(len(cases)), count))]

    return pick
