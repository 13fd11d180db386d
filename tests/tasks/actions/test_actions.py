"""What people do to tasks besides the transitions."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from accounts.roles import Role, TaskType
from clients import actions as client_actions
from clients.models import Client, ContactDetails
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.outbox.models import OutboxJob
from edo.models import Exchange
from tasks.actions.account import set_account
from tasks.actions.comments import comment_refusals
from tasks.actions.contact import edit_contact, refresh_contact, replace_contact
from tasks.actions.create import NewTaskData, create_task
from tasks.actions.document import remove_document
from tasks.channels import TaskSender
from tasks.models import DocumentKind, HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support.factories import (
    BoxFactory,
    DocumentVersionFactory,
    ExchangeFactory,
    SignatoryFactory,
    SigningTaskFactory,
    UserFactory,
    add_head,
)
from tests.support.factories_clients import (
    ClientFactory,
    ContactFactory,
    RegionFactory,
    ServiceFactory,
)

pytestmark = pytest.mark.django_db


def task_in(status: Status, **more: Any) -> SigningTask:
    made: SigningTask = SigningTaskFactory(status=status, **more)
    return made


def form(**more: Any) -> NewTaskData:
    client = more.pop("client", None) or ClientFactory()
    filled: dict[str, Any] = {
        "task_type": TaskType.LEGAL,
        "client": client,
        "contact": ContactFactory(client=client),
        "region": RegionFactory(),
        "sender": TaskSender(box=BoxFactory(), signatory=SignatoryFactory()),
        "services": [ServiceFactory()],
        "account_number": "850770100110",
        "account_verified_at": clock.now(),
        "document_version": DocumentVersionFactory(),
        "document_number": "850770100110",
        "document_kind": DocumentKind.CONTRACT,
    }
    return NewTaskData(**{**filled, **more})


def create(data: NewTaskData, **more: Any) -> SigningTask:
    manager = UserFactory(roles=[Role.MANAGER], types=[TaskType.LEGAL])
    add_head(manager)
    return create_task(**{"data": data, "actor": manager, "submission_key": uuid.uuid4(), **more})


def test_a_created_task_starts_with_identification_and_its_document_goes_to_the_archive() -> None:
    task = create(form())
    assert task.status == Status.IDENTIFICATION_REQUESTED
    kinds = set(OutboxJob.objects.values_list("kind", flat=True))
    assert kinds == {"start_identification", "submit_document_to_archive"}
    assert task.contact_version.contact in task.client.contacts.all()
    first, second = task.history.all()
    assert (first.name, second.name) == ("submit", "document_attached")
    assert second.details["file_name"] == task.document_version.file_name


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"services": "risky"}, Status.ON_APPROVAL),
        ({"services": "risky", "fraud_check_confirmed": True}, Status.IDENTIFICATION_REQUESTED),
        ({"client": "needs_approval"}, Status.ON_APPROVAL),
        ({"client": "liquidating"}, Status.ON_APPROVAL),
        ({"client": "needs_approval", "fraud_check_confirmed": True}, Status.ON_APPROVAL),
    ],
)
def test_unconfirmed_fraud_risk_and_flagged_clients_go_to_approval(
    values: dict[str, Any], status: Status
) -> None:
    if values.get("services") == "risky":
        values = {**values, "services": [ServiceFactory(code="mobile", fraud_risk=True)]}
    if values.get("client") == "needs_approval":
        values = {**values, "client": ClientFactory(needs_approval=True)}
    if values.get("client") == "liquidating":
        values = {**values, "client": ClientFactory(state=Client.State.LIQUIDATING)}
    assert create(form(**values)).status == status


@pytest.mark.parametrize("reason", ["service", "client"])
def test_a_task_that_nobody_could_approve_is_refused(reason: str) -> None:
    manager = UserFactory(roles=[Role.MANAGER], types=[TaskType.LEGAL])
    data = (
        form(services=[ServiceFactory(code="mobile", fraud_risk=True)])
        if reason == "service"
        else form(client=ClientFactory(needs_approval=True))
    )
    with pytest.raises(ActionRefused) as refused, transaction.atomic():
        create(data, actor=manager)
    [refusal] = refused.value.refusals
    assert refusal.code == "no_approver"
    assert ("отметьте «Проверка проведена»" in refusal.fix) is (reason == "service")
    assert "Предоставление доступа" in refusal.fix
    assert not SigningTask.objects.exists()
    add_head(manager)
    assert create(data, actor=manager).status == Status.ON_APPROVAL


@pytest.mark.parametrize(
    ("days", "seamless", "status"),
    [
        (364, True, Status.CABINET_REQUESTED),
        (366, True, Status.IDENTIFICATION_REQUESTED),
        (364, False, Status.IDENTIFICATION_REQUESTED),
    ],
)
def test_a_contact_identified_recently_is_not_asked_again(
    days: int, seamless: bool, status: Status, settings: Settings
) -> None:
    client = ClientFactory()
    contact = ContactFactory(client=client, identified_at=clock.now() - timedelta(days=days))
    region = RegionFactory(seamless=seamless)
    assert create(form(client=client, contact=contact, region=region)).status == status


def test_a_type_that_is_not_opened_to_the_manager_is_refused() -> None:
    with pytest.raises(ActionRefused, match="Недостаточно прав"), transaction.atomic():
        create(form(task_type=TaskType.CONTRACTOR))
    assert not SigningTask.objects.exists()


def test_the_seamless_process_wants_a_document_at_creation() -> None:
    with pytest.raises(ActionRefused, match="Вложите документ"), transaction.atomic():
        create(form(document_version=None))
    assert not SigningTask.objects.exists()


def change_details(task: SigningTask, **changes: str) -> ContactDetails:
    details = task.contact_version.details
    return ContactDetails(**{**details.__dict__, **changes})


def test_an_edited_contact_is_a_new_version_on_the_task_and_the_card() -> None:
    task = task_in(Status.IDENTIFICATION_FAILED)
    old = task.contact_version
    fresh = edit_contact(
        task=task, details=change_details(task, email="new@client.example"), actor=task.manager
    )
    assert fresh.contact_version.number == old.number + 1
    assert fresh.contact_version.contact.current == fresh.contact_version
    change = HistoryEntry.objects.get().details["changed"]
    assert change == {"email": [old.email, "new@client.example"]}
    old.refresh_from_db()
    assert old.email != "new@client.example"


def test_the_task_keeps_its_version_until_it_is_refreshed() -> None:
    task = task_in(Status.SIGNING_FAILED)
    details = change_details(task, position="Директор по развитию")
    client_actions.edit_contact(
        contact=task.contact_version.contact, details=details, actor=task.manager
    )
    assert SigningTask.objects.get().contact_version == task.contact_version
    task = SigningTask.objects.get()
    refresh_contact(task=task, actor=task.manager)
    assert SigningTask.objects.get().contact_version.position == "Директор по развитию"
    with pytest.raises(ActionRefused, match="уже последняя версия"):
        refresh_contact(task=task, actor=task.manager)


def test_a_replaced_contact_restarts_identification_and_the_old_link_dies() -> None:
    task = task_in(Status.IDENTIFICATION_PENDING, identification_ref="old")
    other = ContactFactory(phone="+79990001122")
    fresh = replace_contact(task=task, contact=other, actor=task.manager)
    assert fresh.status == Status.IDENTIFICATION_REQUESTED
    assert fresh.contact_version.contact == other
    assert other in fresh.client.contacts.all()
    killed = OutboxJob.objects.get(kind="answer_identity")
    assert killed.payload == {"answer": "cancel", "ref": "old"}
    assert OutboxJob.objects.filter(kind="start_identification").count() == 1


@pytest.mark.parametrize("status", [Status.DOCUMENT_SIGNING, Status.IDENTIFIED, Status.COMPLETED])
def test_where_the_table_does_not_allow_it_the_contact_stays(status: Status) -> None:
    task = task_in(status)
    with pytest.raises(ActionRefused, match="данные клиента изменить нельзя"):
        edit_contact(task=task, details=change_details(task, email="x@y.ru"), actor=task.manager)


def test_a_document_that_was_not_sent_is_removed_at_once() -> None:
    task = task_in(Status.IDENTIFICATION_PENDING)
    fresh = remove_document(task=task, actor=task.manager)
    assert fresh.document_version is None
    assert fresh.document == task.document
    assert fresh.status == Status.IDENTIFICATION_PENDING


def test_a_document_about_to_be_sent_is_withdrawn() -> None:
    task = task_in(Status.CABINET_CREATED)
    fresh = remove_document(task=task, actor=task.manager)
    assert (fresh.status, fresh.resolution) == (Status.SIGNING_FAILED, "withdrawn")


def test_a_sent_document_is_revoked_at_the_operator_first() -> None:
    task = task_in(Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    fresh = remove_document(task=task, actor=task.manager)
    assert fresh.status == Status.DOCUMENT_SIGNING
    assert fresh.withdrawal is not None
    assert fresh.withdrawal["then"] == "signing_failed"
    assert OutboxJob.objects.get().kind == "revoke_exchange"


def test_a_signed_document_stays() -> None:
    exchange = ExchangeFactory(state=Exchange.State.SIGNED)
    task = task_in(Status.DOCUMENT_SIGNED, exchange=exchange)
    with pytest.raises(ActionRefused, match="документ заменить нельзя"):
        remove_document(task=task, actor=task.manager)


def test_an_account_is_not_changed_under_a_document_that_is_out() -> None:
    task = task_in(Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    with pytest.raises(ActionRefused, match="открепите документ"):
        set_account(task=task, account_number="850000000000", verified_at=None, actor=task.manager)


def test_a_changed_account_is_in_the_history() -> None:
    task = task_in(Status.SIGNING_FAILED, resolution="account_unverified")
    now = clock.now()
    set_account(task=task, account_number="850000000000", verified_at=now, actor=task.manager)
    entry = HistoryEntry.objects.get()
    assert entry.details["changed"] == {"account_number": [task.account_number, "850000000000"]}
    assert SigningTask.objects.get().account_verified_at == now


@pytest.mark.parametrize(
    ("roles", "own", "allowed"),
    [
        ([Role.MANAGER], True, True),
        ([Role.MANAGER], False, False),
        ([Role.TEAM_LEAD], False, True),
        ([Role.HEAD], False, False),
        ([Role.HEAD, Role.MANAGER], True, True),
        ([Role.ADMINISTRATOR], False, True),
    ],
)
def test_who_may_comment(roles: list[Role], own: bool, allowed: bool) -> None:
    user = UserFactory(roles=roles)
    task = task_in(Status.IDENTIFIED, **({"manager": user} if own else {}))
    assert (comment_refusals(task, user) == []) is allowed
