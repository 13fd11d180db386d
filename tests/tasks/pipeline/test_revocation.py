"""Revoking a sent document, also when it is too late or fails."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django.fixtures import Settings

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.outbox import registry
from econtract.platform.outbox.models import OutboxJob
from edo.models import Exchange
from tasks.actions.document import remove_document
from tasks.actions.perform_action import perform_action
from tasks.lifecycle import effects
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import message_id_of, reload, run_everything, run_until, state_of
from tests.support.sandbox import Sandbox

SIGNING_OVER = timedelta(days=15)


@pytest.fixture
def signing(manager: User, set_up: Sandbox) -> SigningTask:
    """A task whose document the client has received."""
    return run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)


@pytest.fixture
def administrator(set_up: Sandbox) -> User:
    user: User = world.UserFactory(roles=["administrator"])
    return user


def history_of(task: SigningTask) -> list[str]:
    return list(task.history.order_by("pk").values_list("name", flat=True))


def break_revocations(sandbox: Sandbox, settings: Settings) -> None:
    settings.OUTBOX_ATTEMPTS = 1
    sandbox.fault("edo", "down", times=None, path_contains="PostMessagePatch")


def retry_parked(actor: User) -> None:
    """«Повторить» in the admin."""
    job = OutboxJob.objects.parked().get()
    registry.job_kind(job.kind).retry(job, actor)


# --- The client is faster ------------------------------------------------------------------------


def test_a_document_that_is_signed_before_its_removal_is_the_contract(
    signing: SigningTask, manager: User, set_up: Sandbox
) -> None:
    version = signing.document_version
    remove_document(task=signing, actor=manager)
    set_up.edo_sign(message_id_of(signing))
    run_everything()
    task = reload(signing)
    assert task.status == Status.COMPLETED
    assert task.document_version == version
    assert task.package is not None
    assert "revocation_too_late" in history_of(task)
    assert "document_removed" not in history_of(task)


def test_a_document_that_is_signed_before_the_cancellation_is_the_contract(
    signing: SigningTask, manager: User, set_up: Sandbox
) -> None:
    perform_action(task=signing, name="cancel", actor=manager, reason="ошибка")
    set_up.edo_sign(message_id_of(signing))
    run_everything()
    assert reload(signing).status == Status.COMPLETED


def test_a_removed_document_stays_until_the_operator_has_revoked_it(
    signing: SigningTask, manager: User
) -> None:
    remove_document(task=signing, actor=manager)
    assert reload(signing).document_version is not None
    with pytest.raises(ActionRefused, match="отзывается"):
        remove_document(task=signing, actor=manager)
    run_everything()
    task = reload(signing)
    assert state_of(task) == (Status.SIGNING_FAILED, "withdrawn")
    assert task.document_version is None
    assert history_of(task)[-3:] == ["revocation_requested", "document_removed", "signing_failed"]


def test_a_removal_is_performed_although_the_client_has_refused_first(
    signing: SigningTask, manager: User, set_up: Sandbox
) -> None:
    set_up.edo_refuse(message_id_of(signing))
    remove_document(task=signing, actor=manager)
    run_everything()
    task = reload(signing)
    assert task.status == Status.SIGNING_FAILED
    assert task.document_version is None


# --- The operator does not answer ----------------------------------------------------------------


def test_a_removal_that_failed_leaves_the_document_and_can_be_repeated(
    signing: SigningTask, manager: User, administrator: User, set_up: Sandbox, settings: Settings
) -> None:
    break_revocations(set_up, settings)
    remove_document(task=signing, actor=manager)
    run_everything()
    task = reload(signing)
    assert (task.status, task.withdrawal) == (Status.DOCUMENT_SIGNING, None)
    assert task.document_version is not None
    assert history_of(task)[-1] == "revocation_failed"
    set_up.clear_faults()
    retry_parked(administrator)
    run_everything()
    task = reload(signing)
    assert state_of(task) == (Status.SIGNING_FAILED, "withdrawn")
    assert task.document_version is None
    assert Exchange.objects.get().state == Exchange.State.REVOKED


def test_a_removal_is_not_repeated_when_the_client_has_signed_meanwhile(
    signing: SigningTask, manager: User, administrator: User, set_up: Sandbox, settings: Settings
) -> None:
    break_revocations(set_up, settings)
    remove_document(task=signing, actor=manager)
    run_everything()
    set_up.clear_faults()
    set_up.edo_sign(message_id_of(signing))
    run_everything()
    assert reload(signing).status == Status.COMPLETED
    with pytest.raises(ActionRefused, match="Повторять нечего"):
        retry_parked(administrator)


def test_a_wait_is_ended_later_when_the_operator_is_down_at_that_moment(
    signing: SigningTask, set_up: Sandbox, settings: Settings
) -> None:
    break_revocations(set_up, settings)
    with time_machine.travel(clock.now() + SIGNING_OVER, tick=True) as now:
        run_everything()
        assert reload(signing).status == Status.DOCUMENT_SIGNING
        now.shift(effects.EXPIRY_RETRY_DELAY)
        run_everything()
        assert reload(signing).status == Status.DOCUMENT_SIGNING
        set_up.clear_faults()
        now.shift(effects.EXPIRY_RETRY_DELAY)
        run_everything()
    assert state_of(signing) == (Status.SIGNING_FAILED, "no_answer")
    assert Exchange.objects.get().state == Exchange.State.REVOKED


def test_a_wait_ends_although_a_removal_was_pending_and_failed(
    signing: SigningTask, manager: User, set_up: Sandbox, settings: Settings
) -> None:
    break_revocations(set_up, settings)
    with time_machine.travel(clock.now() + SIGNING_OVER, tick=True) as now:
        remove_document(task=signing, actor=manager)
        run_everything()
        assert reload(signing).withdrawal is None
        set_up.clear_faults()
        now.shift(effects.EXPIRY_RETRY_DELAY)
        run_everything()
    assert state_of(signing) == (Status.SIGNING_FAILED, "no_answer")


# --- A sending that was given up -----------------------------------------------------------------


def test_a_document_that_is_signed_although_its_sending_was_given_up_is_the_contract(
    manager: User, set_up: Sandbox, settings: Settings
) -> None:
    """The operator took the document, but its answer was lost in every attempt."""
    settings.OUTBOX_ATTEMPTS = 1
    set_up.fault("edo", "lost_answer", times=None, path_contains="PostMessage")
    task = run_until(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    set_up.identity_answer(task.identification_ref, "passed")
    run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, "service_unavailable")
    (message,) = {entry["ref"] for entry in set_up.journal("edo", action="sent")}
    set_up.clear_faults()
    set_up.edo_sign(message)
    run_everything()
    assert reload(task).status == Status.COMPLETED
