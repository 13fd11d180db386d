"""Whole tasks whose signatory confirms on their phone, with both cloud services."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from econtract.platform.common import clock
from edo.models import Exchange, Signatory
from tasks.actions.document import remove_document
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import (
    operator_actions,
    reload,
    run_everything,
    run_until,
    state_of,
)
from tests.support.sandbox import Sandbox

DSS, OPERATOR = "signer-petrov", "signer-sidorova"
LATER = timedelta(seconds=40)


@pytest.fixture(autouse=True)
def travel(set_up: Sandbox, settings: Any) -> Iterator[time_machine.Traveller]:
    """Documents are collected for three seconds; time passes when a test shifts it."""
    settings.SIGNING_BATCH_SECONDS = 3
    with time_machine.travel(clock.now(), tick=True) as traveller:
        yield traveller


def create_task(manager: User, key_ref: str) -> SigningTask:
    return world.create_task(manager, signatory=Signatory.objects.get(key_ref=key_ref))


def ask(task: SigningTask, sandbox: Sandbox, travel: time_machine.Traveller) -> SigningTask:
    """Run the task until its signatory has been asked."""
    task = run_until(task, Status.CONFIRMATION_PENDING, sandbox)
    later(travel)
    return reload(task)


def later(travel: time_machine.Traveller) -> None:
    """Time passes, so that every waiting job runs again."""
    for _ in range(2):
        travel.shift(LATER)
        run_everything()


@pytest.mark.parametrize("key_ref", [DSS, OPERATOR])
def test_a_confirmed_document_goes_to_the_client(
    manager: User, set_up: Sandbox, travel: time_machine.Traveller, key_ref: str
) -> None:
    task = ask(create_task(manager, key_ref), set_up, travel)
    (request,) = set_up.phone_requests()
    assert request["key_ref"] == key_ref
    assert task.status == Status.CONFIRMATION_PENDING
    assert set_up.journal("edo", action="sent") == []
    set_up.phone_answer(key_ref)
    later(travel)
    assert reload(task).status == Status.DOCUMENT_SIGNING
    run_until(task, Status.COMPLETED, set_up)
    assert len(set_up.journal("edo", action="sent")) == 1


@pytest.mark.parametrize("key_ref", [DSS, OPERATOR])
def test_a_declined_document_can_be_sent_again(
    manager: User, set_up: Sandbox, travel: time_machine.Traveller, key_ref: str
) -> None:
    task = ask(create_task(manager, key_ref), set_up, travel)
    set_up.phone_answer(key_ref, "decline")
    later(travel)
    assert state_of(task) == (Status.SIGNING_FAILED, "not_confirmed")
    perform(task.number, "send_document", actor=manager)
    task = ask(task, set_up, travel)
    set_up.phone_answer(key_ref)
    later(travel)
    assert reload(task).status == Status.DOCUMENT_SIGNING


def test_a_signatory_who_does_not_answer_fails_the_sending(
    manager: User, set_up: Sandbox, travel: time_machine.Traveller
) -> None:
    task = ask(create_task(manager, DSS), set_up, travel)
    set_up.clock(advance_seconds=601)
    later(travel)
    assert state_of(task) == (Status.SIGNING_FAILED, "not_confirmed")


def test_documents_of_several_tasks_are_confirmed_once(
    manager: User, set_up: Sandbox, travel: time_machine.Traveller, settings: Any
) -> None:
    settings.SIGNING_BATCH_SECONDS = 30
    tasks = [create_task(manager, DSS) for _ in range(3)]
    for task in tasks:
        run_until(task, Status.CONFIRMATION_PENDING, set_up)
    later(travel)
    (request,) = set_up.phone_requests()
    assert len(request["documents"]) == 3
    assert set_up.phone_answer(DSS) == 1
    later(travel)
    assert [reload(task).status for task in tasks] == [Status.DOCUMENT_SIGNING] * 3


@pytest.mark.parametrize("key_ref", [DSS, OPERATOR])
def test_the_signatory_confirms_a_revocation_too(
    manager: User, set_up: Sandbox, travel: time_machine.Traveller, key_ref: str
) -> None:
    task = ask(create_task(manager, key_ref), set_up, travel)
    set_up.phone_answer(key_ref)
    later(travel)
    remove_document(task=reload(task), actor=manager)
    later(travel)
    assert len(set_up.phone_requests()) == 1
    assert reload(task).exchange.state == Exchange.State.DELIVERED
    set_up.phone_answer(key_ref)
    later(travel)
    assert reload(task).exchange.state == Exchange.State.REVOKED
    assert operator_actions(set_up)[-1] == "revoked"
