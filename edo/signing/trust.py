"""Trusted root certificates and certificate revocation lists (CRLs). No database."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.verification import (
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)
from django.conf import settings

from econtract.platform.common.errors import Unavailable
from edo.signing import accreditation
from edo.signing.accreditation import Accreditation, load_accreditations

log = logging.getLogger(__name__)

PEM_MARK = b"-----BEGIN"


class RevocationStatus(StrEnum):
    """What the CRLs say about a certificate. UNKNOWN: no fresh list of its issuer is at hand."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class TrustStore:
    """The root certificates that we trust, the CRLs that are at hand, and the accreditations."""

    roots: tuple[x509.Certificate, ...]
    crls: tuple[x509.CertificateRevocationList, ...] = ()
    accreditations: tuple[Accreditation, ...] = ()

    @classmethod
    def load(cls, roots: Path, crls: Iterable[Path] = ()) -> "TrustStore":
        """Read roots (PEM) and CRLs (PEM or DER) from files; a changed file is read again.

        Accreditations come from `accreditations.json` beside the roots, if it is there. Raises
        OSError or ValueError when one of the two cannot be read. A CRL that cannot be read is
        skipped and logged: the revocation of its certificates is then unknown.
        """
        existing = (path for path in crls if path.exists())
        accreditations = roots.with_name(accreditation.NAME)
        return _load(
            _with_mtime(roots),
            tuple(_with_mtime(path) for path in existing),
            _with_mtime(accreditations) if accreditations.exists() else None,
        )

    def build_chain(
        self,
        certificate: x509.Certificate,
        intermediates: Sequence[x509.Certificate],
        at: datetime,
    ) -> list[x509.Certificate] | None:
        """The chain from ``certificate`` to a root, valid at ``at``; None when there is none."""
        if not self.roots:
            return None
        policy = PolicyBuilder().store(Store(list(self.roots))).time(at)
        verifier = policy.extension_policies(
            ca_policy=ExtensionPolicy.webpki_defaults_ca(),
            # The certificate of a signer is not one of a web client: cms.py checks its key usage.
            ee_policy=ExtensionPolicy.permit_all(),
        ).build_client_verifier()
        try:
            return verifier.verify(certificate, list(intermediates)).chain
        except (VerificationError, UnsupportedAlgorithm, ValueError):
            return None

    def check_revocation(
        self, chain: Sequence[x509.Certificate], at: datetime
    ) -> tuple[RevocationStatus, datetime | None]:
        """Whether a certificate of ``chain`` was revoked by ``at``, and since when.

        GOOD requires a fresh CRL for the first certificate. The others are looked up only in the
        CRLs that are at hand.
        """
        is_known = False
        for position, (certificate, issuer) in enumerate(pairwise(chain)):
            for crl in self._get_crls_of(issuer):
                entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
                if entry is not None and entry.revocation_date_utc <= at:
                    return RevocationStatus.REVOKED, entry.revocation_date_utc
                is_fresh = crl.next_update_utc is None or crl.next_update_utc >= at
                is_known = is_known or (position == 0 and is_fresh)
        return (RevocationStatus.GOOD if is_known else RevocationStatus.UNKNOWN), None

    def is_listed_as_revoked(self, certificate: x509.Certificate, at: datetime) -> bool:
        """Whether a CRL with the issuer's name lists ``certificate``.

        The chain and the signature of the CRL are not checked. That is enough to warn and to
        refuse to sign, but not to judge a signature.
        """
        for crl in self.crls:
            if crl.issuer == certificate.issuer:
                entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
                if entry is not None and entry.revocation_date_utc <= at:
                    return True
        return False

    def _get_crls_of(self, issuer: x509.Certificate) -> list[x509.CertificateRevocationList]:
        key = issuer.public_key()
        return [
            crl
            for crl in self.crls
            if crl.issuer == issuer.subject and crl.is_signature_valid(key)  # type: ignore[arg-type]
        ]


def load_trust_store() -> TrustStore:
    """The roots and CRLs of this installation (EDO_TRUST_ROOTS, EDO_CRLS).

    Raises Unavailable when the roots cannot be read: no signature can be verified then.
    """
    return _load_from_settings(settings.EDO_TRUST_ROOTS)


def load_seal_trust_store() -> TrustStore:
    """The roots of our seal (SEAL_TRUST_ROOTS); raises as `load_trust_store`."""
    return _load_from_settings(settings.SEAL_TRUST_ROOTS or settings.EDO_TRUST_ROOTS)


def is_known_revoked(pem: str, at: datetime) -> bool:
    """`TrustStore.is_listed_as_revoked` for a PEM certificate; False when it cannot be checked."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        return load_trust_store().is_listed_as_revoked(certificate, at)
    except (ValueError, Unavailable):
        return False


def _load_from_settings(roots: str) -> TrustStore:
    try:
        return TrustStore.load(Path(roots), [Path(name) for name in settings.EDO_CRLS])
    except (OSError, ValueError) as error:
        raise Unavailable(
            "trust", f"no trusted roots: set EDO_TRUST_ROOTS and SEAL_TRUST_ROOTS ({error})"
        ) from error


def _with_mtime(path: Path) -> tuple[Path, int]:
    return path, path.stat().st_mtime_ns


@lru_cache(maxsize=8)
def _load(
    roots: tuple[Path, int],
    crls: tuple[tuple[Path, int], ...],
    accreditations: tuple[Path, int] | None,
) -> TrustStore:
    certificates = x509.load_pem_x509_certificates(roots[0].read_bytes())
    loaded = (_load_crl(path) for path, _ in crls)
    return TrustStore(
        tuple(certificates),
        tuple(crl for crl in loaded if crl is not None),
        load_accreditations(accreditations[0]) if accreditations else (),
    )


def _load_crl(path: Path) -> x509.CertificateRevocationList | None:
    content = path.read_bytes()
    try:
        if content.lstrip().startswith(PEM_MARK):
            return x509.load_pem_x509_crl(content)
        return x509.load_der_x509_crl(content)
    except ValueError:
        log.warning("revocation list unreadable file=%s", path.name)
        return None
