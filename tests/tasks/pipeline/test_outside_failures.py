"""Tasks while outside systems fail: for a while, for good, or with lost responses."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.outbox import registry
from econtract.platform.outbox.models import OutboxJob
from edo.models import Exchange
from tasks import jobs
from tasks.lifecycle.perform import perform
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import (
    message_id_of,
    operator_actions,
    reload,
    run_everything,
    run_until,
    state_of,
)
from tests.support.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("set_up")


CALLS = [
    ("identity", "/requests", {}),
    ("cabinet", "/cabinets", {}),
    ("signing", "/signatures", {}),
    ("edo", "/PostMessage", {}),
    ("edo", "/GetMessage", {}),
    ("edo", "/GetNewEvents", {}),
    ("apd", "/documents", {}),
    ("eip", "/accounts", {"account_verified_at": None}),
]


@pytest.mark.sampled(12)
@pytest.mark.parametrize("kind", ["error", "down", "lost_answer", "answer_twice"])
@pytest.mark.parametrize(("system", "path", "values"), CALLS, ids=lambda value: str(value))
def test_a_temporary_failure_only_costs_time(
    manager: User,
    set_up: Sandbox,
    system: str,
    path: str,
    values: dict[str, Any],
    kind: str,
) -> None:
    set_up.fault(system, kind, times=2, path_contains=path)
    task = world.create_task(manager, **values)
    with time_machine.travel(clock.now(), tick=True) as time:
        for _ in range(12):
            run_everything()
            current = reload(task)
            if current.status == Status.IDENTIFICATION_PENDING:
                set_up.identity_answer(current.identification_ref, "passed")
            if current.status == Status.DOCUMENT_SIGNING:
                set_up.edo_sign(message_id_of(task))
            time.shift(timedelta(seconds=30))
            if current.status == Status.COMPLETED:
                break
    assert state_of(task)[0] == Status.COMPLETED
    assert operator_actions(set_up) == ["sent", "delivered", "signed"]
    assert [e["action"] for e in set_up.journal("apd")] == ["lodged", "lodged"]
    assert [e["action"] for e in set_up.journal("cabinet")] == ["created"]


@pytest.mark.parametrize(
    ("system", "failed_status"),
    [
        ("identity", Status.IDENTIFICATION_FAILED),
        ("cabinet", Status.CABINET_FAILED),
        ("signing", Status.SIGNING_FAILED),
    ],
)
def test_a_system_that_stays_down_fails_the_task_and_can_be_retried(
    manager: User, set_up: Sandbox, settings: Settings, system: str, failed_status: Status
) -> None:
    settings.OUTBOX_ATTEMPTS = 2
    set_up.fault(system, "down", times=None)
    task = world.create_task(manager)
    run_everything()
    if system != "identity":
        with time_machine.travel(clock.now() + timedelta(minutes=1), tick=True):
            set_up.identity_answer(reload(task).identification_ref, "passed")
            run_everything()
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=True):
        run_everything()
    assert state_of(task) == (failed_status, "service_unavailable")
    job = OutboxJob.objects.parked().get()
    set_up.clear_faults()
    administrator = world.UserFactory(roles=["administrator"])
    registry.job_kind(job.kind).retry(job, administrator)
    run_until(task, Status.COMPLETED, set_up)
    assert operator_actions(set_up) == ["sent", "delivered", "signed"]


def test_a_package_that_the_archive_refuses_can_be_submitted_again(
    manager: User, set_up: Sandbox
) -> None:
    task = run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    set_up.fault("apd", "error", times=None, status=422, code="archive_rejected")
    set_up.edo_sign(message_id_of(task))
    run_everything()
    assert state_of(task) == (Status.ARCHIVE_FAILED, "archive_rejected")
    set_up.clear_faults()
    perform(task.number, "retry_archive", actor=manager)
    run_until(task, Status.COMPLETED, set_up)


def test_a_package_waits_for_the_key_of_the_seal_and_is_sealed_once(
    manager: User, set_up: Sandbox, settings: Settings
) -> None:
    """The call is retried like every outside call; after that a user may retry it."""
    task = run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    settings.SEAL_KEY = "lost"
    set_up.edo_sign(message_id_of(task))
    run_everything()
    assert state_of(task) == (Status.DOCUMENT_SIGNED, "")
    job = OutboxJob.objects.open().get(kind="submit_package_to_archive")
    assert (job.attempts, job.error_kind, job.error_system) == (1, "temporary", "signing")
    settings.SEAL_KEY = "seal"
    OutboxJob.objects.filter(pk=job.pk).update(due_at=clock.now())
    run_until(task, Status.COMPLETED, set_up)
    assert len(set_up.journal("signing", ref="seal")) == 1


def test_the_archive_gets_the_package_that_was_stored_first(
    manager: User, set_up: Sandbox, settings: Settings
) -> None:
    """Two seals of one package differ, so no second package may be built after a lost answer."""
    task = run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    set_up.fault("apd", "lost_answer", times=None)
    set_up.edo_sign(message_id_of(task))
    run_everything()
    assert state_of(task) == (Status.DOCUMENT_SIGNED, "")
    set_up.clear_faults()
    settings.SEAL_KEY = "lost"
    OutboxJob.objects.open().update(due_at=clock.now())
    run_until(task, Status.COMPLETED, set_up)


def test_a_task_whose_event_was_lost_is_polled(
    manager: User, set_up: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    set_up.edo_sign(message_id_of(task))
    with monkeypatch.context() as patch:
        patch.setattr("econtract.platform.outbox.inbound.handle_waiting", lambda feed: None)
        run_everything()
        assert state_of(task)[0] == Status.DOCUMENT_SIGNING
        with time_machine.travel(clock.now() + timedelta(minutes=11), tick=True):
            jobs.poll_silent_tasks()
            run_everything()
    assert state_of(task)[0] == Status.COMPLETED
    assert Exchange.objects.get().state == Exchange.State.SIGNED


# --- Faults of the EDO operator alone ------------------------------------------------------------


@pytest.mark.parametrize("kind", ["reordered", "answer_twice"])
def test_repeated_and_reordered_events_do_no_harm(
    manager: User, set_up: Sandbox, kind: str
) -> None:
    set_up.fault("identity", kind, times=None)
    set_up.fault("edo", kind, times=None, path_contains="GetNewEvents")
    tasks = [world.create_task(manager), world.create_task(manager, region=world.STEPWISE)]
    run_everything()
    for task in tasks:
        set_up.identity_answer(reload(task).identification_ref, "passed")
    run_everything()
    perform(tasks[1].number, "proceed", actor=manager)
    run_everything()
    for task in tasks:
        set_up.edo_sign(message_id_of(task))
    run_everything()
    assert [state_of(task)[0] for task in tasks] == [Status.COMPLETED] * 2
    assert sorted(operator_actions(set_up)) == sorted(["sent", "delivered", "signed"] * 2)


@pytest.mark.parametrize(
    ("kind", "resolution", "comment"),
    [
        ("sender_signature_invalid", "certificate_invalid", "не принял нашу подпись"),
        ("power_of_attorney_lost", "power_of_attorney_invalid", "МЧД не приложена"),
    ],
)
def test_a_document_that_the_operator_rejects_later_can_be_sent_again(
    manager: User, set_up: Sandbox, kind: str, resolution: str, comment: str
) -> None:
    set_up.fault("edo", kind)
    task = run_until(world.create_task(manager), Status.SIGNING_FAILED, set_up)
    assert task.resolution == resolution
    last = task.history.order_by("-pk").first()
    assert last is not None
    assert comment in last.comment
    assert [action for action in operator_actions(set_up) if action != "delivered"] == [
        "sent",
        "revoked",
    ]
    assert not live_exchanges()
    perform(task.number, "send_document", actor=manager)
    run_until(task, Status.COMPLETED, set_up)
    assert operator_actions(set_up)[-3:] == ["sent", "delivered", "signed"]
    assert operator_actions(set_up).count("signed") == 1
    assert not live_exchanges()


def live_exchanges() -> list[Exchange]:
    return [exchange for exchange in Exchange.objects.all() if exchange.is_live]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/PostMessage", {"kind": "slow", "seconds": 1.5}),
        ("/GetMessage", {"kind": "slow", "seconds": 1.5}),
        ("/PostMessage", {"kind": "still_running"}),
    ],
    ids=["slow to accept", "slow to answer", "still running"],
)
def test_a_slow_operator_gets_the_document_once(
    manager: User, set_up: Sandbox, settings: Settings, path: str, fault: dict[str, Any]
) -> None:
    settings.OUTSIDE_ANSWER_SECONDS = 1
    set_up.fault("edo", times=2, path_contains=path, **fault)
    task = run_until(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    set_up.identity_answer(task.identification_ref, "passed")
    with time_machine.travel(clock.now(), tick=True) as time:
        for _ in range(8):
            run_everything()
            if state_of(task)[0] == Status.DOCUMENT_SIGNING:
                break
            time.shift(timedelta(seconds=30))
    run_until(task, Status.COMPLETED, set_up)
    assert operator_actions(set_up) == ["sent", "delivered", "signed"]
