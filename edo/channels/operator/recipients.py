"""Choosing the box of the client among everything that the operator has for their ИНН."""

from collections.abc import Sequence

from econtract.platform.common.refusals import Refusal
from edo.channels.operator.gateway import OperatorGateway
from edo.channels.operator.refusals import SendRefusalCode, build_refusal, send_refused
from edo.channels.operator.values import RecipientBox
from edo.channels.protocol import RecipientOption, SigningRecipient
from edo.models import Box

ROAMING_NOTE = "Другой оператор ЭДО (роуминг): клиент должен принять наше приглашение."
CONSENT_NOTE = (
    "Принимает документы только от своих контрагентов: клиент должен принять приглашение."
)
NEW_BOX_NOTE = "Ящик новый: документов в нем еще не было."
NATURAL_PERSON_NOTE = "Ящик физического лица."
DEPARTMENT_NOTE = "Подразделение."


def find_recipient_boxes(
    gateway: OperatorGateway, box: Box, recipient: SigningRecipient
) -> list[RecipientBox]:
    """Every box and department of the client, the best one first. Raises Unavailable or Refused."""
    candidates = gateway.find_recipients(box.operator_box_id, recipient.inn)
    return sorted(candidates, key=lambda item: (_rank(item, recipient), item.title, item.box_id))


def choose_recipient_box(
    candidates: Sequence[RecipientBox], recipient: SigningRecipient
) -> RecipientBox:
    """The box that the manager has chosen, else the best one if nothing equals it.

    ``candidates`` are those of `find_recipient_boxes`. Raises SigningRefused: without a usable box
    the text is about the best one.
    """
    choice = judge_candidates(candidates, recipient)
    if isinstance(choice, Refusal):
        raise send_refused(SendRefusalCode(choice.code), choice.text)
    return choice


def judge_candidates(
    candidates: Sequence[RecipientBox], recipient: SigningRecipient
) -> RecipientBox | Refusal:
    """`choose_recipient_box`, with the refusal as a value."""
    if recipient.address_id:
        return _judge_choice(candidates, recipient)
    if not candidates:
        return build_refusal(SendRefusalCode.NO_BOX)
    usable = [item for item in candidates if find_box_problem(item) is None]
    if not usable:
        return find_box_problem(candidates[0]) or build_refusal(SendRefusalCode.NO_BOX)
    best = usable[0]
    if recipient.kpp and best.kpp != recipient.kpp:
        text = f"У клиента нет ящика с КПП {recipient.kpp}, но есть другие."
        return build_refusal(SendRefusalCode.RECIPIENT_AMBIGUOUS, text)
    ties = [item for item in usable if _rank(item, recipient) == _rank(best, recipient)]
    if len(ties) > 1 or best.is_natural_person:
        return build_refusal(SendRefusalCode.RECIPIENT_AMBIGUOUS)
    return best


def find_box_problem(candidate: RecipientBox) -> Refusal | None:
    """Why no document can be sent to ``candidate``; None when it can be."""
    if candidate.liquidated_on:
        text = f"Организация клиента ликвидирована {candidate.liquidated_on}."
        return build_refusal(SendRefusalCode.RECIPIENT_LIQUIDATED, text)
    if candidate.has_other_mode:
        return build_refusal(SendRefusalCode.BOX_MODE_DIFFERS)
    return None


def build_options(
    candidates: Sequence[RecipientBox], recipient: SigningRecipient
) -> tuple[RecipientOption, ...]:
    """``candidates`` as choices for the manager."""
    return tuple(
        RecipientOption(
            id=item.address_id,
            label=f"{item.title}, КПП {item.kpp}" if item.kpp else item.title,
            is_usable=find_box_problem(item) is None,
            note=_build_note(item),
        )
        for item in candidates
    )


def _judge_choice(
    candidates: Sequence[RecipientBox], recipient: SigningRecipient
) -> RecipientBox | Refusal:
    choice = next((item for item in candidates if item.address_id == recipient.address_id), None)
    if choice is None:
        text = "Выбранного ящика клиента у оператора ЭДО больше нет."
        return build_refusal(SendRefusalCode.RECIPIENT_AMBIGUOUS, text)
    return find_box_problem(choice) or choice


def _rank(item: RecipientBox, recipient: SigningRecipient) -> tuple[bool, ...]:
    """The smaller, the better. Two of the same rank are for a person to choose from."""
    return (
        find_box_problem(item) is not None,
        bool(recipient.kpp) and item.kpp != recipient.kpp,
        item.is_natural_person,
        item.is_roaming,
        bool(item.department_id),
        not item.is_active,
        item.is_branch,
    )


def _build_note(item: RecipientBox) -> str:
    if problem := find_box_problem(item):
        return problem.text
    notes = [
        DEPARTMENT_NOTE if item.department_id else "",
        NATURAL_PERSON_NOTE if item.is_natural_person else "",
        NEW_BOX_NOTE if not item.is_active else "",
    ]
    if item.is_roaming:
        notes.append(ROAMING_NOTE)
    elif not item.accepts_strangers:
        notes.append(CONSENT_NOTE)
    return " ".join(filter(None, notes))
