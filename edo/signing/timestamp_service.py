"""The time-stamp service (RFC 3161 over HTTP, TSP_URL): getting a token over our bytes."""

import logging
import secrets
from datetime import timedelta

from asn1crypto import cms, core, tsp
from django.conf import settings

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.http import OutsideHttp
from edo.crypto import digests
from edo.crypto.digests import NAMES_BY_OID
from edo.crypto.errors import UnsupportedAlgorithm
from edo.signing.timestamps import verify_stamp
from edo.signing.trust import TrustStore

log = logging.getLogger(__name__)

SYSTEM = "tsp"
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
MAX_RESPONSE_BYTES = 1024 * 1024
NONCE_BITS = 63
TIMESTAMP_DIGESTS = ("sha256", "streebog256")
GRANTED = {"granted", "granted_with_mods"}
OIDS = {name: oid for oid, name in NAMES_BY_OID.items()}
# Clocks that differ more are worth a look: the service's time is what counts.
MAX_CLOCK_DIFFERENCE = timedelta(minutes=5)
# Refusals that may pass: the service's clock or something else of it is out of order.
TEMPORARY_FAILURES = {"time_not_available", "system_failure"}


class TimeStampResponse(core.Sequence):
    """A TimeStampResp; asn1crypto's own class cannot be one without a token."""

    _fields = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def has_timestamp_service() -> bool:
    """Whether this installation has a time-stamp service."""
    return bool(settings.OUTSIDE[SYSTEM]["url"])


def request_timestamp(content: bytes, *, trust: TrustStore) -> bytes:
    """A new time-stamp token (DER) over ``content``, with the service's certificate inside.

    The token is checked before it is returned. Every call makes another token, so the caller must
    store it. Raises Refused with the service's reason, and Unavailable whenever there is no valid
    token, also when ``trust`` has no root of the service: an administrator can mend that.
    """
    try:
        digest = digests.digest(settings.TSP_DIGEST, content)
    except UnsupportedAlgorithm as error:
        raise Unavailable(SYSTEM, f"TSP_DIGEST cannot be computed: {error}") from error
    nonce = secrets.randbits(NONCE_BITS) + 1
    query = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": OIDS[settings.TSP_DIGEST]},
                "hashed_message": digest,
            },
            "nonce": nonce,
            "cert_req": True,
        }
    )
    response = OutsideHttp(SYSTEM).request(
        "POST",
        "",
        content=query.dump(),
        content_type=QUERY,
        accept=REPLY,
        max_response_bytes=MAX_RESPONSE_BYTES,
    )
    token = _read_token(response.content, nonce)
    report = verify_stamp(token, lambda name: digests.digest(name, content), trust=trust)
    if not report.is_valid or report.stamped_at is None:
        codes = ", ".join(reason.code for reason in (*report.problems, *report.doubts))
        raise Unavailable(SYSTEM, f"the time-stamp is not valid: {codes}")
    difference = abs(report.stamped_at - clock.now())
    if difference > MAX_CLOCK_DIFFERENCE:
        log.warning("time-stamp clock differs seconds=%d", difference.total_seconds())
    return token


def _read_token(encoded: bytes, nonce: int) -> bytes:
    """The token of a TimeStampResp. Raises Refused or Unavailable."""
    try:
        response = TimeStampResponse.load(encoded, strict=True)
        status = response["status"]
        if status["status"].native not in GRANTED:
            raise _build_refusal(set(status["fail_info"].native or ()))
        token = response["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        is_ours = info["nonce"].native == nonce
        der = bytes(token.dump())
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Unavailable(SYSTEM, "the answer is not a time-stamp") from None
    if not is_ours:
        raise Unavailable(SYSTEM, "the time-stamp answers another request")
    return der


def _build_refusal(reasons: set[str]) -> Refused | Unavailable:
    text = ", ".join(sorted(reasons))
    if not reasons or reasons & TEMPORARY_FAILURES:
        return Unavailable(SYSTEM, f"no time-stamp: {text or 'no reason'}")
    return Refused(SYSTEM, "timestamp_rejected", text)
