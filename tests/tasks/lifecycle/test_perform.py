"""The door: who may pass, what is written with the passage, and what follows from it."""

from typing import Any

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from accounts.models import AccessGroup, User
from accounts.roles import Role
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.outbox.models import OutboxJob
from tasks.actions.perform_action import perform_action
from tasks.lifecycle import guards
from tasks.lifecycle.perform import lock_task, perform
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor
from tests.support.factories import (
    AccessGroupFactory,
    ExchangeFactory,
    SigningTaskFactory,
    UserFactory,
    join,
)

pytestmark = pytest.mark.django_db


def task_in(status: Status, **more: Any) -> SigningTask:
    made: SigningTask = SigningTaskFactory(status=status, **more)
    return made


def orders_of(task: SigningTask) -> list[str]:
    return list(OutboxJob.objects.filter(subject=task.number).values_list("kind", flat=True)[::-1])


@pytest.fixture
def head_and_manager() -> tuple[User, User]:
    group = AccessGroupFactory()
    head, manager = UserFactory(roles=[Role.HEAD]), UserFactory(roles=[Role.MANAGER])
    join(group, head, AccessGroup.MEMBER_HEAD)
    join(group, manager, AccessGroup.MEMBER_MANAGER)
    return head, manager


def test_a_passage_writes_status_history_and_order_together() -> None:
    task = task_in(Status.CABINET_FAILED, resolution="cabinet_exists")
    perform(task.number, "retry_cabinet", actor=task.manager)
    entry = HistoryEntry.objects.get(task=task)
    fresh = SigningTask.objects.get(pk=task.number)
    assert (fresh.status, fresh.resolution) == (Status.CABINET_REQUESTED, "")
    assert (entry.old_status, entry.new_status) == ("cabinet_failed", "cabinet_requested")
    assert (entry.actor, entry.acted_as, entry.at) == (
        task.manager,
        Actor.MANAGER,
        fresh.status_changed_at,
    )
    assert orders_of(task) == ["create_cabinet"]
    assert fresh.updated_at > task.updated_at


def test_a_refused_passage_writes_nothing() -> None:
    task = task_in(Status.COMPLETED)
    with pytest.raises(ActionRefused, match="невозможно в статусе «Задание выполнено»"):
        perform(task.number, "cancel", actor=task.manager, reason="ошибка")
    assert not HistoryEntry.objects.exists()
    assert not OutboxJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_task_is_locked_in_a_transaction_and_nowhere_else() -> None:
    task = task_in(Status.ON_APPROVAL)
    with pytest.raises(TransactionManagementError):
        lock_task(task.number)
    with transaction.atomic():
        assert lock_task(task.number) == task
        with pytest.raises(SigningTask.DoesNotExist):
            lock_task(task.number + 1)


def test_only_the_tasks_own_manager_acts_as_its_manager() -> None:
    task = task_in(Status.CABINET_FAILED)
    with pytest.raises(ActionRefused, match="Примите задание в работу"):
        perform(task.number, "retry_cabinet", actor=UserFactory(roles=[Role.MANAGER]))


def test_a_manager_who_lost_his_role_acts_no_more() -> None:
    task = task_in(Status.CABINET_FAILED)
    task.manager.roles.all().delete()
    with pytest.raises(ActionRefused):
        perform(task.number, "retry_cabinet", actor=User.objects.get(pk=task.manager_id))


def test_a_person_cannot_make_a_transition_of_the_system() -> None:
    task = task_in(Status.CABINET_REQUESTED)
    with pytest.raises(ActionRefused, match="система выполняет сама"):
        perform(task.number, "cabinet_created", actor=task.manager, ref="x")


def test_a_head_approves_the_tasks_of_his_group(head_and_manager: tuple[User, User]) -> None:
    head, manager = head_and_manager
    task = task_in(Status.ON_APPROVAL, manager=manager, approval_needed=True)
    perform(task.number, "approve", actor=head, comment="клиент надежен")
    assert SigningTask.objects.get().approved
    assert orders_of(task) == ["start_identification"]


def test_a_head_does_not_approve_his_own_task(head_and_manager: tuple[User, User]) -> None:
    head, _ = head_and_manager
    group = AccessGroup.objects.get()
    join(group, head, AccessGroup.MEMBER_MANAGER)
    head.roles.create(role=Role.MANAGER)
    own = task_in(Status.ON_APPROVAL, manager=User.objects.get(pk=head.pk))
    with pytest.raises(ActionRefused, match="не по своему заданию"):
        perform(own.number, "approve", actor=own.manager)


