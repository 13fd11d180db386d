"""The seal of our organisation: an unattended signature over evidence that E-Contract makes.

A person signs a contract with their own certificate. The seal says only that E-Contract has issued
exactly these bytes, so its key (SEAL_KEY) has a certificate of its own that names no person.
"""

import hashlib
from uuid import UUID, uuid5

from django.conf import settings

from econtract.platform.common.errors import Refused, Unavailable
from edo.signing.providers.protocol import SYSTEM, ConfirmationPending
from edo.signing.providers.registry import get_seal_service
from edo.signing.seal_checks import check_seal
from edo.trust.store import load_seal_trust_store

_IDEMPOTENCY = UUID("5f4b7a0c-35b7-4b0e-9a52-7d8b1f0f3c1e")


def seal(content: bytes) -> bytes:
    """A detached CMS signature (DER) over exactly ``content``, made with the key of our seal.

    It is checked before it is returned. A repeat for the same content uses the same idempotency
    key, but the caller must store the seal: a service may sign a repeat anew. Raises Unavailable
    whenever there is no valid seal, also when the key is unknown: an administrator can mend that.
    """
    key = uuid5(_IDEMPOTENCY, hashlib.sha256(content).hexdigest())
    try:
        signature = get_seal_service().sign(settings.SEAL_KEY, content, key)
    except Refused as refusal:
        raise Unavailable(SYSTEM, f"the seal key is refused: {refusal.code}") from refusal
    except ConfirmationPending as pending:
        raise Unavailable(SYSTEM, "the seal key waits for a person") from pending
    report = check_seal(content, signature, trust=load_seal_trust_store())
    if not report.is_valid:
        codes = ", ".join(reason.code for reason in (*report.problems, *report.doubts))
        raise Unavailable(SYSTEM, f"the seal is not valid: {codes}")
    return signature
