"""How far the client has come, for the card and the list."""

from itertools import groupby
from typing import Any

from clients.messages.reasons import explain_reason
from clients.models import SentMessage
from econtract.platform.common import clock
from edo.channels.summaries import SigningEvent
from edo.evidence_chain.kinds import RecordKind
from edo.models import EvidenceRecord, SigningLink, SimpleSigning

Progress = SimpleSigning.Progress
_ORDER = list(Progress)
# The records that the course of a signing consists of.
_STEPS = {
    RecordKind.LINK_SENT: Progress.SENT,
    RecordKind.LINK_FAILED: Progress.UNDELIVERED,
    RecordKind.LINK_DELIVERED: Progress.DELIVERED,
    RecordKind.LINK_OPENED: Progress.OPENED,
    RecordKind.END_REACHED: Progress.READ,
    RecordKind.CODE_SENT: Progress.CODE_SENT,
    RecordKind.SIGNED: Progress.SIGNED,
    RecordKind.REFUSED: Progress.REFUSED,
    RecordKind.WRONG_NUMBER: Progress.WRONG_NUMBER,
    RecordKind.REVOKED: Progress.REVOKED,
}
_PROBLEMS = (Progress.UNDELIVERED, Progress.REFUSED, Progress.WRONG_NUMBER, Progress.EXPIRED)
# More than anybody reads on a card; the protocol of the package has every record.
_MAX_RECORDS = 50


def move_progress(signing: SimpleSigning, progress: SimpleSigning.Progress) -> bool:
    """Move a signing forward to ``progress``; False, and no change, if it has come as far."""
    earlier = _ORDER[: _ORDER.index(progress)]
    rows = SimpleSigning.objects.filter(pk=signing.pk, progress__in=earlier)
    has_moved = bool(rows.update(progress=progress, progress_at=clock.now()))
    signing.refresh_from_db(fields=["progress", "progress_at"])
    return has_moved


def read_course(signing: SimpleSigning) -> tuple[SigningEvent, ...]:
    """What has happened with the links and codes of ``signing``, newest first. One query.

    Codes that were sent one after another are one event, at the time of the last one.
    """
    rows = EvidenceRecord.objects.filter(signing=signing, kind__in=_STEPS).order_by("-number")
    records = [
        (_find_step(RecordKind(kind), facts), at, facts)
        for kind, at, facts in rows.values_list("kind", "at", "facts")[:_MAX_RECORDS]
    ]
    events = []
    for step, repeats in groupby(records, key=lambda record: record[0]):
        group = list(repeats)
        count = f" ({len(group)})" if len(group) > 1 else ""
        _, at, facts = group[0]
        events.append(_build_event(step, at, facts, count))
    if signing.state == SimpleSigning.State.FAILED and signing.finished_at is not None:
        # The provider refused the message, so the link never left: there is no record of it.
        events.insert(0, _build_event(Progress.UNDELIVERED, signing.finished_at, {}))
    return tuple(events)


def _find_step(kind: RecordKind, facts: dict[str, Any]) -> Progress:
    if kind == RecordKind.REVOKED and facts.get("end") == SigningLink.End.EXPIRED:
        return Progress.EXPIRED
    return _STEPS[kind]


def _build_event(step: Progress, at: Any, facts: dict[str, Any], count: str = "") -> SigningEvent:
    notes = ["По электронной почте."] if facts.get("channel") == SentMessage.Channel.EMAIL else []
    notes += [explain_reason(facts["reason"]).text] if "reason" in facts else []
    note = " ".join(notes)
    return SigningEvent(at, f"{step.label}{count}", step in _PROBLEMS, note)
