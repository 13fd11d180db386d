"""Which tests run in which round of the suite."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.paths import ROOT

TESTS = """
import pytest

def test_plain(): pass

@pytest.mark.django_db
@pytest.mark.parametrize("case", range(20))
def test_rows(case): pass

@pytest.mark.django_db
@pytest.mark.story
@pytest.mark.parametrize("case", range(30))
def test_story(case): pass

@pytest.mark.sampled(3)
@pytest.mark.parametrize("case", range(20))
def test_slow(case): pass
"""


def collect(folder: Path, *options: str) -> list[str]:
    """The tests that pytest would run."""
    (folder / "test_sample.py").write_text(TESTS)
    plugins = ("sampling", "rounds")
    arguments = [part for name in plugins for part in ("-p", f"tests.support.plugins.{name}")]
    isolated = ["-p", "no:django", "-p", "no:cacheprovider", "-c", "/dev/null"]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", *isolated, *arguments, *options,
         str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )  # fmt: skip
    return [line.partition("::")[2] for line in result.stdout.splitlines() if "::" in line]


def count(tests: Sequence[str], name: str) -> int:
    return sum(test.startswith(name) for test in tests)


def test_each_story_runs_in_one_round_and_a_sample_of_cases_in_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_SEED", "1")
    first, second = (collect(tmp_path, "--round", f"{number}/2") for number in (1, 2))
    assert [count(first, name) for name in ("test_plain", "test_rows")] == [1, 20]
    assert [count(second, name) for name in ("test_plain", "test_rows")] == [0, 4]
    stories = [test for test in [*first, *second] if test.startswith("test_story")]
    assert len(set(stories)) == len(stories)
    assert count(first, "test_story") > 5
    assert 0 < count(second, "test_story") <= 4


def test_a_long_run_leaves_nothing_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_SEED", "1")
    monkeypatch.setenv("TEST_LONG", "")
    assert len(collect(tmp_path, "--long", "--round", "1/2")) == 71
    assert len(collect(tmp_path, "--long", "--round", "2/2")) == 50
    assert count(collect(tmp_path), "test_slow") == 3
