"""Killing a process at every point of its work: around every SQL statement and outside call."""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import connection

from clients.models import SentMessage
from econtract.platform.common.http import OutsideHttp
from econtract.platform.outbox.models import FeedCursor, OutboxJob

STATEMENT = re.compile(
    r'\s*(?:(UPDATE)\s+"?(\w+)|(\w+)(?:.*?\b(?:FROM|INTO)\s+"?(\w+))?)', re.DOTALL
)


class ProcessKilled(BaseException):
    """Ends the process at once: nothing catches this; uncommitted changes are lost."""


class CrashPoints(ABC):
    """Sees every crash point of a block, in order, and may raise ProcessKilled at one."""

    @abstractmethod
    def pass_point(self, step: str) -> None:
        """The point ``step``, such as «before UPDATE clients_sentmessage»."""

    @contextmanager
    def watching(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        original = OutsideHttp.request

        def request(http: OutsideHttp, method: str, path: str, **kwargs: Any) -> Any:
            step = f"{http.system} {method} {path}"
            return self._wrap_call(step, original, http, method, path, **kwargs)

        with monkeypatch.context() as patch, connection.execute_wrapper(self._wrap_statement):
            patch.setattr(OutsideHttp, "request", request)
            yield

    def _wrap_statement(self, execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        match = STATEMENT.match(sql)
        assert match is not None, sql
        step = " ".join(filter(None, match.groups()))
        return self._wrap_call(step, execute, sql, *args)

    def _wrap_call(self, step: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.pass_point(f"before {step}")
        result = call(*args, **kwargs)
        self.pass_point(f"after {step}")
        return result


class Killer(CrashPoints):
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
            raise ProcessKilled(point)


def run_through_crashes(
    name: str, work: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Repeats ``work`` until no crash point is left; returns all of them."""
    killer = Killer(name)
    while True:
        try:
            killer.start_run()
            with killer.watching(monkeypatch):
                work()
        except ProcessKilled:
            # The dead worker's leases run out. It dies more often than a job may be tried.
            OutboxJob.objects.open().exclude(lease_until=None).update(lease_until=None, attempts=0)
            FeedCursor.objects.update(polling_until=None)
            SentMessage.objects.update(attempt_until=None)
        else:
            return killer.killed_at


class KillAt(CrashPoints):
    """Kills once, at the point with that ``number``; without one it only counts (`passed`)."""

    def __init__(self, number: int | None = None) -> None:
        self.number = number
        self.passed: list[str] = []

    def pass_point(self, step: str) -> None:
        self.passed.append(step)
        if len(self.passed) - 1 == self.number:
            raise ProcessKilled(step)


def list_crash_points(work: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The crash points of ``work``, in order."""
    points = KillAt()
    with points.watching(monkeypatch):
        work()
    return points.passed


def run_and_kill(work: Callable[[], object], number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do ``work`` until the point with that number."""
    points = KillAt(number)
    with suppress(ProcessKilled), points.watching(monkeypatch):
        work()
    assert len(points.passed) > number, "The work has fewer crash points than it had."
