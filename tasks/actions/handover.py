"""Changing the manager of a task: «Принять в работу» with its undo, and «Передать».

The manager changes under the task's lock and with a history entry. The functions take the manager
that the user's page showed: of two users who act at the same time, one wins and the other learns
who was faster. The caller has checked that the user may see the task.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Permission, Role, TaskType
from accounts.signals import HandoverResult
from accounts.visibility import colleagues_of, visibility_of
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.actions.saving import save_task
from tasks.lifecycle import history
from tasks.lifecycle.perform import lock_task
from tasks.models import HistoryEntry, SigningTask
from tasks.transitions import Actor

UNDO = timedelta(seconds=10)
TOO_LATE = Refusal(
    "undo_too_late",
    "Вернуть задание можно в течение 10 секунд.",
    "Теперь его можно передать через меню.",
)


def take_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why ``user``, who may see the task, cannot take it over (docs/rules.md#handover)."""
    if not user.has_permission(Permission.WORK_TASKS):
        return [
            Refusal(
                "take_needs_manager_role", "Чтобы принять задание в работу, нужна роль «Менеджер»."
            )
        ]
    if task.is_finished:
        return [Refusal("take_finished", "Задание завершено: принимать в работу нечего.")]
    if task.manager_id == user.pk:
        return [Refusal("take_own", "Задание уже у вас в работе.")]
    if task.task_type not in user.task_types:
        text = f"Вам не открыт тип заданий «{TaskType(task.task_type).label}»."
        return [Refusal("take_lacks_task_type", text, "Запросите доступ к нему в поддержке.")]
    return []


def hand_over_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why ``user``, who may see the task, cannot hand it over; empty: they can.

    Whoever may take a task over may also hand it over to somebody else.
    """
    if not user.has_permission(Permission.WORK_TASKS):
        return [
            Refusal(
                "hand_over_needs_manager_role", "Чтобы передать задание, нужна роль «Менеджер»."
            )
        ]
    if task.is_finished:
        return [Refusal("hand_over_finished", "Задание завершено: передавать нечего.")]
    return []


def receive_refusals(task: SigningTask, receiver: User) -> list[Refusal]:
    """Why ``receiver`` cannot become the task's manager; empty: they can."""
    if task.manager_id == receiver.pk:
        return [Refusal("receiver_has_task", f"Задание уже у сотрудника {receiver}.")]
    if not receiver.has_permission(Permission.WORK_TASKS):
        text = f"Сотрудник {receiver} не менеджер, или вход ему закрыт."
        return [Refusal("receiver_not_manager", text)]
    if task.task_type not in receiver.task_types:
        label = TaskType(task.task_type).label
        text = f"Сотруднику {receiver} не открыт тип заданий «{label}»."
        return [Refusal("receiver_lacks_task_type", text)]
    return []


def find_receivers(user: User, task_type: str = "") -> QuerySet[User]:
    """The users whom ``user`` can hand a task (of ``task_type``) over to: their colleagues."""
    users = User.objects.filter(is_active=True, roles__role=Role.MANAGER).exclude(pk=user.pk)
    if not visibility_of(user).sees_everything:
        users = users.filter(pk__in=colleagues_of(user))
    if task_type:
        users = users.filter(type_accesses__task_type=task_type)
    return users


@transaction.atomic
def take_over(*, task: SigningTask, actor: User, from_manager_id: int | None = None) -> SigningTask:
    """«Принять в работу»: the actor becomes the task's manager. Of two, the first wins.

    ``from_manager_id`` is the manager that the actor's page showed (default: ``task``'s own):
    if the task has another one by now, the refusal says who was faster. Taking over a task
    twice does no harm.
    """
    fresh = lock_task(task.number)
    if fresh.manager_id == actor.pk and actor.has_permission(Permission.WORK_TASKS):
        return fresh
    _raise_if_refused(take_refusals(fresh, actor))
    _require_manager(fresh, from_manager_id or task.manager_id)
    return _change_manager(fresh, actor, actor=actor, name="taken_over")


