"""A worker that is killed at any point neither loses a step nor performs one twice.

The whole life of a task is run. Every SQL statement and every outside call of every job, the
moment before it and the moment after it, is a crash point; the worker is killed once at each.
Real processes that are killed are in `tests/processes/test_kill.py`.
"""

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from accounts.models import User
from archive.package import builder
from archive.package.builder import BuiltPackage, Seal
from archive.package.parts import PackageParts
from econtract.platform.outbox import inbound, registry, worker
from econtract.platform.outbox.models import OutboxJob
from edo.models import Box
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.sandbox import Sandbox
from tests.tasks.pipeline.crashes import run_through_crashes

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
