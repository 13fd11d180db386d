"""What Diadoc's errors mean. Only what is known to be final is a refusal."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from econtract.platform.common.errors import Refused, Unavailable
from edo.channels.operator.values import OperatorRefusalCode

log = logging.getLogger(__name__)

SYSTEM = "edo"
NOT_FOUND = 404
# A code of Unavailable: our user has no rights to the box, or the API client is blocked.
BOX_FORBIDDEN = "box_forbidden"

# By the header X-Diadoc-ErrorCode.
FINAL_CODES = {
    "DocumentService.DocumentIsRevokedOrRevocationIsInProgress": (
        OperatorRefusalCode.ALREADY_REVOKED
    ),
    "DocumentService.InvalidDocumentState": OperatorRefusalCode.STATE_CONFLICT,
    "DocumentService.NotAllowedToSignWithPowerOfAttorney": (
        OperatorRefusalCode.POWER_OF_ATTORNEY_INVALID
    ),
    "Invitations.RecipientInvitationRequiresResponse": OperatorRefusalCode.INVITATION_UNANSWERED,
}
# By the status and a part of the text, in lower case.
FINAL_TEXTS = (
    (409, "messages only from counteragents", OperatorRefusalCode.STRANGER_FORBIDDEN),
    (409, "messages from blocked senders", OperatorRefusalCode.SENDER_BLOCKED),
    (409, "состояние документа не позволяет", OperatorRefusalCode.STATE_CONFLICT),
    (409, "роуминг", OperatorRefusalCode.ROAMING_UNAVAILABLE),
    (409, "roaming", OperatorRefusalCode.ROAMING_UNAVAILABLE),
    (403, "ликвидирован", OperatorRefusalCode.RECIPIENT_LIQUIDATED),
    (403, "liquidated", OperatorRefusalCode.RECIPIENT_LIQUIDATED),
    (400, "powerofattorney", OperatorRefusalCode.POWER_OF_ATTORNEY_INVALID),
)
FINAL_STATUSES = {413: OperatorRefusalCode.TOO_LARGE}


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise Diadoc's errors as those that `OperatorGateway` promises.

    A malformed response is Unavailable: the operator is at fault, and may mend it.
    """
    try:
        yield
    except Refused as refusal:
        raise translate(refusal) from refusal
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Unavailable(SYSTEM, "the response is malformed") from error


def translate(refusal: Refused) -> Refused | Unavailable:
    """A refusal with an `OperatorRefusalCode`, or Unavailable when in doubt.

    The unknown code goes into Unavailable: the administrator sees it beside the parked job.
    """
    if refusal.status is None:  # translated already, or refused on our side
        return refusal
    text = refusal.text.lower()
    code = FINAL_CODES.get(refusal.code) or FINAL_STATUSES.get(refusal.status)
    for status, part, meaning in FINAL_TEXTS:
        if code is None and status == refusal.status and part in text:
            code = meaning
    if code is not None:
        return Refused(SYSTEM, code, refusal.text)
    if refusal.status == 403:
        log.error("outside system=%s blocked status=403 code=%s", SYSTEM, BOX_FORBIDDEN)
        return Unavailable(SYSTEM, refusal.text, code=BOX_FORBIDDEN)
    return Unavailable(SYSTEM, f"answered {refusal.status}: {refusal.text}", code=refusal.code)
