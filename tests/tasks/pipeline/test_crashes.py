"""A worker that is killed at any point neither loses a step nor performs one twice.

The whole life of a task is run. Every SQL statement and every outside call of every job, the
moment before it and the moment after it, is a crash point; the worker is killed once at each.
Real processes that are killed are in `tests/processes/test_kill.py`.
"""

import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from archive.package import builder
from archive.package.builder import BuiltPackage, Seal
from archive.package.parts import PackageParts
from clients.models import SentMessage
from econtract.platform.common.http import OutsideHttp
from econtract.platform.outbox import inbound, registry, worker
from econtract.platform.outbox.models import FeedCursor, OutboxJob
from edo.models import Box
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.sandbox import Sandbox

STATEMENT = re.compile(
    r'\s*(?:(UPDATE)\s+"?(\w+)|(\w+)(?:.*?\b(?:FROM|INTO)\s+"?(\w+))?)', re.DOTALL
)
# Among the crash points, those at which a mistake would cost most.
DANGEROUS = {
    "start_identification: after identity POST /v1/requests",
    "create_cabinet: after cabinet POST /v1/cabinets",
    "create_cabinet: before UPDATE outbox_outboxjob",
    "create_cabinet: after INSERT tasks_historyentry",
    "send_document: before edo POST /V3/PostMessage",
    "send_document: after edo POST /V3/PostMessage",
    "submit_document_to_archive: after archive_apd POST /v1/documents",
    "submit_package_to_archive: after signing POST /v1/signatures",
    "submit_package_to_archive: after archive_apd POST /v1/documents",
    "send_message: after messages POST /v1/sms",
}


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


def run_task_through_crashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Runs every job and every poll until the task is finished; returns the crash points."""
    points: list[str] = []
    for _ in range(40):
        for feed in registry.feeds():
            points.extend(
                run_through_crashes(feed.source, lambda feed=feed: inbound.poll(feed), monkeypatch)  # type: ignore[misc]
            )
        due = list(OutboxJob.objects.claimable().order_by("pk").values_list("pk", "kind"))
        for pk, kind in due:
            points.extend(run_through_crashes(kind, lambda pk=pk: worker.run_job(pk), monkeypatch))  # type: ignore[misc]
        if not due and SigningTask.objects.get().is_finished:
            return points
    raise AssertionError(list(OutboxJob.objects.values_list("kind", "state", "error_text")))


def test_no_crash_loses_or_repeats_a_step(
    set_up: Sandbox, manager: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    build_once(monkeypatch, tmp_path)
    set_up.autopilot(on=True)
    task = world.create_task(manager)
    Box.objects.exclude(pk=task.box_id).update(active=False)  # their feeds are empty
    points = run_task_through_crashes(monkeypatch)
    assert len(points) > 300
    assert set(points) >= DANGEROUS

    task = SigningTask.objects.get()
    assert task.status == Status.COMPLETED
    transitions = task.history.filter(kind=HistoryEntry.Kind.TRANSITION)
    assert list(transitions.values_list("name", flat=True)) == world.SEAMLESS_TRANSITIONS
    assert task.history.filter(name="document_lodged").count() == 1
    assert not OutboxJob.objects.parked().exists()
    assert outside_actions(set_up) == {
        "identity": ["requested", "answered"],
        "cabinet": ["created"],
        "apd": ["lodged", "lodged"],
        "signing": ["signed", "signed"],
        "edo": ["sent", "delivered", "signed"],
        "messages": ["email", "email", "sms", "sms"],
    }


def build_once(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """One build is enough: the same parts give the same bytes (`tests/archive/package`).

    Every build asks for the seal.
    """
    build, first_package = builder.build_package, folder / "package.zip"

    def build_or_copy(*, parts: PackageParts, target: Path, seal: Seal) -> BuiltPackage:
        if not packages:
            packages.append(build(parts=parts, target=first_package, seal=seal))
        else:
            seal(zipfile.ZipFile(first_package).read("manifest.json"))
        shutil.copy(first_package, target)
        return replace(packages[0], path=target)

    packages: list[BuiltPackage] = []
    monkeypatch.setattr(builder, "build_package", build_or_copy)


def outside_actions(sandbox: Sandbox) -> dict[str, list[str]]:
    """The actions that each outside system has performed."""
    return {
        system: [entry["action"] for entry in sandbox.journal(system)]
        for system in ("identity", "cabinet", "apd", "edo")
    } | {
        # The document's signature and the package's seal, without the power of attorney that was
        # signed at installation. Messages have their own queue keys, so their order varies.
        "signing": [
            entry["action"] for entry in sandbox.journal("signing") if entry["ref"] != "head"
        ],
        "messages": sorted(entry["action"] for entry in sandbox.journal("messages")),
    }
