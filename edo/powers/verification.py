"""Verifying powers of attorney by the settings of this installation."""

from datetime import datetime
from hashlib import md5
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from econtract.platform.common.refusals import Refusal
from edo.models import PowerOfAttorney, Signatory
from edo.powers import mchd_checks
from edo.powers.mchd_checks import PowerOfAttorneyReport, PowerRequirements
from edo.signing.certificates import read_pem_certificate
from edo.trust.store import load_trust_store

POWER_CHECK_CACHE_SECONDS = 30


def verify_power_of_attorney(
    *,
    signatory: Signatory,
    principal_inn: str,
    xml: bytes,
    signature: bytes,
    at: datetime,
    revoked_at: datetime | None = None,
) -> PowerOfAttorneyReport:
    """`mchd_checks.verify` for a use by ``signatory`` at ``at``.

    Raises Unavailable when the trusted roots cannot be read, ValueError when the signatory's
    certificate cannot be.
    """
    requirements = PowerRequirements(
        principal_inn=principal_inn,
        representative=read_pem_certificate(signatory.certificate_pem),
        power_codes=settings.MCHD_POWER_CODES,
        schema=Path(settings.MCHD_XSD) if settings.MCHD_XSD else None,
    )
    return mchd_checks.verify(
        xml,
        signature,
        requirements=requirements,
        trust=load_trust_store(),
        at=at,
        revoked_at=revoked_at,
    )


def find_power_problems(
    power: PowerOfAttorney, *, signatory: Signatory, principal_inn: str, at: datetime, fresh: bool
) -> tuple[Refusal, ...]:
    """Why ``power`` is not valid, cached for up to POWER_CHECK_CACHE_SECONDS.

    Verifying is expensive, and an open card asks every five seconds. Another power of attorney,
    certificate or revocation date is a cache miss; changed files of roots and CRLs are noticed
    when the entry expires. ``fresh`` skips the cache. Raises as `verify_power_of_attorney`.
    """
    inputs = (
        *(power.registration_number, power.created_at, power.revoked_at, principal_inn),
        *(signatory.certificate_pem, int(at.timestamp()) // POWER_CHECK_CACHE_SECONDS),
    )
    key = "power-check:" + md5(repr(inputs).encode(), usedforsecurity=False).hexdigest()
    problems: tuple[Refusal, ...] | None = None if fresh else cache.get(key)
    if problems is None:
        # Both are deferred: they are large, and only this check reads them.
        power.refresh_from_db(fields=["xml", "signature"])
        problems = verify_power_of_attorney(
            signatory=signatory,
            principal_inn=principal_inn,
            xml=bytes(power.xml),
            signature=bytes(power.signature),
            at=at,
            revoked_at=power.revoked_at,
        ).reasons
        cache.set(key, problems, POWER_CHECK_CACHE_SECONDS)
    return problems
