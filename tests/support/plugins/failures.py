"""A pytest plugin that writes down which tests failed, for `scripts/test`.

`--failures FILE` gets one line per failed test: «browser» or «other», a space, the test's id. Only
a test that drives a browser may be repeated: on a busy machine a page may be too slow for it.
"""

from pathlib import Path

import pytest


class FailureRecorder:
    """Collects the failed tests of a run, those of the workers of pytest-xdist included."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.failed: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed[report.nodeid] = "browser" if "browser" in report.keywords else "other"

    def pytest_sessionfinish(self) -> None:
        lines = [f"{kind} {nodeid}\n" for nodeid, kind in self.failed.items()]
        self.target.write_text("".join(lines))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--failures", type=Path, metavar="FILE", help="write the failed tests here")


def pytest_configure(config: pytest.Config) -> None:
    target = config.getoption("--failures")
    if target is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(FailureRecorder(target))
