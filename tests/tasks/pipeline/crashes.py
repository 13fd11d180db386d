"""Killing a worker at every point of its work, one point after another."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from clients.models import SentMessage
from econtract.platform.common.http import OutsideHttp
from econtract.platform.outbox.models import FeedCursor, OutboxJob

STATEMENT = re.compile(
    r'\s*(?:(UPDATE)\s+"?(\w+)|(\w+)(?:.*?\b(?:FROM|INTO)\s+"?(\w+))?)', re.DOTALL
)


class WorkerKilled(BaseException):
    """Ends the worker at once; uncommitted changes are lost."""


class Killer:
    """Kills the worker at the first crash point where it has not been killed yet."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.killed_at: list[str] = []
        self._passed: Counter[str] = Counter()
        self._killed = False

    def start_run(self) -> None:
        self._passed.clear()
        self._killed = False

    def pass_point(self, step: str) -> None:
        if self._killed:  # the database rolls back
            return
        self._passed[step] += 1
        point = f"{self.name}: {step}"
        if self._passed[step] > 1:
            point += f" ({self._passed[step]})"
        if point not in self.killed_at:
            self.killed_at.append(point)
            self._killed = True
            raise WorkerKilled(point)

    def wrap_statement(self, execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        match = STATEMENT.match(sql)
        assert match is not None, sql
        step = " ".join(filter(None, match.groups()))
        return self.wrap_call(step, execute, sql, *args)

    def wrap_call(self, step: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.pass_point(f"before {step}")
        result = call(*args, **kwargs)
        self.pass_point(f"after {step}")
        return result


@contextmanager
def killing_worker(killer: Killer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    original = OutsideHttp.request

    def request(self: OutsideHttp, method: str, path: str, **kwargs: Any) -> Any:
        step = f"{self.system} {method} {path}"
        return killer.wrap_call(step, original, self, method, path, **kwargs)

    killer.start_run()
    with monkeypatch.context() as patch, connection.execute_wrapper(killer.wrap_statement):
        patch.setattr(OutsideHttp, "request", request)
        yield


def run_through_crashes(
    name: str, work: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Repeats ``work`` until no crash point is left; returns all of them."""
    killer = Killer(name)
    while True:
        try:
            with killing_worker(killer, monkeypatch):
                work()
        except WorkerKilled:
            # The dead worker's leases run out. It dies more often than a job may be tried.
            OutboxJob.objects.open().exclude(lease_until=None).update(lease_until=None, attempts=0)
            FeedCursor.objects.update(polling_until=None)
            SentMessage.objects.update(attempt_until=None)
        else:
            return killer.killed_at