@transaction.atomic
def give_back(*, task: SigningTask, actor: User) -> SigningTask:
    """Undoes `take_over` within ten seconds: the previous manager gets the task back.

    Raises ActionRefused later than that, and when the task has another manager by now.
    """
    fresh = lock_task(task.number)
    last = fresh.history.filter(kind=HistoryEntry.Kind.TAKEN_OVER).last()
    is_own = last is not None and (last.name, last.actor_id) == ("taken_over", actor.pk)
    if last is None or not is_own or fresh.manager_id != actor.pk:
        text = f"Вернуть нельзя: задание сейчас у сотрудника {fresh.manager}."
        raise ActionRefused(Refusal("undo_moved_on", text))
    if clock.now() - last.at > UNDO or fresh.is_finished:
        raise ActionRefused(TOO_LATE)
    previous = User.objects.get(pk=last.details["previous_id"])
    return _change_manager(fresh, previous, actor=actor, name="given_back")


@transaction.atomic
def hand_over(
    *,
    task: SigningTask,
    receiver: User,
    actor: User,
    comment: str = "",
    from_manager_id: int | None = None,
) -> SigningTask:
    """«Передать»: ``receiver`` becomes the task's manager; the comment is in the history.

    ``from_manager_id`` as in `take_over`.
    """
    fresh = lock_task(task.number)
    _raise_if_refused(hand_over_refusals(fresh, actor) or receive_refusals(fresh, receiver))
    if not visibility_of(actor).sees_everything and receiver.pk not in colleagues_of(actor):
        text = "Передать можно менеджеру своей группы доступа."
        raise ActionRefused(Refusal("receiver_not_colleague", text))
    _require_manager(fresh, from_manager_id or task.manager_id)
    return _change_manager(fresh, receiver, actor=actor, name="handed_over", comment=comment)


@transaction.atomic
def hand_all_over(*, manager: User, receiver: User, actor: User) -> HandoverResult:
    """Hands every open task of ``manager`` over to ``receiver``, except those they cannot have."""
    task_count, failures = 0, {}
    tasks = SigningTask.objects.of_manager(manager.pk).in_work()
    for number in tasks.order_by("pk").values_list("pk", flat=True):
        fresh = lock_task(number)
        if reasons := receive_refusals(fresh, receiver):
            failures[number] = " ".join(refusal.message for refusal in reasons)
        elif fresh.manager_id == manager.pk and not fresh.is_finished:
            _change_manager(
                fresh, receiver, actor=actor, name="handed_over", acted_as=Actor.SUPPORT
            )
            task_count += 1
    return HandoverResult(task_count, failures)


def hand_over_on_block(*, user: User, successor: User, actor: User, **_: object) -> HandoverResult:
    """Receives `accounts.signals.user_blocked`."""
    return hand_all_over(manager=user, receiver=successor, actor=actor)


def build_taken_refusal(task: SigningTask) -> Refusal:
    text = f"Задание уже принял в работу сотрудник {task.manager}."
    return Refusal("taken_by_another", text)


def _raise_if_refused(refusals: list[Refusal]) -> None:
    if refusals:
        raise ActionRefused(*refusals)


def _require_manager(task: SigningTask, expected: int) -> None:
    if task.manager_id != expected:
        raise ActionRefused(build_taken_refusal(task))


def _change_manager(
    task: SigningTask,
    receiver: User,
    *,
    actor: User,
    name: str,
    acted_as: Actor = Actor.MANAGER,
    comment: str = "",
) -> SigningTask:
    previous = task.manager
    task.manager = receiver
    save_task(task, "manager")
    history.record(
        task,
        kind=HistoryEntry.Kind.TAKEN_OVER,
        name=name,
        actor=actor,
        acted_as=acted_as,
        comment=comment,
        previous=str(previous),
        previous_id=previous.pk,
        new=str(receiver),
        new_id=receiver.pk,
    )
    return task
