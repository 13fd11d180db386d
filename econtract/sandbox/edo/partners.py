"""Partnership of two boxes: invitations, answers, and what a box may send to another."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Q, QuerySet

from econtract.sandbox import clock
from econtract.sandbox.edo.protocol import EdoError, conflict
from econtract.sandbox.journal import record_effect
from econtract.sandbox.models import EdoPartnership, Habit, Organisation

_State = EdoPartnership.State
_NOT_PARTNERS = "NotInCounteragentList"


def find_partnership(box_id: str, other_box_id: str) -> EdoPartnership | None:
    """The relation of two boxes, whichever of them sent the invitation."""
    pair = Q(box_id=box_id, partner_box_id=other_box_id)
    pair |= Q(box_id=other_box_id, partner_box_id=box_id)
    return EdoPartnership.objects.filter(pair).first()


def get_status(row: EdoPartnership | None, box_id: str) -> str:
    """The `CounteragentStatus` as the box sees it."""
    if row is None:
        return _NOT_PARTNERS
    if row.state == _State.ACCEPTED:
        return "IsMyCounteragent"
    if row.state == _State.INVITED:
        return "IsInvitedByMe" if row.box_id == box_id else "InvitesMe"
    return "IsRejectedByMe" if row.rejected_by == box_id else "RejectsMe"


def check_may_send(sender: Organisation, recipient: Organisation) -> None:
    """Raise a 409 when the recipient accepts no documents from the sender."""
    row = find_partnership(sender.box_id or "", recipient.box_id or "")
    if row is not None and row.state == _State.REJECTED and row.rejected_by == recipient.box_id:
        raise conflict("Recipient forbids to receive messages from blocked senders")
    if not recipient.partners_only:
        return
    if row is None or row.state != _State.ACCEPTED:
        raise conflict("Recipient allows to receive messages only from counteragents")


def invite(
    own: Organisation,
    other: Organisation,
    message: str,
    actor: str,
    now: dt.datetime,
    *,
    has_document: bool = False,
) -> EdoPartnership:
    """Send an invitation, or accept the one that the other side has sent.

    Does nothing when they are partners or the invitation is sent already. Raises a 409 when the
    other side's invitation has a document to sign. Call in a transaction.
    """
    if other.is_roaming:
        raise conflict("Roaming has to be set up: see https://www.diadoc.ru/roaming")
    box_id, other_box_id = own.box_id or "", other.box_id or ""
    row = find_partnership(box_id, other_box_id)
    status = get_status(row, box_id)
    if row is not None and status in ("IsMyCounteragent", "IsInvitedByMe"):
        return row
    if row is not None and status == "InvitesMe":
        _check_can_accept(row, other)
        accept(row, actor, now)
        return row
    if row is not None:
        row.delete()
    row = EdoPartnership.objects.create(
        box_id=box_id,
        partner_box_id=other_box_id,
        message=message,
        has_document=has_document,
        task_id=str(uuid.uuid4()),
        changed_at=now,
    )
    record_effect("edo", "invited", actor, now, reference=other.inn, ref=row.task_id)
    clock.schedule_answer(now)
    return row


def accept(row: EdoPartnership, actor: str, now: dt.datetime) -> None:
    """Accept an invitation. Call in a transaction."""
    _answer(row, _State.ACCEPTED, "", "invitation_accepted", actor, now)


def reject(row: EdoPartnership, box_id: str, actor: str, now: dt.datetime) -> None:
    """Decline an invitation or end a partnership, for that box. Call in a transaction."""
    _answer(row, _State.REJECTED, box_id, "invitation_declined", actor, now)


def answer_by_habit(row: EdoPartnership, now: dt.datetime) -> None:
    """Answer an invitation as the organisation usually does."""
    organisation = Organisation.objects.get(box_id=row.partner_box_id)
    if organisation.habit == Habit.REFUSES_STRANGERS:
        reject(row, row.partner_box_id, "autopilot", now)
    else:
        accept(row, "autopilot", now)


def invitations_to_answer() -> QuerySet[EdoPartnership]:
    """Invitations from our boxes that clients answer by habit, oldest first."""
    ours = Organisation.objects.with_box().filter(is_ours=True).values("box_id")
    silent = Organisation.objects.filter(habit=Habit.IGNORES_INVITATIONS).values("box_id")
    rows = EdoPartnership.objects.filter(state=_State.INVITED, box_id__in=ours)
    return rows.exclude(partner_box_id__in=silent).order_by("changed_at")


def _check_can_accept(row: EdoPartnership, inviter: Organisation) -> None:
    if row.has_document:
        text = (
            f"Cannot accept invitation from {inviter.org_id} with attachment with signature "
            "requested; use PostMessagePatch instead"
        )
        raise EdoError(409, "Invitations.RecipientInvitationRequiresResponse", text)


def _answer(
    row: EdoPartnership, state: str, rejected_by: str, action: str, actor: str, now: dt.datetime
) -> None:
    row.state, row.rejected_by, row.changed_at = state, rejected_by, now
    row.save(update_fields=["state", "rejected_by", "changed_at"])
    client = Organisation.objects.filter(
        box_id__in=(row.box_id, row.partner_box_id), is_ours=False
    ).first()
    reference = client.inn if client else ""
    record_effect("edo", action, actor, now, reference=reference, ref=row.task_id)
