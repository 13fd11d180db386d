"""«Подготовить акты»: a batch for the agents of a list who can get an act for the month."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.roles import Permission
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.batches.uploads import NewBatchData, create_batch
from tasks.models import AgentList, AgentListEvent, AgentListMember, MonthlyAct, MonthlyActs
from tasks.monthly_acts.amounts import (
    Amount,
    build_batch_file,
    describe_month,
    is_account_number,
    read_amounts,
)
from tasks.monthly_acts.lists import lock_list, may_keep_lists, record
from tasks.monthly_acts.readiness import check_agents
from tasks.monthly_acts.states import split_claims

NOBODY = "acts_for_nobody"
TOO_LATE = Refusal(
    "acts_prepared_meanwhile",
    "Акты кого-то из этих агентов за тот же месяц только что подготовили.",
    "Нажмите «Подготовить акты» еще раз: их агенты останутся без второго акта.",
)
NO_AMOUNT = "В файле нет строки с его ИНН."
REPEATED = "ИНН повторяется в строках файла {lines}. Оставьте одну."
NOT_IN_LIST = "Агента из строки {line} в списке нет. Добавьте его в список или удалите строку."
HAS_ACT = "Акт за этот месяц уже есть."
NO_ACCOUNT = "Лицевого счета нет. Добавьте в файл столбец «Лицевой счет»."
MAX_REASONS = 3


@dataclass(frozen=True)
class LeftOut:
    """Somebody who gets no act, and why."""

    name: str
    inn: str
    text: str

    def to_json(self) -> dict[str, str]:
        return {"name": self.name, "inn": self.inn, "text": self.text}


@dataclass(frozen=True)
class ActsPlan:
    """The rows that become acts, with the account of each, and who gets none.

    ``void`` are the keys of earlier acts of these agents that came to nothing.
    """

    rows: tuple[tuple[AgentListMember, Amount, str], ...]
    left_out: tuple[LeftOut, ...]
    void: tuple[int, ...]


def may_prepare(user: User, agent_list: AgentList) -> bool:
    """Whether ``user`` may prepare acts from the list."""
    is_own = agent_list.manager_id == user.pk and may_keep_lists(user)
    return is_own and user.has_permission(Permission.RUN_BATCHES)


def prepare_acts(
    *,
    agent_list: AgentList,
    month: date,
    data: NewBatchData,
    upload: Any,
    submission_key: uuid.UUID,
    actor: User,
) -> MonthlyActs:
    """Checks agents and amounts and prepares the batch, which the manager then starts.

    ``month`` is its first day. A ``submission_key`` belongs to one preparation: a second call
    returns it. Raises ActionRefused when nothing can be prepared.
    """
    known = MonthlyActs.objects.filter(
        batch__submission_key=submission_key, batch__manager=actor
    ).first()
    if known is not None:
        return known
    source = read_amounts(upload, data.template_version, month)
    with transaction.atomic():
        agent_list = lock_list(agent_list, actor)
        plan = _plan_acts(agent_list, source.amounts, month)
        if not plan.rows:
            raise ActionRefused(_build_nobody(plan))
        rows = [(amount, account) for _, amount, account in plan.rows]
        file = build_batch_file(source, rows, month)
        batch = create_batch(data=data, upload=file, submission_key=submission_key, actor=actor)
        acts = MonthlyActs.objects.create(
            agent_list=agent_list,
            month=month,
            batch=batch,
            left_out=[item.to_json() for item in plan.left_out],
        )
        _claim_month(acts, plan)
        _keep_accounts(plan)
        detail = f"{describe_month(month)}: {len(plan.rows)}, без акта {len(plan.left_out)}"
        record(agent_list, AgentListEvent.Kind.PREPARED, actor, detail)
    return acts


def _claim_month(acts: MonthlyActs, plan: ActsPlan) -> None:
    """Claims the month for each agent; the claims of void acts make way.

    Another list may have claimed it since the plan was made: raises ActionRefused.
    """
    MonthlyAct.objects.filter(pk__in=plan.void).delete()
    claims = [
        MonthlyAct(acts=acts, client=member.client, month=acts.month, row_number=number)
        # The first row of the file has the headings.
        for number, (member, _, _) in enumerate(plan.rows, start=2)
    ]
    try:
        with transaction.atomic():
            MonthlyAct.objects.bulk_create(claims)
    except IntegrityError:
        raise ActionRefused(TOO_LATE) from None


def _keep_accounts(plan: ActsPlan) -> None:
    """The accounts of this month are those of the next, unless its file has others."""
    members = []
    for member, _, account in plan.rows:
        if member.account_number != account:
            member.account_number = account
            members.append(member)
    AgentListMember.objects.bulk_update(members, ["account_number"], batch_size=500)


def _plan_acts(agent_list: AgentList, amounts: Iterable[Amount], month: date) -> ActsPlan:
    amounts = list(amounts)
    members = agent_list.members.select_related("client").order_by("client__name_key", "pk")
    agents = check_agents(members)
    with_act, void = split_claims([agent.client.pk for agent in agents], month)
    by_inn = {amount.inn: amount for amount in amounts}
    lines = Counter(amount.inn for amount in amounts)
    rows, left_out = [], []
    for agent in agents:
        client, amount = agent.client, by_inn.get(agent.client.inn)
        account = _choose_account(amount, agent.member)
        reasons = [problem.message for problem in agent.problems]
        if client.pk in with_act:
            reasons = [HAS_ACT]
        elif amount is None:
            reasons.append(NO_AMOUNT)
        else:
            reasons += _find_row_problems(amount, lines, amounts)
            if not is_account_number(account):
                reasons.append(NO_ACCOUNT)
        if reasons or amount is None:
            text = " ".join(reasons[:MAX_REASONS])
            left_out.append(LeftOut(client.short_name, client.inn, text))
        else:
            rows.append((agent.member, amount, account))
    known = {agent.client.inn for agent in agents}
    strangers = [
        LeftOut("", amount.inn, NOT_IN_LIST.format(line=amount.line))
        for amount in amounts
        if amount.inn not in known
    ]
    return ActsPlan(tuple(rows), (*left_out, *strangers), void)


def _choose_account(amount: Amount | None, member: AgentListMember) -> str:
    return (amount.account_number if amount else "") or member.account_number


def _find_row_problems(
    amount: Amount, lines: Mapping[str, int], amounts: Iterable[Amount]
) -> list[str]:
    if lines[amount.inn] > 1:
        same = ", ".join(str(other.line) for other in amounts if other.inn == amount.inn)
        return [REPEATED.format(lines=same)]
    return [f"{problem}." for problem in amount.problems]


def _build_nobody(plan: ActsPlan) -> Refusal:
    """Why there is not a single act, by the first examples."""
    examples = "; ".join(
        f"{item.name or item.inn}: {item.text}" for item in plan.left_out[:MAX_REASONS]
    )
    text = "Ни один агент списка не может получить акт."
    return Refusal(NOBODY, f"{text} {examples}".strip(), "" if examples else "Добавьте агентов.")
