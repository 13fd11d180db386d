"""Whole tasks against the sandbox: success, refusals, replacements, cancellation and expiry."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import User
from econtract.platform.common import clock
from edo.models import Signatory
from tasks.actions.contact import replace_contact
from tasks.actions.document import attach_document, remove_document
from tasks.actions.perform_action import perform_action
from tasks.lifecycle.perform import perform
from tasks.models import AuthorityDocument
from tasks.statuses import Status
from tests.support import sandbox as orgs
from tests.support import world
from tests.support.driver import (
    message_id_of,
    operator_actions,
    reload,
    run_everything,
    run_until,
    run_until_archived,
    state_of,
)
from tests.support.factories import ContactFactory
from tests.support.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("set_up")


def test_a_seamless_task_runs_to_the_archive(manager: User, set_up: Sandbox) -> None:
    task = run_until(world.create_task(manager), Status.COMPLETED, set_up)
    assert task.package is not None
    assert task.package.archive_code
    assert task.document_version is not None
    assert task.document_version.archive_code
    assert operator_actions(set_up) == ["sent", "delivered", "signed"]
    assert [e["action"] for e in set_up.journal("apd")] == ["lodged", "lodged"]


def test_in_other_regions_it_waits_for_the_manager_after_identification(
    manager: User, set_up: Sandbox
) -> None:
    task = run_until(world.create_task(manager, region=world.STEPWISE), Status.IDENTIFIED, set_up)
    perform(task.number, "proceed", actor=manager)
    run_until(task, Status.COMPLETED, set_up)
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
def test_every_answer_of_identification_has_its_status(
    manager: User, set_up: Sandbox, answer: str, status: str, resolution: str
) -> None:
    task = run_until(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    set_up.identity_answer(task.identification_ref, answer)
    run_everything()
    assert state_of(task) == (status, resolution)


def test_documents_of_authority_are_checked_by_the_manager(manager: User, set_up: Sandbox) -> None:
    task = run_until(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    set_up.identity_answer(task.identification_ref, "documents")
    run_everything()
    assert state_of(task)[0] == Status.AUTHORITY_REVIEW
    assert AuthorityDocument.objects.filter(task=task).count() == 1
    perform(task.number, "decline_authority", actor=manager, comment="нужна доверенность")
    run_everything()
    assert state_of(task) == (Status.IDENTIFICATION_PENDING, "authority_pending")
    assert any("нужна доверенность" in m["text"] for m in set_up.messages())
    set_up.identity_answer(task.identification_ref, "documents")
    run_everything()
    perform(task.number, "confirm_authority", actor=manager)
    run_everything()
    assert state_of(task)[0] == Status.DOCUMENT_SIGNING


@pytest.mark.parametrize(
    ("inn", "resolution"),
    [(orgs.CABINET_EXISTS, "cabinet_exists"), (orgs.CABINET_BAD_DATA, "cabinet_bad_data")],
)
def test_a_cabinet_that_cannot_be_created(
    manager: User, set_up: Sandbox, inn: str, resolution: str
) -> None:
    task = run_until(world.create_task(manager, inn=inn), Status.CABINET_FAILED, set_up)
    assert task.resolution == resolution


def test_an_account_of_another_client_stops_the_signing(manager: User, set_up: Sandbox) -> None:
    other_account = {"account_number": "850999999999", "account_verified_at": None}
    task = run_until(world.create_task(manager, **other_account), Status.SIGNING_FAILED, set_up)
    assert task.resolution == "account_unverified"
    assert operator_actions(set_up) == []


def test_an_account_that_could_not_be_checked_is_checked_before_signing(
    manager: User, set_up: Sandbox
) -> None:
    task = world.create_task(manager, account_verified_at=None)
    run_until(task, Status.COMPLETED, set_up)
    assert reload(task).account_verified_at is not None


@pytest.mark.parametrize(
    ("key_ref", "resolution"),
    [
        ("signer-egorov", "certificate_invalid"),
        ("signer-kuznetsov", "power_of_attorney_invalid"),
        ("signer-yakovlev", "certificate_invalid"),
        ("signer-volkova", "certificate_invalid"),
    ],
    ids=["certificate expired", "power lapsed", "key blocked", "certificate revoked"],
)
def test_a_signatory_with_a_bad_certificate_does_not_sign(
    manager: User, set_up: Sandbox, key_ref: str, resolution: str
) -> None:
    signatory = Signatory.objects.get(key_ref=key_ref)
    task = run_until(world.create_task(manager, signatory=signatory), Status.SIGNING_FAILED, set_up)
    assert task.resolution == resolution
    assert "delivered" not in operator_actions(set_up)


def test_a_client_refuses_and_the_document_is_sent_again(manager: User, set_up: Sandbox) -> None:
    task = run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    set_up.edo_refuse(message_id_of(task), "Не согласны с ценой")
    run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, "client_refused")
    assert task.history.filter(comment="Не согласны с ценой").exists()
    perform(task.number, "send_document", actor=manager)
    run_until(task, Status.COMPLETED, set_up)
    assert operator_actions(set_up) == [
        "sent",
        "delivered",
        "rejected",
        "sent",
        "delivered",
        "signed",
    ]
    assert reload(task).past_exchanges.count() == 1


def test_a_signature_of_another_company_is_not_accepted(manager: User, set_up: Sandbox) -> None:
    task = run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    set_up.edo_sign(message_id_of(task), "foreign")
    run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, "client_signature_invalid")
    last = task.history.order_by("-pk").first()
    assert last is not None
    assert "Подпись клиента не прошла проверку" in last.comment


def test_a_document_removed_from_the_client_is_revoked_and_replaced(
    manager: User, set_up: Sandbox
) -> None:
    task = run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    remove_document(task=task, actor=manager)
    run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, "withdrawn")
    upload = world.SimpleUploadedFile("Новый.docx", world.word_file("2.1. Новая цена."))
    attach_document(task=reload(task), uploads=[upload], actor=manager)
    run_until_archived(task)
    perform(task.number, "send_document", actor=manager)
    run_until(task, Status.COMPLETED, set_up)
    assert operator_actions(set_up) == [
        "sent",
        "delivered",
        "revoked",
        "sent",
        "delivered",
        "signed",
    ]


def test_cancelling_revokes_first(manager: User, set_up: Sandbox) -> None:
    task = run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="договор больше не нужен")
    assert state_of(task)[0] == Status.DOCUMENT_SIGNING
    run_everything()
    assert state_of(task)[0] == Status.CANCELLED
    assert operator_actions(set_up) == ["sent", "delivered", "revoked"]


def test_a_client_who_signs_before_the_revocation_has_signed(
    manager: User, set_up: Sandbox
) -> None:
    task = run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="договор больше не нужен")
    set_up.edo_sign(message_id_of(task))
    run_everything()
    assert state_of(task)[0] == Status.COMPLETED
    assert task.history.filter(name="revocation_too_late").exists()
    assert "revoked" not in operator_actions(set_up)


def test_a_new_contact_gets_a_link_and_the_old_link_is_cancelled(
    manager: User, set_up: Sandbox
) -> None:
    task = run_until(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    other = ContactFactory(phone="+79990001122")
    replace_contact(task=task, contact=other, actor=manager)
    run_everything()
    restarted = reload(task)
    assert restarted.identification_link != task.identification_link
    actions = sorted(e["action"] for e in set_up.journal("identity"))
    assert actions == ["cancelled", "requested", "requested"]
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
    task = run_until(world.create_task(manager), status, set_up)
    sent = len(set_up.messages())
    start = clock.now()
    for day, reminders in [(0.9, 0), (1.1, 1), (2.9, 1), (3.1, 2), (days - 0.1, 2)]:
        with time_machine.travel(start + timedelta(days=day), tick=True):
            run_everything()
        assert len(set_up.messages()) == sent + 2 * reminders
        assert state_of(task)[0] == status
    with time_machine.travel(start + timedelta(days=days, minutes=1), tick=True):
        run_everything()
    assert state_of(task)[1] == resolution
    if status == Status.DOCUMENT_SIGNING:
        assert operator_actions(set_up)[-1] == "revoked"
