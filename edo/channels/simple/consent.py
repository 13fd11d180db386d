"""The consent to personal data: withdrawn, and given again, on «Мои документы»."""

from django.db import transaction
from django.db.models import QuerySet

from clients.messages.reasons import CONSENT_WITHDRAWN
from econtract.platform.common import clock
from edo import records
from edo.channels.simple.agreements import find_missing_texts, has_withdrawn_consent
from edo.evidence_chain.kinds import RecordKind
from edo.models import AgreementAcceptance, AgreementText, SigningCode, SimpleSigning
from edo.records import ClientDevice, Fact

PERSONAL_DATA = AgreementText.Kind.PERSONAL_DATA


@transaction.atomic
def withdraw_consent(contact_id: int) -> bool:
    """Withdraw the consent to personal data; signatures stay. False if there was none.

    Codes that the person has got end: one that was created before a renewed consent would prove
    nothing.
    """
    rows = AgreementAcceptance.objects.filter(
        contact_id=contact_id, text__kind=PERSONAL_DATA, withdrawn_at=None
    )
    acceptances = list(rows.select_for_update().select_related("signing", "text"))
    live = list(_find_live(contact_id).defer("sender_signature"))
    for acceptance in acceptances:
        acceptance.withdrawn_at = clock.now()
        acceptance.save(update_fields=["withdrawn_at"])
        # Where it was given, and wherever it is relied on.
        signings = {signing.pk: signing for signing in [acceptance.signing, *live]}
        for _, signing in sorted(signings.items()):
            records.append(signing, RecordKind.CONSENT_WITHDRAWN, facts=_describe(acceptance.text))
    if acceptances:
        codes = SigningCode.objects.filter(signing__in=live, ended_at=None)
        codes.update(ended_at=clock.now(), encrypted_code="")
        _find_live(contact_id).update(reason=CONSENT_WITHDRAWN.message)
    return bool(acceptances)


def find_text_to_renew(contact_id: int) -> AgreementText | None:
    """The text that a person who has withdrawn the consent may accept again."""
    if not has_withdrawn_consent(contact_id):
        return None
    texts = find_missing_texts(contact_id)
    return next((text for text in texts if text.kind == PERSONAL_DATA), None)


@transaction.atomic
def renew_consent(contact_id: int, text: AgreementText, device: ClientDevice) -> None:
    """Record that the person accepts ``text`` after a withdrawal.

    It belongs to the chain of the signing whose consent was withdrawn. Once: a repeat does nothing.
    """
    rows = AgreementAcceptance.objects.filter(contact_id=contact_id, text__kind=PERSONAL_DATA)
    # Locked, so that of two requests at once one sees what the other has stored.
    last = rows.select_for_update().select_related("signing").order_by("-pk").first()
    if last is None or find_text_to_renew(contact_id) != text:
        return
    AgreementAcceptance.objects.create(contact_id=contact_id, text=text, signing=last.signing)
    for kind in (RecordKind.CONSENT_SHOWN, RecordKind.CONSENT_ACCEPTED):
        records.append(last.signing, kind, facts=_describe(text), device=device)
    clear_withdrawal(contact_id)


def clear_withdrawal(contact_id: int) -> None:
    """The card no longer says that the consent is withdrawn: it has just been given again."""
    _find_live(contact_id).filter(reason=CONSENT_WITHDRAWN.message).update(reason="")


def _find_live(contact_id: int) -> QuerySet[SimpleSigning]:
    return SimpleSigning.objects.filter(
        signer__contact=contact_id, state__in=SimpleSigning.LIVE_STATES
    )


def _describe(text: AgreementText) -> dict[str, Fact]:
    return {"text_sha256": text.sha256, "version": text.version}
