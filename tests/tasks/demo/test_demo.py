"""The demo data: `seed_demo` and `seed_load`."""

import os
import re
import shlex
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q
from pytest_django.fixtures import Settings

from accounts.models import AccessGroupUserObjectPermission, User
from accounts.roles import Role, TaskType
from clients.models import Client
from tasks.demo import bulk_users
from tasks.demo.scenarios import (
    CONTRACTOR,
    MOSCOW,
    NOVOSIBIRSK,
    SELF_EMPLOYED,
    SMS,
    Scenario,
    days,
    minutes,
)
from tasks.models import Channel, HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import run_everything
from tests.support.paths import ROOT
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox
from tests.support.signing.openssl import openssl_environment

# Some scenarios by name, each with the status and resolution that its task must end in.
EXPECTED = {
    "word": (Scenario(days(60), file_format="word"), "completed", ""),
    "pdf": (Scenario(days(20), region=NOVOSIBIRSK, manager="manager3"), "completed", ""),
    "self-employed": (
        Scenario(days(27), task_type=SELF_EMPLOYED, inn="771234567859", file_format="word"),
        "completed",
        "",
    ),
    "contractor": (
        Scenario(days(24), task_type=CONTRACTOR, inn="772345678901", region=MOSCOW),
        "completed",
        "",
    ),
    "rejected": (
        Scenario(days(2), services=("toll_free",), approval_decision="reject"),
        "approval_rejected",
        "",
    ),
    "mismatch": (
        Scenario(days(1.1), inn="7701002009", identification_result="data_mismatch"),
        "identification_failed",
        "data_mismatch",
    ),
    "silent": (
        Scenario(days(9), identification_result="expire"),
        "identification_failed",
        "no_answer",
    ),
    "cabinet": (Scenario(minutes(32), inn="7701002601"), "cabinet_failed", "cabinet_exists"),
    "account": (
        Scenario(days(1.3), has_own_account=False),
        "signing_failed",
        "account_unverified",
    ),
    "certificate": (
        Scenario(minutes(52), signatory="signer-egorov"),
        "signing_failed",
        "certificate_invalid",
    ),
    "refused": (
        Scenario(days(2.2), inn="7701002802", signing_result="refused"),
        "signing_failed",
        "client_refused",
    ),
    "archive": (
        Scenario(minutes(58), failing_system="apd"),
        "archive_failed",
        "service_unavailable",
    ),
    "consent": (
        Scenario(minutes(31), inn="7701003605", accepts_invitation=False),
        "consent_pending",
        "",
    ),
    "review": (Scenario(days(1.4), signing_result="personal"), "signature_review", ""),
    "read by SMS": (
        Scenario(minutes(30), channel=SMS, task_type=SELF_EMPLOYED, signing_result="silent"),
        "document_signing",
        "",
    ),
    "undelivered": (
        Scenario(minutes(34), channel=SMS, task_type=SELF_EMPLOYED, signing_result="undelivered"),
        "document_signing",
        "",
    ),
    "signed by SMS": (
        Scenario(days(1.6), channel=SMS, task_type=CONTRACTOR),
        "completed",
        "",
    ),
    "stuck": (Scenario(minutes(8), stuck_in="document_sent"), "document_sent", ""),
    "cancelled": (
        Scenario(days(14), signing_result="silent", final_action="cancel"),
        "cancelled",
        "",
    ),
}


