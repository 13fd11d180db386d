"""Trusted root certificates and certificate revocation lists (CRLs). No database."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography import x509
from django.conf import settings

from econtract.platform.common.errors import Unavailable
from edo.signing import accreditation
from edo.signing.accreditation import Accreditation, load_accreditations
from edo.signing.chains import find_chains
from edo.signing.revocation import Revocation, RevocationArchive, RevocationSources

log = logging.getLogger(__name__)

PEM_MARK = b"-----BEGIN"


@dataclass(frozen=True)
class TrustStore:
    """The certificates that we trust, the CRLs and OCSP responses at hand, the accreditations.

    `authorities` complete chains from which the signer has left them out; they are trusted only
    as far as a root vouches for them. `archive` has more CRLs and OCSP responses.
    """

    roots: tuple[x509.Certificate, ...]
    crls: tuple[x509.CertificateRevocationList, ...] = ()
    accreditations: tuple[Accreditation, ...] = ()
    ocsp_responses: tuple[bytes, ...] = ()
    authorities: tuple[x509.Certificate, ...] = ()
    archive: RevocationArchive | None = None

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
        """The chain from ``certificate`` to a root, valid at ``at``; None when there is none.

        Raises UnverifiableChain when we cannot tell.
        """
        known = self._find_authorities([certificate, *intermediates])
        chains = find_chains(certificate, (*intermediates, *known), self.roots)
        chain = next((chain for chain in chains if chain.is_valid_at(at)), None)
        return list(chain.certificates) if chain else None

    def check_revocation(self, chain: Sequence[x509.Certificate], at: datetime) -> Revocation:
        """Whether a certificate of ``chain`` was revoked by ``at``."""
        sources = RevocationSources(self.crls, self.ocsp_responses, self.archive)
        return sources.check(chain, at)

    def is_listed_as_revoked(self, certificate: x509.Certificate, at: datetime) -> bool:
        """Whether a CRL with the issuer's name lists ``certificate``.

        The chain and the signature of the CRL are not checked. That is enough to warn and to
        refuse to sign, but not to judge a signature.
        """
        more = self.archive.find_crls(certificate.issuer) if self.archive else ()
        for crl in (*self.crls, *more):
            if crl.issuer == certificate.issuer:
                entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
                if entry is not None and entry.revocation_date_utc <= at:
                    return True
        return False

    @cached_property
    def _authorities_by_subject(self) -> dict[x509.Name, list[x509.Certificate]]:
        by_subject: dict[x509.Name, list[x509.Certificate]] = {}
        for certificate in self.authorities:
            by_subject.setdefault(certificate.subject, []).append(certificate)
        return by_subject

    def _find_authorities(
        self, certificates: Sequence[x509.Certificate]
    ) -> tuple[x509.Certificate, ...]:
        """Those of `authorities` that may stand above ``certificates``."""
        issuers: list[x509.Certificate] = []
        names = {certificate.issuer for certificate in certificates}
        while names and self.authorities:
            additions = [
                item
                for name in names
                for item in self._authorities_by_subject.get(name, ())
                if item not in issuers and item not in certificates
            ]
            issuers += additions
            names = {item.issuer for item in additions}
        return tuple(issuers)


def load_from_settings(roots: str) -> TrustStore:
    """The file ``roots`` with the CRLs of EDO_CRLS.

    Raises Unavailable when the roots cannot be read: no signature can be verified then.
    """
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
