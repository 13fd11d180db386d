"""What the client does on the signing page. Every function is one transaction."""

from collections.abc import Sequence

from django.db import transaction

from econtract.platform.common import clock
from edo import records
from edo.channels.simple import codes, links
from edo.channels.simple.agreements import (
    find_acceptances,
    get_texts_in_force,
    has_texts_in_force,
)
from edo.channels.simple.codes import CheckResult
from edo.channels.simple.progress import move_progress
from edo.evidence_chain.kinds import RecordKind
from edo.models import (
    AgreementAcceptance,
    AgreementText,
    EvidenceRecord,
    SigningLink,
    SimpleSigning,
)
from edo.records import ClientDevice, Fact

SHOWN = {
    AgreementText.Kind.ELECTRONIC_INTERACTION: RecordKind.AGREEMENT_SHOWN,
    AgreementText.Kind.PERSONAL_DATA: RecordKind.CONSENT_SHOWN,
}
ACCEPTED = {
    AgreementText.Kind.ELECTRONIC_INTERACTION: RecordKind.AGREEMENT_ACCEPTED,
    AgreementText.Kind.PERSONAL_DATA: RecordKind.CONSENT_ACCEPTED,
}
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

    Returns whether this was the first opening.
    """
    signing = links.lock_signing(link.signing)
    if not signing.is_live:
        return False
    is_first = _open(link, signing, device)
    known = _find_shown_pages(signing)
    for page in pages:
        if page not in known:
            facts: dict[str, Fact] = {"page": page, "link": str(link.pk), "is_measured": True}
            records.append(signing, RecordKind.PAGE_SHOWN, facts=facts, device=device)
    if has_reached_end and not _has_record(signing, RecordKind.END_REACHED):
        records.append(signing, RecordKind.END_REACHED, device=device)
        move_progress(signing, Progress.READ)
    if has_downloaded and not _has_record(signing, RecordKind.DOCUMENT_DOWNLOADED):
        records.append(signing, RecordKind.DOCUMENT_DOWNLOADED, device=device)
    return is_first


@transaction.atomic
def record_submission(link: SigningLink, device: ClientDevice, *, pages: int) -> None:
    """Record that the client has sent a form of the page that has the document in it.

    Without a script nothing else is known: the pages were sent to the browser, and whether they
    were looked at was not measured. The records say so.
    """
    signing = links.lock_signing(link.signing)
    if not signing.is_live or _find_shown_pages(signing):
        return
    for page in range(1, pages + 1):
        facts: dict[str, Fact] = {"page": page, "link": str(link.pk), "is_measured": False}
        records.append(signing, RecordKind.PAGE_SHOWN, facts=facts, device=device)


@transaction.atomic
def accept_texts(link: SigningLink, texts: Sequence[AgreementText], device: ClientDevice) -> None:
    """Record that the client accepts ``texts``, and which they accepted in earlier signings."""
    signing = links.lock_signing(link.signing)
    if not signing.is_live:
        return
    contact_id = signing.signer.contact_id
    acceptances = find_acceptances(contact_id)
    for text in get_texts_in_force():
        kind = AgreementText.Kind(text.kind)
        facts: dict[str, Fact] = {"text_sha256": text.sha256, "version": text.version}
        earlier = acceptances.get(text.pk)
        if earlier is None and text in texts:
            AgreementAcceptance.objects.create(contact_id=contact_id, text=text, signing=signing)
            records.append(signing, SHOWN[kind], facts=facts, device=device)
            records.append(signing, ACCEPTED[kind], facts=facts, device=device)
        elif earlier and not _has_record(signing, ACCEPTED[kind]):
            facts |= {
                "accepted_at": earlier.accepted_at.isoformat(),
                "earlier_signing": str(earlier.signing_id),
            }
            records.append(signing, ACCEPTED[kind], facts=facts, device=device)


@transaction.atomic
def sign(link: SigningLink, code: str, device: ClientDevice) -> CheckResult:
    """Check the code; a right one signs the document, ends the link and the code.

    Without both texts in force, as after a withdrawal, nothing is checked.
    """
    signing = links.lock_signing(link.signing)
    if not signing.is_live or not SigningLink.objects.filter(pk=link.pk, ended_at=None):
        return CheckResult(False, has_link_ended=True)
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
def refuse(link: SigningLink, reason: str, device: ClientDevice) -> bool:
    """The client does not sign, for ``reason``. False if the signing has ended already."""
    signing = links.lock_signing(link.signing)
    if not signing.is_live:
        return False
    records.append(signing, RecordKind.REFUSED, personal={"reason": reason}, device=device)
    links.end_link(signing, SigningLink.End.REFUSED)
    _finish(signing, State.REFUSED, Progress.REFUSED, reason)
    return True


@transaction.atomic
def report_wrong_number(link: SigningLink, device: ClientDevice) -> bool:
    """«Это не мой номер». False if the signing has ended already."""
    signing = links.lock_signing(link.signing)
    if not signing.is_live:
        return False
    records.append(signing, RecordKind.WRONG_NUMBER, device=device)
    links.end_link(signing, SigningLink.End.WRONG_NUMBER)
    reason = "Получатель СМС сообщил, что это не его номер"
    _finish(signing, State.REFUSED, Progress.WRONG_NUMBER, reason)
    return True


def rate(signing: SimpleSigning, rating: int) -> bool:
    """How easy it was, 1 to 5. The first answer counts."""
    rows = SimpleSigning.objects.filter(pk=signing.pk, state=State.SIGNED, rating=None)
    return bool(rows.update(rating=rating))


@transaction.atomic
def withdraw_consent(contact_id: int) -> bool:
    """Withdraw the consent to personal data; signatures stay. False if there was none."""
    rows = AgreementAcceptance.objects.filter(
        contact_id=contact_id, text__kind=AgreementText.Kind.PERSONAL_DATA, withdrawn_at=None
    )
    acceptances = list(rows.select_for_update().select_related("signing", "text"))
    for acceptance in acceptances:
        acceptance.withdrawn_at = clock.now()
        acceptance.save(update_fields=["withdrawn_at"])
        text = acceptance.text
        facts: dict[str, Fact] = {"text_sha256": text.sha256, "version": text.version}
        records.append(acceptance.signing, RecordKind.CONSENT_WITHDRAWN, facts=facts)
    return bool(acceptances)


def _open(link: SigningLink, signing: SimpleSigning, device: ClientDevice) -> bool:
    if _has_record(signing, RecordKind.LINK_OPENED, link=str(link.pk)):
        return False
    facts = {"link": str(link.pk)}
    records.append(signing, RecordKind.LINK_OPENED, facts=facts, device=device)
    move_progress(signing, Progress.OPENED)
    # Whoever opens the link has got it, even if no delivery report has come.
    rows = SimpleSigning.objects.filter(pk=signing.pk)
    rows.update(reason="")
    rows.filter(state=State.SENT).update(state=State.DELIVERED)
    return True


def _finish(signing: SimpleSigning, state: State, progress: Progress, reason: str = "") -> None:
    now = clock.now()
    signing.state, signing.progress, signing.reason = state, progress, reason
    signing.progress_at = signing.finished_at = now
    signing.save(update_fields=["state", "progress", "reason", "progress_at", "finished_at"])


def _find_shown_pages(signing: SimpleSigning) -> set[int]:
    rows = EvidenceRecord.objects.filter(signing=signing, kind=RecordKind.PAGE_SHOWN)
    return {facts["page"] for facts in rows.values_list("facts", flat=True)}


def _has_record(signing: SimpleSigning, kind: RecordKind, **facts: str) -> bool:
    lookups = {f"facts__{name}": value for name, value in facts.items()}
    return EvidenceRecord.objects.filter(signing=signing, kind=kind, **lookups).exists()