@pytest.fixture
def demo_tasks(
    db: None, settings: Settings, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> dict[str, SigningTask]:
    """The tasks that `seed_demo` creates for EXPECTED, by name."""
    scenarios = [scenario for scenario, _, _ in EXPECTED.values()]
    monkeypatch.setattr("tasks.management.commands.seed_demo.SCENARIOS", scenarios)
    world.connect(settings, sandbox)
    call_command("load_reference", verbosity=0)
    call_command("seed_demo", verbosity=0)
    tasks = SigningTask.objects.select_related("package__file", "client", "document_version__pdf")
    return dict(zip(EXPECTED, tasks.order_by("pk"), strict=True))


def test_seed_demo_plays_every_scenario(
    demo_tasks: dict[str, SigningTask], sandbox: Sandbox, tmp_path: Path
) -> None:
    """One run for all checks, because playing is slow."""
    assert {name: (task.status, task.resolution) for name, task in demo_tasks.items()} == {
        name: (status, resolution) for name, (_, status, resolution) in EXPECTED.items()
    }
    assert_history_is_complete(demo_tasks)
    assert_no_status_changes(demo_tasks)
    assert_names_differ()
    finished = {name: task for name, task in demo_tasks.items() if task.status == Status.COMPLETED}
    assert {task.task_type for task in finished.values()} == set(TaskType)
    origins = {Path(task.document_version.file_name).suffix for task in finished.values()}
    assert origins == {".docx", ".pdf"}
    assert_messages_are_as_played(demo_tasks)
    for name, task in finished.items():
        assert_package_is_valid(task, sandbox, tmp_path / name)
    call_command("seed_demo", verbosity=0)
    assert SigningTask.objects.count() == len(EXPECTED)


def assert_history_is_complete(demo_tasks: dict[str, SigningTask]) -> None:
    """The history leads to the present status, in order of time and without a gap."""
    for task in demo_tasks.values():
        entries = list(task.history.filter(kind=HistoryEntry.Kind.TRANSITION).order_by("pk"))
        assert entries[-1].new_status == task.status
        for before, after in pairwise(entries):
            assert after.old_status == before.new_status
            assert before.at <= after.at
        assert task.created_at <= entries[0].at


def assert_no_status_changes(demo_tasks: dict[str, SigningTask]) -> None:
    """Workers that start now change no status."""
    run_everything()
    for task in demo_tasks.values():
        assert SigningTask.objects.get(pk=task.pk).status == task.status


def assert_messages_are_as_played(demo_tasks: dict[str, SigningTask]) -> None:
    """How far the clients who sign by SMS have come."""
    names = ("read by SMS", "undelivered", "signed by SMS")
    signings = [demo_tasks[name].simple_signing for name in names]
    assert [signing.progress for signing in signings if signing] == [
        "read",
        "undelivered",
        "signed",
    ]


def assert_names_differ() -> None:
    first_words = {
        client.short_name.split("«")[-1][:4]
        for client in Client.objects.filter(kind="legal").exclude(Q(inn__startswith="77010"))
    }
    assert len(first_words) > 3


def assert_package_is_valid(task: SigningTask, sandbox: Sandbox, folder: Path) -> None:
    """By our command, and by the commands that the package's readme lists."""
    folder.mkdir()
    path = folder / "package.zip"
    call_command("export_package", str(task.number), str(path), verbosity=0)
    result = subprocess.run(
        [sys.executable, "-m", "econtract.verify", path, "--roots", sandbox.trust_roots],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
        names = archive.namelist()
    by_sms = task.channel == Channel.SMS
    # The client who signs by SMS has no certificate.
    assert len([name for name in names if name.endswith(".p7s")]) == (1 if by_sms else 2)
    assert any(name.startswith("ON_EMCHD_") for name in names)
    assert any(name.startswith("PDF/") for name in names)
    readme = (folder / "ПРОЧТИ.txt").read_text("utf-8-sig")
    commands = re.findall(r"^openssl .*$", readme, re.MULTILINE)
    assert len([line for line in commands if " cms -verify " in line]) >= (4 if by_sms else 5)
    if not any(name.startswith("evidence/anchor/") for name in names):
        # The anchor of the day is made after the package, and its command is for packages with it.
        commands = [line for line in commands if "evidence/anchor/" not in line]
    for line in commands:
        subprocess.run(
            shlex.split(line),
            cwd=folder,
            env=openssl_environment(),
            capture_output=True,
            check=True,
        )


def test_seed_demo_requires_a_sandbox(db: None, settings: Settings) -> None:
    settings.SANDBOX_URL = ""
    with pytest.raises(CommandError, match="SANDBOX_URL"):
        call_command("seed_demo", verbosity=0)
    assert not User.objects.exists()


# --- seed_load -----------------------------------------------------------------------------------


@pytest.fixture
def bulk_load(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """300 tasks of 20 managers in groups of 5: the first group's managers see each other."""
    monkeypatch.setattr(bulk_users, "USERS_PER_GROUP", 5)
    call_command("load_reference", verbosity=0)
    call_command("seed_load", tasks=300, users=20, verbosity=0)


@pytest.mark.usefixtures("bulk_load")
def test_seed_load_creates_the_requested_number() -> None:
    assert (SigningTask.objects.count(), User.objects.count()) == (300, 20)
    for task in SigningTask.objects.prefetch_related("history", "services").select_related(
        "package"
    ):
        assert [entry.new_status for entry in task.history.all()] == [task.status]
        assert task.services.exists()
        assert (task.package is not None) == (task.status == Status.COMPLETED)
        assert (task.completed_at is not None) == task.is_finished


@pytest.mark.usefixtures("bulk_load")
def test_the_tasks_of_a_load_are_visible_by_the_rules_of_groups() -> None:
    everything = set(SigningTask.objects.values_list("number", "manager_id"))
    members = {
        group: set(
            AccessGroupUserObjectPermission.objects.filter(content_object=group).values_list(
                "user_id", flat=True
            )
        )
        for group in AccessGroupUserObjectPermission.objects.values_list(
            "content_object", flat=True
        ).distinct()
    }
    assert sorted(map(len, members.values())) == [5, 5, 5, 5]
    for user in User.objects.all():
        [mine] = [people for people in members.values() if user.pk in people]
        sees_all = user.roles.filter(role=Role.TEAM_LEAD).exists() or mine == members[min(members)]
        owners = mine if sees_all else {user.pk}
        seen = set(SigningTask.objects.visible_to(user).values_list("number", "manager_id"))
        assert seen == {(number, owner) for number, owner in everything if owner in owners}


@pytest.mark.usefixtures("bulk_load")
def test_the_lists_of_a_load_open() -> None:
    user = User.objects.get(username="load0")
    for page in ("/tasks/my/", "/tasks/all/", "/tasks/archive/?q=Петров"):
        assert browser_of(user).get(page).status_code == 200


def test_a_second_load_adds_tasks(bulk_load: None) -> None:
    call_command("seed_load", tasks=10, users=2, verbosity=0)
    assert (SigningTask.objects.count(), User.objects.count()) == (310, 22)


def test_seed_load_requires_the_directories(db: None) -> None:
    with pytest.raises(CommandError, match="load_reference"):
        call_command("seed_load", tasks=10, users=2, verbosity=0)
