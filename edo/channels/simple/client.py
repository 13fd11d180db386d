"""What the client does on the signing page.

Every function of a link is one transaction, and raises LinkEnded.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from clients.models import Contact
from econtract.platform.common import clock
from edo import records
from edo.channels.simple import codes, links
from edo.channels.simple.agreements import (
    find_acceptances,
    get_texts_in_force,
    has_texts_in_force,
)
from edo.channels.simple.codes import CheckResult
from edo.channels.simple.consent import clear_withdrawal
from edo.channels.simple.progress import move_progress
from edo.evidence_chain.kinds import RecordKind
from edo.models import (
    AgreementAcceptance,
    AgreementText,
    EvidenceRecord,
    SigningLink,
    SimpleSigning,
)
from edo.records import ClientDevice, Event, Fact

DISPLAY_RECORDS = {
    AgreementText.Kind.ELECTRONIC_INTERACTION: RecordKind.AGREEMENT_SHOWN,
    AgreementText.Kind.PERSONAL_DATA: RecordKind.CONSENT_SHOWN,
}
ACCEPTANCE_RECORDS = {
    AgreementText.Kind.ELECTRONIC_INTERACTION: RecordKind.AGREEMENT_ACCEPTED,
    AgreementText.Kind.PERSONAL_DATA: RecordKind.CONSENT_ACCEPTED,
}
# `SimpleSigning.failure` of a signing that the receiver of the SMS has ended.
WRONG_NUMBER = "wrong_number"
WRONG_NUMBER_REASON = "Получатель СМС сообщил, что это не его номер"
State = SimpleSigning.State
Progress = SimpleSigning.Progress


@transaction.atomic
def record_progress(
    link: SigningLink,
    device: ClientDevice,
    *,
    pages: Sequence[int] = (),
    has_reached_end: bool = False,
    has_downloaded: bool = False,
) -> bool:
    """Record what a script of the page has seen the client look at; each page once.

    Returns whether this was the first opening of the link.
    """
    signing = links.lock_live(link)
    seen = _Seen(signing)
    is_first = not seen.has_opened(link)
    events = [Event(kind=RecordKind.LINK_OPENED, facts={"link": str(link.pk)})] if is_first else []
    events += _build_page_events(link, seen.find_new_pages(pages), is_measured=True)
    if has_reached_end and not seen.has(RecordKind.END_REACHED):
        events.append(Event(kind=RecordKind.END_REACHED))
    if has_downloaded and not seen.has(RecordKind.DOCUMENT_DOWNLOADED):
        events.append(Event(kind=RecordKind.DOCUMENT_DOWNLOADED))
    if events:
        records.append_all(signing, events, device=device)
    if is_first:
        _open(signing)
    if has_reached_end:
        move_progress(signing, Progress.READ)
    return is_first


@transaction.atomic
def record_submission(link: SigningLink, device: ClientDevice, *, pages: int) -> None:
    """Record that the client has sent a form of the page that has the document in it.

    Without a script nothing else is known: the pages were sent to the browser, and whether they
    were looked at was not measured. The records say so.
    """
    signing = links.lock_live(link)
    if _Seen(signing).has(RecordKind.PAGE_SHOWN):
        return
    events = _build_page_events(link, range(1, pages + 1), is_measured=False)
    records.append_all(signing, events, device=device)


@transaction.atomic
def accept_texts(link: SigningLink, texts: Sequence[AgreementText], device: ClientDevice) -> None:
    """Record that the client accepts ``texts``, and which they accepted in earlier signings."""
    signing = links.lock_live(link)
    contact_id = signing.signer.contact_id
    acceptances = find_acceptances(contact_id)
    seen = _Seen(signing)
    events = []
    for text in get_texts_in_force():
        kind = AgreementText.Kind(text.kind)
        facts: dict[str, Fact] = {"text_sha256": text.sha256, "version": text.version}
        earlier = acceptances.get(text.pk)
        if earlier is None and text in texts:
            AgreementAcceptance.objects.create(contact_id=contact_id, text=text, signing=signing)
            if kind is AgreementText.Kind.PERSONAL_DATA:
                clear_withdrawal(contact_id)
            events.append(Event(kind=DISPLAY_RECORDS[kind], facts=facts))
            events.append(Event(kind=ACCEPTANCE_RECORDS[kind], facts=facts))
        elif earlier and not seen.has_in_force(kind):
            facts |= {
                "accepted_at": earlier.accepted_at.isoformat(),
                "earlier_signing": str(earlier.signing_id),
            }
            events.append(Event(kind=ACCEPTANCE_RECORDS[kind], facts=facts))
    if events:
        records.append_all(signing, events, device=device)


@transaction.atomic
def sign(link: SigningLink, code: str, device: ClientDevice) -> CheckResult:
    """Check the code; a right one signs the document, ends the link and the code.

    Without both texts in force, as after a withdrawal, nothing is checked.
    """
    signing = links.lock_live(link)
    if not has_texts_in_force(signing.signer.contact_id):
        return CheckResult(False, needs_texts=True)
    result = codes.check_code(link, code, device)
    if result.is_right:
        records.append(
            signing,
            RecordKind.SIGNED,
            facts={"code": result.code_id, "document_sha256": signing.document_sha256},
            device=device,
        )
        links.end_link(signing, SigningLink.End.USED)
        _finish(signing, State.SIGNED, Progress.SIGNED)
    return result


@transaction.atomic
def refuse(link: SigningLink, reason: str, device: ClientDevice) -> None:
    """The client does not sign, for ``reason``."""
    signing = links.lock_live(link)
    records.append(signing, RecordKind.REFUSED, personal={"reason": reason}, device=device)
    links.end_link(signing, SigningLink.End.REFUSED)
    _finish(signing, State.REFUSED, Progress.REFUSED, reason)


@transaction.atomic
def report_wrong_number(link: SigningLink, device: ClientDevice) -> list[UUID]:
    """«Это не мой номер»: nothing can be signed from this phone, and nobody is identified by it.

    Returns the ids of the signings that have ended: that of the link, and the others whose links
    went to the same person at the same number.
    """
    signer = link.signing.signer
    # First, so that of two reports at once one waits here, and not each for the other's signing.
    contact = Contact.objects.select_for_update(no_key=True).get(pk=signer.contact_id)
    if contact.phone == signer.phone:
        contact.identified_at = None
        contact.save(update_fields=["identified_at"])
    links.lock_live(link)
    sent = SimpleSigning.objects.filter(
        signer__contact=contact, signer__phone=signer.phone, state__in=[State.SENT, State.DELIVERED]
    )
    ended = []
    for row in sent.only("pk").order_by("pk"):
        signing = links.lock_signing(row)
        if signing.is_live:
            records.append(signing, RecordKind.WRONG_NUMBER, device=device)
            links.end_link(signing, SigningLink.End.WRONG_NUMBER)
            signing.failure = WRONG_NUMBER
            _finish(signing, State.REFUSED, Progress.WRONG_NUMBER, WRONG_NUMBER_REASON)
            ended.append(signing.pk)
    return ended


def rate(signing: SimpleSigning, rating: int) -> bool:
    """How easy it was, 1 to 5. The first answer counts."""
    rows = SimpleSigning.objects.filter(pk=signing.pk, state=State.SIGNED, rating=None)
    return bool(rows.update(rating=rating))


def _open(signing: SimpleSigning) -> None:
    move_progress(signing, Progress.OPENED)
    # Whoever opens the link has got it, even if no delivery report has come.
    rows = SimpleSigning.objects.filter(pk=signing.pk)
    rows.update(reason="")
    rows.filter(state=State.SENT).update(state=State.DELIVERED)


def _finish(signing: SimpleSigning, state: State, progress: Progress, reason: str = "") -> None:
    now = clock.now()
    signing.state, signing.progress, signing.reason = state, progress, reason
    signing.progress_at = signing.finished_at = now
    fields = ["state", "progress", "failure", "reason", "progress_at", "finished_at"]
    signing.save(update_fields=fields)


def _build_page_events(
    link: SigningLink, pages: Iterable[int], *, is_measured: bool
) -> list[Event]:
    facts: dict[str, Fact] = {"link": str(link.pk), "is_measured": is_measured}
    return [Event(kind=RecordKind.PAGE_SHOWN, facts={"page": page, **facts}) for page in pages]


class _Seen:
    """What the chain of a locked signing says about the client so far, by one query."""

    def __init__(self, signing: SimpleSigning) -> None:
        rows = EvidenceRecord.objects.filter(signing=signing)
        self._facts = defaultdict[str, list[dict[str, Any]]](list)
        self._last: dict[str, int] = {}
        for number, kind, facts in rows.order_by("number").values_list("number", "kind", "facts"):
            self._facts[kind].append(facts)
            self._last[kind] = number

    def has(self, kind: RecordKind) -> bool:
        return kind in self._facts

    def has_in_force(self, kind: AgreementText.Kind) -> bool:
        """Whether the last thing that the chain says of the text is that it was accepted."""
        accepted = self._last.get(ACCEPTANCE_RECORDS[kind], 0)
        if kind is AgreementText.Kind.PERSONAL_DATA:
            return accepted > self._last.get(RecordKind.CONSENT_WITHDRAWN, 0)
        return bool(accepted)

    def has_opened(self, link: SigningLink) -> bool:
        opened = self._facts.get(RecordKind.LINK_OPENED, [])
        return any(facts["link"] == str(link.pk) for facts in opened)

    def find_new_pages(self, pages: Sequence[int]) -> list[int]:
        known = {facts["page"] for facts in self._facts.get(RecordKind.PAGE_SHOWN, [])}
        return [page for page in pages if page not in known]
