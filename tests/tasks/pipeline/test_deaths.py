"""A worker that dies between any two statements neither loses nor doubles a step.

Every statement to the database and every outside call of a whole task, before it and after it,
is once the last thing that a worker does. What real processes do when they are killed is in
`tests/processes/test_kill.py`.
"""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from archive.package import builder
from archive.package.builder import BuiltPackage
from archive.package.parts import PackageParts
from econtract.platform.common.http import OutsideHttp
from econtract.platform.outbox import inbound, registry, worker
from econtract.platform.outbox.models import FeedCursor, OutboxJob
from edo.models import Box
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.sandbox import Sandbox

SEAMLESS_COURSE = [
    "submit",
    "identification_started",
    "identification_passed",
    "proceed",
    "cabinet_created",
    "send_document",
    "document_delivered",
    "client_signed",
    "archived",
]


class Death(BaseException):
    """The worker is gone: nothing of it runs on, and what was not committed is lost."""


class Reaper:
    """Lets the worker die at the point ``at``; counts the points that it passed."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.passed = 0

    def point(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            raise Death

    def statement(self, execute: Callable[..., Any], *call: Any) -> Any:
        self.point()
        result = execute(*call)
        self.point()
        return result


@contextmanager
def dying(at: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reaper]:
    reaper = Reaper(at)
    request = OutsideHttp.request

    def mortal(self: OutsideHttp, *args: Any, **more: Any) -> Any:
        reaper.point()
        answer = request(self, *args, **more)
        reaper.point()
        return answer

    with monkeypatch.context() as patch, connection.execute_wrapper(reaper.statement):
        patch.setattr(OutsideHttp, "request", mortal)
        yield reaper


def survive(work: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> int:
    """Repeats ``work``, dying one point later each time, until it gets through; the deaths."""
    for deaths in itertools.count():
        try:
            with dying(deaths + 1, monkeypatch):
                work()
        except Death:
            # The dead worker's leases run out.
            OutboxJob.objects.open().exclude(lease_until=None).update(lease_until=None)
            FeedCursor.objects.update(polling_until=None)
        else:
            return deaths
    raise AssertionError


def drive_through_deaths(monkeypatch: pytest.MonkeyPatch) -> int:
    """The whole course, every job and every poll dying at each of its points."""
    deaths = 0
    for _ in range(40):
        for feed in registry.feeds():
            deaths += survive(lambda feed=feed: inbound.poll(feed), monkeypatch)  # type: ignore[misc]
        due = list(OutboxJob.objects.claimable().order_by("pk").values_list("pk", flat=True))
        for job_id in due:
            deaths += survive(lambda job_id=job_id: worker.run_job(job_id), monkeypatch)  # type: ignore[misc]
        if not due and SigningTask.objects.get().is_finished:
            return deaths
    raise AssertionError(list(OutboxJob.objects.open().values_list("kind", "error_text")))


def test_no_death_loses_or_doubles_a_step(
    set_up: Sandbox, manager: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    build_once(monkeypatch, tmp_path)
    set_up.autopilot(on=True)
    task = world.create_task(manager)
    Box.objects.exclude(pk=task.box_id).update(active=False)  # their feeds say nothing
    deaths = drive_through_deaths(monkeypatch)
    assert deaths > 300, "the reaper did not do its work"

    task = SigningTask.objects.get()
    assert task.status == Status.COMPLETED
    moves = task.history.filter(kind=HistoryEntry.Kind.TRANSITION)
    assert list(moves.values_list("name", flat=True)) == SEAMLESS_COURSE
    assert task.history.filter(name="document_lodged").count() == 1
    assert not OutboxJob.objects.parked().exists()
    assert effects(set_up) == {
        "identity": ["requested", "answered"],
        "cabinet": ["created"],
        "apd": ["lodged", "lodged"],
        "signing": ["signed"],
        "edo": ["invited", "sent", "delivered", "signed"],
        "messages": ["email", "email", "sms", "sms"],
    }


def build_once(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The package's bytes depend on its parts alone (`tests/package`): one build will do."""
    build, kept = builder.build_package, folder / "package.zip"

    def remembered(*, parts: PackageParts, target: Path) -> BuiltPackage:
        if not kept.exists():
            built.append(build(parts=parts, target=kept))
        shutil.copy(kept, target)
        return replace(built[0], path=target)

    built: list[BuiltPackage] = []
    monkeypatch.setattr(builder, "build", remembered)


def effects(sandbox: Sandbox) -> dict[str, list[str]]:
    """What was really done, by system."""
    return {
        system: [entry["action"] for entry in sandbox.journal(system)]
        for system in ("identity", "cabinet", "apd", "edo")
    } | {
        # The power of attorney of the installation is signed here too, and messages go out by
        # queue keys of their own: neither has a job among the others.
        "signing": [
            entry["action"] for entry in sandbox.journal("signing") if entry["ref"] != "head"
        ],
        "messages": sorted(entry["action"] for entry in sandbox.journal("messages")),
    }
