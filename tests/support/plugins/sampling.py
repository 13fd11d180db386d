"""A pytest plugin: tests with thousands of cases run a sample of them, with `--long` all.

The seed of the samples is printed at the top of the run; TEST_SEED repeats it.
"""

import os
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

SEED_VARIABLE = "TEST_SEED"
Sample = Callable[[Sequence[Any], int], list[Any]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run every case of the sampled tests")


def pytest_configure(config: pytest.Config) -> None:
    # The workers of pytest-xdist inherit the variable, so one seed holds for all of them.
    os.environ.setdefault(SEED_VARIABLE, str(random.SystemRandom().randrange(10**6)))


def pytest_report_header(config: pytest.Config) -> str:
    return f"{SEED_VARIABLE}={os.environ[SEED_VARIABLE]}"


@pytest.fixture
def sample(request: pytest.FixtureRequest) -> Sample:
    """Picks ``count`` of the cases at random, in their order; all of them with `--long`."""

    def pick(cases: Sequence[Any], count: int) -> list[Any]:
        if request.config.getoption("--long") or count >= len(cases):
            return list(cases)
        dice = random.Random(f"{os.environ[SEED_VARIABLE]} {request.node.nodeid}")
        return [cases[index] for index in sorted(dice.sample(range(len(cases)), count))]

    return pick
