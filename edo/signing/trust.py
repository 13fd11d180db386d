"""Whom we believe: trusted roots and revocation lists. No database."""

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

log = logging.getLogger(__name__)

PEM_MARK = b"-----BEGIN"


class Revocation(StrEnum):
    """What the revocation lists say of a certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Trust:
    """Trusted roots and the revocation lists at hand."""

    roots: tuple[x509.Certificate, ...]
    lists: tuple[x509.CertificateRevocationList, ...] = ()

    @classmethod
    def read(cls, roots: Path, lists: Iterable[Path] = ()) -> "Trust":
        """Reads PEM roots and PEM or DER lists; a file that changes is read anew.

        Raises OSError or ValueError when the roots cannot be read. A list that cannot be read is
        left out (its certificates are then of unknown revocation) and noted in the log.
        """
        return _read(_stamp(roots), tuple(_stamp(path) for path in lists if path.exists()))

    def chain(
        self,
        certificate: x509.Certificate,
        intermediates: Sequence[x509.Certificate],
        at: datetime,
    ) -> list[x509.Certificate] | None:
        """The chain from ``certificate`` to a root, as of ``at``; None when there is none."""
        if not self.roots:
            return None
        policy = PolicyBuilder().store(Store(list(self.roots))).time(at)
        verifier = policy.extension_policies(
            ca_policy=ExtensionPolicy.webpki_defaults_ca(),
            # A signer's certificate is judged by cms.py: it is no web client.
            ee_policy=ExtensionPolicy.permit_all(),
        ).build_client_verifier()
        try:
            return verifier.verify(certificate, list(intermediates)).chain
        except (VerificationError, UnsupportedAlgorithm, ValueError):
            return None

    def revocation(
        self, chain: Sequence[x509.Certificate], at: datetime
    ) -> tuple[Revocation, datetime | None]:
        """Whether a certificate of ``chain`` was revoked by ``at``, and since when.

        GOOD means that a list speaks for the first certificate; the rest of the chain is looked
        up where a list is at hand.
        """
        known = False
        for position, (certificate, issuer) in enumerate(pairwise(chain)):
            for issued in self._lists_of(issuer):
                entry = issued.get_revoked_certificate_by_serial_number(certificate.serial_number)
                if entry is not None and entry.revocation_date_utc <= at:
                    return Revocation.REVOKED, entry.revocation_date_utc
                fresh = issued.next_update_utc is None or issued.next_update_utc >= at
                known = known or (position == 0 and fresh)
        return (Revocation.GOOD if known else Revocation.UNKNOWN), None

    def names_as_revoked(self, certificate: x509.Certificate, at: datetime) -> bool:
        """Whether a list of the certificate's issuer has it, the list itself not proved.

        For a certificate alone, without the chain to its root: enough to warn of it and not to
        sign by it, not to judge a signature.
        """
        for issued in self.lists:
            if issued.issuer == certificate.issuer:
                entry = issued.get_revoked_certificate_by_serial_number(certificate.serial_number)
                if entry is not None and entry.revocation_date_utc <= at:
                    return True
        return False

    def _lists_of(self, issuer: x509.Certificate) -> list[x509.CertificateRevocationList]:
        key = issuer.public_key()
        return [
            item
            for item in self.lists
            if item.issuer == issuer.subject and item.is_signature_valid(key)  # type: ignore[arg-type]
        ]


def installed_trust() -> Trust:
    """The roots and revocation lists of this installation (EDO_TRUST_ROOTS, EDO_CRLS).

    Raises Unavailable when the roots cannot be read: then no signature can be judged.
    """
    try:
        return Trust.read(
            Path(settings.EDO_TRUST_ROOTS), [Path(name) for name in settings.EDO_CRLS]
        )
    except (OSError, ValueError) as error:
        raise Unavailable("trust", "no trusted roots: set EDO_TRUST_ROOTS") from error


def is_known_revoked(pem: str, at: datetime) -> bool:
    """`Trust.names_as_revoked` of this installation; False where nothing can be known."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        return installed_trust().names_as_revoked(certificate, at)
    except (ValueError, Unavailable):
        return False


def _stamp(path: Path) -> tuple[Path, int]:
    return path, path.stat().st_mtime_ns


@lru_cache(maxsize=8)
def _read(roots: tuple[Path, int], lists: tuple[tuple[Path, int], ...]) -> Trust:
    certificates = x509.load_pem_x509_certificates(roots[0].read_bytes())
    loaded = (_load_list(path) for path, _ in lists)
    return Trust(tuple(certificates), tuple(item for item in loaded if item is not None))


def _load_list(path: Path) -> x509.CertificateRevocationList | None:
    content = path.read_bytes()
    try:
        if content.lstrip().startswith(PEM_MARK):
            return x509.load_pem_x509_crl(content)
        return x509.load_der_x509_crl(content)
    except ValueError:
        log.warning("revocation list unreadable file=%s", path.name)
        return None
