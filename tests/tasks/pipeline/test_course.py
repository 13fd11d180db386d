"""The course of a task against the simulators: every branch, and every fault of the other side."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.outbox import registry
from econtract.platform.outbox.models import OutboxJob
from edo.models import Exchange, Signatory
from tasks import celery_tasks
from tasks.actions.contact import replace_contact
from tasks.actions.document import attach_document, remove_document
from tasks.actions.perform_action import perform_action
from tasks.lifecycle.perform import perform
from tasks.models import AuthorityDocument, SigningTask
from tasks.statuses import Status
from tests.support import sandbox as orgs
from tests.support import world
from tests.support.driver import run_everything
from tests.support.factories import ContactFactory
from tests.support.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("set_up")


def fresh(task: SigningTask) -> SigningTask:
    return SigningTask.objects.select_related("exchange", "package").get(pk=task.pk)


def where(task: SigningTask) -> tuple[str, str]:
    now = fresh(task)
    return now.status, now.resolution


def at(task: SigningTask, status: Status, sandbox: Sandbox) -> SigningTask:
    """Plays the client until the task is in ``status``."""
    run_everything()
    if fresh(task).status == Status.IDENTIFICATION_PENDING != status:
        sandbox.identity_answer(fresh(task).identification_ref, "passed")
        run_everything()
    if fresh(task).status == Status.DOCUMENT_SIGNING != status:
        sandbox.edo_sign(message_of(task))
        run_everything()
    assert fresh(task).status == status
    return fresh(task)


def message_of(task: SigningTask) -> str:
    exchange = fresh(task).exchange
    assert exchange is not None
    return exchange.message_id


def edo_actions(sandbox: Sandbox) -> list[str]:
    return [e["action"] for e in sandbox.journal("edo") if e["action"] != "invited"]


def test_a_seamless_task_runs_to_the_archive(manager: User, set_up: Sandbox) -> None:
    task = at(world.create_task(manager), Status.COMPLETED, set_up)
    assert task.package is not None
    assert task.package.archive_code
    assert task.document_version is not None
    assert task.document_version.archive_code
    assert edo_actions(set_up) == ["sent", "delivered", "signed"]
    assert [e["action"] for e in set_up.journal("apd")] == ["lodged", "lodged"]


def test_elsewhere_it_stops_until_the_manager_goes_on(manager: User, set_up: Sandbox) -> None:
    task = at(world.create_task(manager, region=world.STEPWISE), Status.IDENTIFIED, set_up)
    perform(task.number, "proceed", actor=manager)
    at(task, Status.COMPLETED, set_up)
    assert [e["action"] for e in set_up.journal("rio")] == ["lodged", "lodged"]


@pytest.mark.parametrize(
    ("answer", "status", "resolution"),
    [
        ("data_refused", Status.IDENTIFICATION_FAILED, "data_refused"),
        ("authority_pending", Status.IDENTIFICATION_FAILED, "authority_pending"),
        ("data_mismatch", Status.IDENTIFICATION_FAILED, "data_mismatch"),
        ("blacklisted", Status.IDENTIFICATION_FAILED, "blacklisted"),
        ("change_services", Status.IDENTIFICATION_FAILED, "change_services"),
        ("passed_change_services", Status.IDENTIFIED, "change_services"),
    ],
)
def test_every_answer_at_identification_has_its_status(
    manager: User, set_up: Sandbox, answer: str, status: str, resolution: str
) -> None:
    task = at(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    set_up.identity_answer(task.identification_ref, answer)
    run_everything()
    assert where(task) == (status, resolution)


def test_papers_of_authority_are_checked_by_the_manager(manager: User, set_up: Sandbox) -> None:
    task = at(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    set_up.identity_answer(task.identification_ref, "documents")
    run_everything()
    assert where(task)[0] == Status.AUTHORITY_REVIEW
    assert AuthorityDocument.objects.filter(task=task).count() == 1
    perform(task.number, "decline_authority", actor=manager, comment="нужна доверенность")
    run_everything()
    assert where(task) == (Status.IDENTIFICATION_PENDING, "authority_pending")
    assert any("нужна доверенность" in m["text"] for m in set_up.messages())
    set_up.identity_answer(task.identification_ref, "documents")
    run_everything()
    perform(task.number, "confirm_authority", actor=manager)
    run_everything()
    assert where(task)[0] == Status.DOCUMENT_SIGNING


@pytest.mark.parametrize(
    ("inn", "resolution"),
    [(orgs.CABINET_EXISTS, "cabinet_exists"), (orgs.CABINET_BAD_DATA, "cabinet_bad_data")],
)
def test_a_cabinet_that_cannot_be_made(
    manager: User, set_up: Sandbox, inn: str, resolution: str
) -> None:
    task = at(world.create_task(manager, inn=inn), Status.CABINET_FAILED, set_up)
    assert task.resolution == resolution


def test_an_account_of_somebody_else_blocks_signing(manager: User, set_up: Sandbox) -> None:
    wrong = {"account_number": "850999999999", "account_verified_at": None}
    task = at(world.create_task(manager, **wrong), Status.SIGNING_FAILED, set_up)
    assert task.resolution == "account_unverified"
    assert edo_actions(set_up) == []


def test_an_account_that_could_not_be_checked_is_checked_before_signing(
    manager: User, set_up: Sandbox
) -> None:
    task = world.create_task(manager, account_verified_at=None)
    at(task, Status.COMPLETED, set_up)
    assert fresh(task).account_verified_at is not None


@pytest.mark.parametrize(
    ("key_ref", "resolution"),
    [
        ("signer-egorov", "certificate_invalid"),
        ("signer-kuznetsov", "power_of_attorney_invalid"),
        ("signer-zaitsev", "certificate_invalid"),
        ("signer-volkova", "certificate_invalid"),
    ],
    ids=["certificate expired", "power lapsed", "key blocked", "certificate revoked"],
)
def test_a_signatory_that_is_not_in_order_does_not_sign(
    manager: User, set_up: Sandbox, key_ref: str, resolution: str
) -> None:
    signatory = Signatory.objects.get(key_ref=key_ref)
    task = at(world.create_task(manager, signatory=signatory), Status.SIGNING_FAILED, set_up)
    assert task.resolution == resolution
    assert "delivered" not in edo_actions(set_up)


def test_a_client_refuses_and_the_document_is_sent_again(manager: User, set_up: Sandbox) -> None:
    task = at(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    set_up.edo_refuse(message_of(task), "Не согласны с ценой")
    run_everything()
    assert where(task) == (Status.SIGNING_FAILED, "client_refused")
    assert task.history.filter(comment="Не согласны с ценой").exists()
    perform(task.number, "send_document", actor=manager)
    at(task, Status.COMPLETED, set_up)
    assert edo_actions(set_up) == ["sent", "delivered", "rejected", "sent", "delivered", "signed"]
    assert fresh(task).past_exchanges.count() == 1


@pytest.mark.parametrize("how", ["broken", "foreign"])
def test_a_bad_signature_of_the_client_never_counts(
    manager: User, set_up: Sandbox, how: str
) -> None:
    task = at(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    set_up.edo_sign(message_of(task), how)
    run_everything()
    assert where(task) == (Status.SIGNING_FAILED, "send_failed")
    last = task.history.order_by("-pk").first()
    assert last is not None
    assert "Подпись клиента не прошла проверку" in last.comment


def test_a_document_removed_from_the_client_is_revoked_and_replaced(
    manager: User, set_up: Sandbox
) -> None:
    task = at(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    remove_document(task=task, actor=manager)
    run_everything()
    assert where(task) == (Status.SIGNING_FAILED, "withdrawn")
    upload = world.SimpleUploadedFile("Новый.docx", world.word_file("2.1. Новая цена."))
    attach_document(task=fresh(task), upload=upload, actor=manager)
    run_until_lodged(task)
    perform(task.number, "send_document", actor=manager)
    at(task, Status.COMPLETED, set_up)
    assert edo_actions(set_up) == ["sent", "delivered", "revoked", "sent", "delivered", "signed"]


def run_until_lodged(task: SigningTask) -> None:
    """Conversion takes a moment; the lodging looks again every two seconds."""
    for _ in range(10):
        with time_machine.travel(clock.now() + timedelta(seconds=3), tick=True):
            run_everything()
        version = fresh(task).document_version
        if version is not None and version.archive_code:
            return
    raise AssertionError("The document was not lodged")


def test_cancelling_revokes_first(manager: User, set_up: Sandbox) -> None:
    task = at(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="договор больше не нужен")
    assert where(task)[0] == Status.DOCUMENT_SIGNING
    run_everything()
    assert where(task)[0] == Status.CANCELLED
    assert edo_actions(set_up) == ["sent", "delivered", "revoked"]


def test_a_client_who_signs_before_the_revocation_has_signed(
    manager: User, set_up: Sandbox
) -> None:
    task = at(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="договор больше не нужен")
    set_up.edo_sign(message_of(task))
    run_everything()
    assert where(task)[0] == Status.COMPLETED
    assert task.history.filter(name="revocation_too_late").exists()
    assert "revoked" not in edo_actions(set_up)


def test_a_replaced_contact_gets_a_link_and_the_old_one_is_dead(
    manager: User, set_up: Sandbox
) -> None:
    task = at(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    other = ContactFactory(phone="+79990001122")
    replace_contact(task=task, contact=other, actor=manager)
    run_everything()
    now = fresh(task)
    assert now.identification_link != task.identification_link
    done = sorted(e["action"] for e in set_up.journal("identity"))
    assert done == ["cancelled", "requested", "requested"]
    assert set_up.messages("+79990001122")


@pytest.mark.parametrize(
    ("status", "days", "resolution"),
    [
        (Status.IDENTIFICATION_PENDING, 7, "no_answer"),
        (Status.DOCUMENT_SIGNING, 14, "no_answer"),
    ],
)
def test_a_client_is_reminded_and_then_the_step_fails(
    manager: User, set_up: Sandbox, status: Status, days: int, resolution: str
) -> None:
    task = at(world.create_task(manager), status, set_up)
    sent = len(set_up.messages())
    start = clock.now()
    for day, reminders in [(0.9, 0), (1.1, 1), (2.9, 1), (3.1, 2), (days - 0.1, 2)]:
        with time_machine.travel(start + timedelta(days=day), tick=True):
            run_everything()
        assert len(set_up.messages()) == sent + 2 * reminders
        assert where(task)[0] == status
    with time_machine.travel(start + timedelta(days=days, minutes=1), tick=True):
        run_everything()
    assert where(task)[1] == resolution
    if status == Status.DOCUMENT_SIGNING:
        assert edo_actions(set_up)[-1] == "revoked"


# --- Faults of the other side ------------------------------------------------------------------

FAULTY = [
    ("identity", "/requests", {}),
    ("cabinet", "/cabinets", {}),
    ("signing", "/signatures", {}),
    ("edo", "/PostMessage", {}),
    ("edo", "/GetMessage", {}),
    ("edo", "/GetNewEvents", {}),
    ("apd", "/documents", {}),
    ("eip", "/accounts", {"account_verified_at": None}),
]


@pytest.mark.parametrize("kind", ["error", "down", "lost_answer", "answer_twice"])
@pytest.mark.parametrize(("system", "path", "more"), FAULTY, ids=lambda value: str(value))
def test_a_passing_fault_costs_time_and_nothing_else(
    manager: User,
    set_up: Sandbox,
    system: str,
    path: str,
    more: dict[str, Any],
    kind: str,
) -> None:
    set_up.fault(system, kind, times=2, path_contains=path)
    task = world.create_task(manager, **more)
    with time_machine.travel(clock.now(), tick=True) as traveller:
        for _ in range(12):
            run_everything()
            now = fresh(task)
            if now.status == Status.IDENTIFICATION_PENDING:
                set_up.identity_answer(now.identification_ref, "passed")
            if now.status == Status.DOCUMENT_SIGNING:
                set_up.edo_sign(message_of(task))
            traveller.shift(timedelta(seconds=30))
            if now.status == Status.COMPLETED:
                break
    assert where(task)[0] == Status.COMPLETED
    assert edo_actions(set_up) == ["sent", "delivered", "signed"]
    assert [e["action"] for e in set_up.journal("apd")] == ["lodged", "lodged"]
    assert [e["action"] for e in set_up.journal("cabinet")] == ["created"]


@pytest.mark.parametrize(
    ("system", "failed"),
    [
        ("identity", Status.IDENTIFICATION_FAILED),
        ("cabinet", Status.CABINET_FAILED),
        ("signing", Status.SIGNING_FAILED),
    ],
)
def test_a_system_that_stays_down_is_told_and_can_be_tried_again(
    manager: User, set_up: Sandbox, settings: Settings, system: str, failed: Status
) -> None:
    settings.OUTBOX_ATTEMPTS = 2
    set_up.fault(system, "down", times=None)
    task = world.create_task(manager)
    run_everything()
    if system != "identity":
        with time_machine.travel(clock.now() + timedelta(minutes=1), tick=True):
            at_or_before(task, set_up)
    with time_machine.travel(clock.now() + timedelta(minutes=10), tick=True):
        run_everything()
    assert where(task) == (failed, "service_unavailable")
    parked = OutboxJob.objects.parked().get()
    set_up.clear_faults()
    administrator = world.UserFactory(roles=["administrator"])
    registry.job_kind(parked.kind).retry(parked, administrator)
    at(task, Status.COMPLETED, set_up)
    assert edo_actions(set_up) == ["sent", "delivered", "signed"]


def at_or_before(task: SigningTask, sandbox: Sandbox) -> None:
    sandbox.identity_answer(fresh(task).identification_ref, "passed")
    run_everything()


def test_an_archive_that_turns_the_package_away_is_said(manager: User, set_up: Sandbox) -> None:
    task = at(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    set_up.fault("apd", "error", times=None, status=422, code="archive_rejected")
    set_up.edo_sign(message_of(task))
    run_everything()
    assert where(task) == (Status.ARCHIVE_FAILED, "archive_rejected")
    set_up.clear_faults()
    perform(task.number, "retry_archive", actor=manager)
    at(task, Status.COMPLETED, set_up)


def test_a_lost_event_is_made_good_by_the_sweep(
    manager: User, set_up: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = at(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    set_up.edo_sign(message_of(task))
    with monkeypatch.context() as deaf:
        deaf.setattr("econtract.platform.outbox.inbound.handle_waiting", lambda feed: None)
        run_everything()
        assert where(task)[0] == Status.DOCUMENT_SIGNING
        with time_machine.travel(clock.now() + timedelta(minutes=11), tick=True):
            celery_tasks.poll_silent_tasks()
            run_everything()
    assert where(task)[0] == Status.COMPLETED
    assert Exchange.objects.get().state == Exchange.State.SIGNED


# --- Faults of the EDO operator alone ------------------------------------------------------------


@pytest.mark.parametrize("kind", ["reordered", "answer_twice"])
def test_feeds_that_repeat_or_turn_round_their_events_do_no_harm(
    manager: User, set_up: Sandbox, kind: str
) -> None:
    set_up.fault("identity", kind, times=None)
    set_up.fault("edo", kind, times=None, path_contains="GetNewEvents")
    tasks = [world.create_task(manager), world.create_task(manager, region=world.STEPWISE)]
    run_everything()
    for task in tasks:
        set_up.identity_answer(fresh(task).identification_ref, "passed")
    run_everything()
    perform(tasks[1].number, "proceed", actor=manager)
    run_everything()
    for task in tasks:
        set_up.edo_sign(message_of(task))
    run_everything()
    assert [where(task)[0] for task in tasks] == [Status.COMPLETED] * 2
    assert sorted(edo_actions(set_up)) == sorted(["sent", "delivered", "signed"] * 2)


@pytest.mark.parametrize(
    ("kind", "resolution", "words"),
    [
        ("sender_signature_invalid", "certificate_invalid", "не принял нашу подпись"),
        ("power_of_attorney_lost", "power_of_attorney_invalid", "МЧД не приложена"),
    ],
)
def test_what_the_operator_finds_wrong_later_fails_the_task_and_can_be_sent_again(
    manager: User, set_up: Sandbox, kind: str, resolution: str, words: str
) -> None:
    set_up.fault("edo", kind)
    task = at(world.create_task(manager), Status.SIGNING_FAILED, set_up)
    assert task.resolution == resolution
    last = task.history.order_by("-pk").first()
    assert last is not None
    assert words in last.comment
    assert [action for action in edo_actions(set_up) if action != "delivered"] == [
        "sent",
        "revoked",
    ]
    assert not live_exchanges()
    perform(task.number, "send_document", actor=manager)
    at(task, Status.COMPLETED, set_up)
    assert edo_actions(set_up)[-3:] == ["sent", "delivered", "signed"]
    assert edo_actions(set_up).count("signed") == 1
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
    ids=["slow to take it", "slow to tell", "still at it"],
)
def test_a_slow_operator_gets_one_document(
    manager: User, set_up: Sandbox, settings: Settings, path: str, fault: dict[str, Any]
) -> None:
    settings.OUTSIDE_ANSWER_SECONDS = 1
    set_up.fault("edo", times=2, path_contains=path, **fault)
    task = at(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    set_up.identity_answer(task.identification_ref, "passed")
    with time_machine.travel(clock.now(), tick=True) as traveller:
        for _ in range(8):
            run_everything()
            if where(task)[0] == Status.DOCUMENT_SIGNING:
                break
            traveller.shift(timedelta(seconds=30))
    at(task, Status.COMPLETED, set_up)
    assert edo_actions(set_up) == ["sent", "delivered", "signed"]
