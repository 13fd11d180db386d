"""The account number and the fraud check.

Every function is one transaction, takes ``actor``, and raises ActionRefused when it is not
possible now.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.actions.conflicts import Overtaken
from tasks.actions.document import document_refusals
from tasks.actions.saving import save_task
from tasks.lifecycle import guards, history, withdrawal
from tasks.lifecycle.guards import TAKE_OVER
from tasks.lifecycle.perform import lock_task
from tasks.models import HistoryEntry, SigningTask
from tasks.transitions import Actor


def account_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why the account number cannot be changed or checked now; empty: it can."""
    reasons = document_refusals(task, user)
    if not reasons and withdrawal.is_needed(task):
        text = "Документ уже отправлен или отправляется."
        fix = "Чтобы изменить лицевой счет, открепите документ."
        return [Refusal("account_locked_by_document", text, fix)]
    return reasons


@transaction.atomic
def set_account(
    *,
    task: SigningTask,
    account_number: str,
    verified_at: datetime | None,
    actor: User,
    based_on: str = "",
) -> SigningTask:
    """Stores an account number; ``verified_at`` is None if ЕИП has not confirmed it.

    Raises Overtaken when the number is no longer ``based_on`` ("": whatever it is).
    """
    fresh = lock_task(task.number)
    if reasons := account_refusals(fresh, actor):
        raise ActionRefused(*reasons)
    if based_on and fresh.account_number != based_on:
        raise Overtaken(fresh, "Лицевой счет изменен", "account_verified", "account_unverified")
    changed = {}
    if fresh.account_number != account_number:
        changed["account_number"] = [fresh.account_number, account_number]
    fresh.account_number = account_number
    fresh.account_verified_at = verified_at
    save_task(fresh, "account_number", "account_verified_at")
    history.record(
        fresh,
        kind=HistoryEntry.Kind.EDITED,
        name="account_verified" if verified_at else "account_unverified",
        actor=actor,
        acted_as=Actor.MANAGER,
        changed=changed,
    )
    return fresh


def fraud_check_refusals(task: SigningTask, user: User) -> list[Refusal]:
    """Why «Проверка проведена» cannot be ticked now; empty: it can."""
    if Actor.MANAGER not in guards.actors_of(user, task):
        text = "Проверку клиента отмечает менеджер задания."
        return [Refusal("fraud_check_only_manager", text, TAKE_OVER)]
    if task.is_finished:
        return [Refusal("task_finished", "Задание завершено.")]
    if task.fraud_check_confirmed:
        return [Refusal("fraud_check_done", "Проверка уже отмечена.")]
    return []


@transaction.atomic
def confirm_fraud_check(*, task: SigningTask, actor: User) -> SigningTask:
    """«Проверка проведена»: kept with the task, for those who approve it."""
    fresh = lock_task(task.number)
    if reasons := fraud_check_refusals(fresh, actor):
        raise ActionRefused(*reasons)
    fresh.fraud_check_confirmed = True
    save_task(fresh, "fraud_check_confirmed")
    history.record(
        fresh,
        kind=HistoryEntry.Kind.EDITED,
        name="fraud_check_confirmed",
        actor=actor,
        acted_as=Actor.MANAGER,
    )
    return fresh