def test_a_head_of_another_group_does_not_approve() -> None:
    task = task_in(Status.ON_APPROVAL)
    stranger = UserFactory(roles=[Role.HEAD])
    join(AccessGroupFactory(), stranger, AccessGroup.MEMBER_HEAD)
    with pytest.raises(ActionRefused):
        perform(task.number, "approve", actor=stranger)


def test_restarting_identification_is_no_way_around_approval() -> None:
    task = task_in(Status.APPROVAL_REJECTED, approval_needed=True)
    with pytest.raises(ActionRefused, match="не согласовано"):
        perform(task.number, "restart_identification", actor=task.manager)


def test_the_seamless_process_goes_on_by_itself() -> None:
    task = task_in(Status.IDENTIFICATION_PENDING, seamless=True)
    perform(task.number, "identification_passed", actor=Actor.CLIENT, identified_at=clock.now())
    names = list(HistoryEntry.objects.values_list("name", "acted_as"))
    assert names == [("identification_passed", "client"), ("proceed", "system")]
    assert orders_of(task) == ["create_cabinet"]


@pytest.mark.parametrize(
    "hindrance",
    [{"seamless": False}, {"document_version": None}, {"services": []}],
    ids=["not seamless", "no document", "no service"],
)
def test_otherwise_it_stops_until_the_manager_goes_on(hindrance: dict[str, Any]) -> None:
    task = task_in(Status.IDENTIFICATION_PENDING, **{"seamless": True, **hindrance})
    perform(task.number, "identification_passed", actor=Actor.CLIENT, identified_at=clock.now())
    assert SigningTask.objects.get().status == Status.IDENTIFIED


def test_a_resolution_of_the_client_is_read_before_the_task_goes_on() -> None:
    task = task_in(Status.IDENTIFICATION_PENDING, seamless=True)
    perform(
        task.number,
        "identification_passed",
        actor=Actor.CLIENT,
        identified_at=clock.now(),
        resolution="change_services",
    )
    assert SigningTask.objects.get().status == Status.IDENTIFIED
    perform(task.number, "proceed", actor=task.manager)
    assert SigningTask.objects.get().resolution == ""


def test_a_resolution_that_the_status_cannot_have_is_our_bug() -> None:
    task = task_in(Status.CABINET_REQUESTED)
    with pytest.raises(ValueError, match="cannot have"):
        perform(task.number, "cabinet_failed", actor=Actor.SYSTEM, resolution="send_failed")
    assert SigningTask.objects.get().status == Status.CABINET_REQUESTED


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"account_verified_at": None}, "Лицевой счет не прошел проверку"),
        ({"document_version": None}, "Вложите документ"),
        ({"document_version__archived": False}, "не принят электронным архивом"),
        ({"document_version__state": "failed"}, "не удалось преобразовать"),
        ({"document_version__state": "converting"}, "преобразуется в PDF"),
    ],
)
def test_nothing_unready_is_sent(missing: dict[str, Any], words: str) -> None:
    task = task_in(Status.SIGNING_FAILED, **missing)
    with pytest.raises(ActionRefused, match=words):
        perform(task.number, "send_document", actor=task.manager)


def test_a_sent_document_is_revoked_before_its_task_is_cancelled() -> None:
    task = task_in(Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    perform_action(task=task, name="cancel", actor=task.manager, reason="ошибка")
    fresh = SigningTask.objects.get()
    assert fresh.status == Status.DOCUMENT_SIGNING
    assert orders_of(task) == ["revoke_exchange"]
    acting = frozenset({Actor.MANAGER})
    assert guards.refusals(fresh, "cancel", acting) == [guards.REVOCATION_PENDING]


def test_a_cancelled_tasks_identification_link_dies() -> None:
    task = task_in(Status.IDENTIFICATION_PENDING, identification_ref="r-1")
    perform_action(task=task, name="cancel", actor=task.manager, reason="ошибка")
    job = OutboxJob.objects.get(kind="answer_identity")
    assert job.payload == {"answer": "cancel", "ref": "r-1"}
    assert HistoryEntry.objects.get().comment == "ошибка"
