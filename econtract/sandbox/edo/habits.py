"""What clients do in their boxes: on the pages, by the control API and by habit."""

from __future__ import annotations

import datetime as dt

from econtract.sandbox import clock
from econtract.sandbox.edo import client, docflow, entities, revocation, xml
from econtract.sandbox.models import EdoDocument, Habit, Organisation

_REJECTION_REASON = "Условия договора не согласованы"
_REVOCATION_REASON = "Договор заключен по ошибке"


def answer_document(document: EdoDocument, now: dt.datetime) -> None:
    """Give the answer to a document that fits the organisation's habit."""
    organisation = _recipient(document)
    habit = organisation.habit
    if habit == Habit.NO_SIGNATURE:
        docflow.mark_silent(document)
    elif habit == Habit.REJECTS:
        reject_as_client(document, _REJECTION_REASON, "autopilot", now)
    elif habit == Habit.REJECTS_BY_MESSAGE:
        reject_by_message_as_client(document, _REJECTION_REASON, "autopilot", now)
    elif habit == Habit.APPROVES and not document.entities.filter(is_approval=True).exists():
        approve_as_client(document, "autopilot", now)
        clock.schedule_answer(now)
    else:
        variant = habit if habit in client.SIGNATURE_VARIANTS else "valid"
        sign_as_client(document, variant, "autopilot", now)
        if variant == "broken":
            docflow.mark_silent(document)
        if habit == Habit.REVOKES:
            request_revocation_as_client(document, _REVOCATION_REASON, "autopilot", now)


def answer_revocation(document: EdoDocument, now: dt.datetime) -> None:
    """Accept or refuse our request for revocation, as the organisation usually does."""
    if _recipient(document).habit == Habit.REJECTS_REVOCATION:
        reject_revocation_as_client(document, "Договор действует", "autopilot", now)
    else:
        accept_revocation_as_client(document, "autopilot", now)


def sign_as_client(document: EdoDocument, variant: str, actor: str, now: dt.datetime) -> None:
    """Sign for the recipient; `variant` is one of `client.SIGNATURE_VARIANTS`."""
    content = entities.read_content(document.entity_id)
    signature = client.sign(_recipient(document), content, now, variant)
    docflow.sign(document, signature, None, actor, now)


def approve_as_client(document: EdoDocument, actor: str, now: dt.datetime) -> None:
    """Add the recipient's approval signature."""
    content = entities.read_content(document.entity_id)
    docflow.approve(document, client.sign(_recipient(document), content, now), actor, now)


def reject_as_client(document: EdoDocument, reason: str, actor: str, now: dt.datetime) -> None:
    """Refuse to sign for the recipient, with a reason."""
    organisation = _recipient(document)
    content = xml.build_rejection(document, reason, organisation, now)
    docflow.reject(document, content, client.sign(organisation, content, now), actor, now)


def reject_by_message_as_client(
    document: EdoDocument, reason: str, actor: str, now: dt.datetime
) -> None:
    """Refuse to sign for the recipient by a universal message."""
    content = xml.build_universal_message(document, reason, _recipient(document), now)
    docflow.reject_by_message(document, content, reason, actor, now)


def request_revocation_as_client(
    document: EdoDocument, reason: str, actor: str, now: dt.datetime
) -> None:
    """Ask for the revocation for the recipient."""
    organisation = _recipient(document)
    content = xml.build_revocation(document, reason, organisation, now)
    signature = client.sign(organisation, content, now)
    box_id = document.message.to_box
    revocation.request_revocation(document, box_id, content, signature, actor, now)


def accept_revocation_as_client(document: EdoDocument, actor: str, now: dt.datetime) -> None:
    """Accept our request for revocation."""
    content = entities.read_content(revocation.find_request(document).entity_id)
    signature = client.sign(_recipient(document), content, now)
    revocation.accept_revocation(document, document.message.to_box, signature, actor, now)


def reject_revocation_as_client(
    document: EdoDocument, reason: str, actor: str, now: dt.datetime
) -> None:
    """Refuse our request for revocation."""
    organisation = _recipient(document)
    content = xml.build_rejection(document, reason, organisation, now)
    signature = client.sign(organisation, content, now)
    box_id = document.message.to_box
    revocation.reject_revocation(document, box_id, content, signature, actor, now)


def _recipient(document: EdoDocument) -> Organisation:
    return Organisation.objects.get(box_id=document.message.to_box)
