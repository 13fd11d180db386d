"""Waiting for the client's consent, for our signatory, and for a verdict on a signature."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from accounts.roles import Role
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused, Refused
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox.models import OutboxJob
from edo.channels.protocol import SessionState, SigningRefused
from tasks import channels
from tasks.actions.perform_action import perform_action
from tasks.lifecycle import effects
from tasks.models import Channel, SigningTask
from tasks.pipeline.deadlines import Expire
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor
from tests.support import world
from tests.support.driver import reload, run_everything, run_until, state_of
from tests.support.memory_channel import MemoryBinding, MemoryChannel
from tests.support.sandbox import Sandbox

CONSENT: dict[str, Any] = {
    "state": SessionState.AWAITING_CONSENT,
    "reason": "Клиент должен принять приглашение.",
}
CONFIRMATION: dict[str, Any] = {
    "state": SessionState.AWAITING_CONFIRMATION,
    "reason": "Иванова Е. В., приложение myDSS.",
}
DOUBT = "Алгоритм подписи не поддерживается."


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> MemoryChannel:
    channel = MemoryChannel()
    monkeypatch.setitem(channels.BINDINGS, Channel.SMS, MemoryBinding(channel))
    return channel


@pytest.fixture
def task(set_up: Sandbox, manager: User, channel: MemoryChannel) -> SigningTask:
    created = world.create_task(manager)
    SigningTask.objects.filter(pk=created.pk).update(channel=Channel.SMS)
    return reload(created)


@pytest.fixture
def administrator(set_up: Sandbox) -> User:
    user: User = world.UserFactory(roles=[Role.ADMINISTRATOR])
    return user


def poll(task: SigningTask) -> SigningTask:
    """What an event of the channel, or `poll_silent_tasks`, would cause."""
    effects.enqueue_poll(reload(task))
    run_everything()
    return reload(task)


def run_until_review(task: SigningTask, channel: MemoryChannel, sandbox: Sandbox) -> SigningTask:
    task = run_until(task, Status.DOCUMENT_SENT, sandbox)
    channel.set_state(SessionState.UNVERIFIED, reason=DOUBT)
    return poll(task)


# --- A revocation that comes too late ---------------------------------------------------------


def test_a_signature_that_came_before_the_revocation_wins(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> None:
    task = run_until(task, Status.DOCUMENT_SENT, set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="ошибка")
    channel.set_state(SessionState.UNVERIFIED, reason=DOUBT)
    run_everything()
    assert reload(task).status == Status.SIGNATURE_REVIEW
    assert not reload(task).withdrawal


# --- Consent -------------------------------------------------------------------------------------


def test_a_client_who_must_accept_an_invitation_is_waited_for(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [CONSENT]
    task = run_until(task, Status.CONSENT_PENDING, set_up)
    assert task.history.order_by("-pk")[0].comment == CONSENT["reason"]
    assert poll(task).status == Status.CONSENT_PENDING
    assert channel.sent == []
    channel.waits.clear()
    assert poll(task).status == Status.DOCUMENT_SENT
    assert len(channel.sent) >= 1
    [entry] = task.history.filter(name="consent_given")
    assert entry.acted_as == Actor.CLIENT


def test_consent_and_confirmation_may_follow_each_other(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [CONSENT, CONFIRMATION]
    task = run_until(task, Status.CONSENT_PENDING, set_up)
    channel.waits.pop(0)
    assert poll(task).status == Status.CONFIRMATION_PENDING


def test_a_client_who_declines_fails_the_task(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [CONSENT]
    task = run_until(task, Status.CONSENT_PENDING, set_up)
    channel.refusal = SigningRefused("memory", "consent_declined", "Клиент отклонил.")
    poll(task)
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.CONSENT_REFUSED)


def test_a_client_who_never_answers_the_invitation_ends_the_wait(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [CONSENT]
    task = run_until(task, Status.CONSENT_PENDING, set_up)
    [job] = OutboxJob.objects.filter(
        subject=task.number, kind=Expire.kind, payload__status=Status.CONSENT_PENDING
    )
    with time_machine.travel(job.due_at + timedelta(seconds=1), tick=True):
        run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.NO_ANSWER)
    assert channel.session is not None
    assert channel.session.state == SessionState.REVOKED


def test_a_task_that_waits_for_consent_can_be_cancelled(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> None:
    channel.waits = [CONSENT]
    task = run_until(task, Status.CONSENT_PENDING, set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="передумали")
    run_everything()
    assert reload(task).status == Status.CANCELLED


# --- Confirmation --------------------------------------------------------------------------------


def test_the_signatory_is_asked_about_every_few_seconds(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [{**CONFIRMATION, "waits_until": clock.now() + timedelta(minutes=10)}]
    task = run_until(task, Status.CONFIRMATION_PENDING, set_up)
    assert "Ждем до" in task.history.get(name="confirmation_requested").comment
    channel.waits.clear()
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=True):
        run_everything()
    assert reload(task).status == Status.DOCUMENT_SENT
    assert channel.sent != []


def test_a_confirmation_may_take_longer_than_our_own_work(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.waits = [{**CONFIRMATION, "waits_until": clock.now() + timedelta(hours=5)}]
    task = run_until(task, Status.CONFIRMATION_PENDING, set_up)
    with time_machine.travel(clock.now() + timedelta(hours=4), tick=True):
        run_everything()
        assert reload(task).status == Status.CONFIRMATION_PENDING
        assert not OutboxJob.objects.parked().filter(subject=task.number).exists()


@pytest.mark.parametrize("code", ["confirmation_declined", "confirmation_expired"])
def test_a_signatory_who_does_not_confirm_fails_the_task(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, code: str
) -> None:
    channel.waits = [CONFIRMATION]
    task = run_until(task, Status.CONFIRMATION_PENDING, set_up)
    channel.refusal = SigningRefused("memory", code, "Подписант отклонил подпись.")
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=True):
        run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.NOT_CONFIRMED)


def test_a_task_that_waits_for_the_signatory_can_be_cancelled(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> None:
    channel.waits = [CONFIRMATION]
    task = run_until(task, Status.CONFIRMATION_PENDING, set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="передумали")
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=True):
        run_everything()
    assert reload(task).status == Status.CANCELLED


# --- Review --------------------------------------------------------------------------------------


def test_a_signature_that_cannot_be_judged_waits_for_an_administrator(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, administrator: User
) -> None:
    task = run_until_review(task, channel, set_up)
    assert task.status == Status.SIGNATURE_REVIEW
    assert poll(task).status == Status.SIGNATURE_REVIEW
    texts = Notification.objects.filter(recipient=administrator).values_list("text", flat=True)
    assert [text for text in texts if DOUBT in text]


def test_nothing_expires_reminds_or_revokes_while_a_signature_is_in_review(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> None:
    task = run_until_review(task, channel, set_up)
    sent_before = OutboxJob.objects.filter(subject=task.number, kind="send_message").count()
    with time_machine.travel(clock.now() + timedelta(days=60), tick=True):
        run_everything()
        assert reload(task).status == Status.SIGNATURE_REVIEW
    messages = OutboxJob.objects.filter(subject=task.number, kind="send_message")
    assert messages.count() == sent_before
    with pytest.raises(ActionRefused):
        perform_action(task=task, name="cancel", actor=manager, reason="передумали")
    assert channel.session is not None
    assert channel.session.state == SessionState.UNVERIFIED


def test_an_administrator_accepts_the_signature(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, administrator: User
) -> None:
    task = run_until_review(task, channel, set_up)
    comment = "Оператор подтвердил подпись, проверено на госуслугах."
    perform_action(task=task, name="accept_signature", actor=administrator, comment=comment)
    run_everything()
    assert reload(task).status == Status.COMPLETED
    entry = task.history.get(name="accept_signature")
    assert (entry.actor, entry.acted_as, entry.comment) == (
        administrator,
        Actor.SUPPORT,
        comment,
    )


def test_an_administrator_refuses_the_signature(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, administrator: User
) -> None:
    task = run_until_review(task, channel, set_up)
    perform_action(task=task, name="refuse_signature", actor=administrator, comment="Чужая.")
    run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.CLIENT_SIGNATURE_INVALID)
    assert channel.session is not None
    assert channel.session.state == SessionState.FAILED


@pytest.mark.parametrize("name", ["accept_signature", "refuse_signature"])
def test_the_manager_cannot_judge_the_signature(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User, name: str
) -> None:
    task = run_until_review(task, channel, set_up)
    with pytest.raises(ActionRefused):
        perform_action(task=task, name=name, actor=manager, comment="так надо")
    assert channel.session is not None
    assert channel.session.state == SessionState.UNVERIFIED


def test_a_signature_that_can_be_judged_later_needs_no_administrator(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    task = run_until_review(task, channel, set_up)
    channel.set_state(SessionState.SIGNED)
    assert poll(task).status == Status.COMPLETED


def test_a_signature_that_turns_out_invalid_fails_the_task(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    task = run_until_review(task, channel, set_up)
    channel.set_state(
        SessionState.FAILED, failure_code="recipient_signature_invalid", reason="Отозван."
    )
    poll(task)
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.CLIENT_SIGNATURE_INVALID)


def test_a_document_signed_after_a_failure_may_need_a_review_too(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    task = run_until(task, Status.DOCUMENT_SENT, set_up)
    SigningTask.objects.filter(pk=task.pk).update(status=Status.SIGNING_FAILED)
    channel.set_state(SessionState.UNVERIFIED, reason=DOUBT)
    assert poll(task).status == Status.SIGNATURE_REVIEW


# --- A revocation that the client must accept ----------------------------------------------------


@pytest.fixture
def cancelled(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> SigningTask:
    """A task whose manager wants to cancel it, and whose client has to agree."""
    task = run_until(task, Status.DOCUMENT_SENT, set_up)
    channel.client_must_agree = True
    channel.set_state(SessionState.DELIVERED)
    task = poll(task)
    perform_action(task=task, name="cancel", actor=manager, reason="передумали")
    run_everything()
    return reload(task)


def test_a_task_is_not_cancelled_before_the_client_has_agreed(
    cancelled: SigningTask, channel: MemoryChannel
) -> None:
    assert cancelled.status == Status.DOCUMENT_SIGNING
    assert cancelled.withdrawal
    poll(cancelled)
    assert poll(cancelled).status == Status.DOCUMENT_SIGNING
    assert cancelled.history.filter(name="revocation_needs_client").count() == 1
    channel.set_state(SessionState.REVOKED)
    assert poll(cancelled).status == Status.CANCELLED


def test_a_client_may_sign_instead_of_agreeing(
    cancelled: SigningTask, channel: MemoryChannel
) -> None:
    channel.set_state(SessionState.SIGNED)
    task = poll(cancelled)
    assert task.status == Status.COMPLETED
    assert task.withdrawal is None
    assert task.history.filter(name="revocation_too_late").exists()


def test_a_client_who_does_not_agree_keeps_the_document(
    cancelled: SigningTask, channel: MemoryChannel
) -> None:
    channel.revocation_error = Refused("edo", "revocation_rejected", "нет")
    task = poll(cancelled)
    assert (task.status, task.withdrawal) == (Status.DOCUMENT_SIGNING, None)
    [entry] = task.history.filter(name="revocation_refused")
    assert "не согласился" in entry.comment
