"""The trust store of this installation: files of the settings, and the database.

Certificates, terms and CRLs are cached in each process. Every few seconds one query asks whether
another process has changed them.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from cryptography import x509
from django.conf import settings
from django.db import transaction

from econtract.platform.common.errors import Unavailable
from edo.models import AuthorityCertificate, OcspResponse, RevocationList, TrustVersion
from edo.signing.accreditation import Accreditation
from edo.signing.trust import TrustStore, load_from_settings

VERSION_CHECK_SECONDS = 3.0
# Lists may have megabytes each; a process needs those of a few authorities at a time.
MAX_LOADED_CRLS = 40


@dataclass(frozen=True)
class _Authorities:
    """The certificates and terms of the accepted lists, as of a version of them."""

    version: int = -1
    certificates: tuple[x509.Certificate, ...] = ()
    accreditations: tuple[Accreditation, ...] = ()


@dataclass
class _Archive:
    """The CRLs and OCSP responses of the database: their keys at once, contents when needed."""

    version: int = -1
    crl_keys: dict[bytes, list[tuple[int, str]]] = field(default_factory=dict)
    ocsp_serials: frozenset[str] = frozenset()

    def find_crls(self, issuer: x509.Name) -> Sequence[x509.CertificateRevocationList]:
        keys = self.crl_keys.get(issuer.public_bytes(), ())
        return [crl for key in keys if (crl := _load_crl(*key)) is not None]

    def find_ocsp_responses(self, serial_number: int) -> Sequence[bytes]:
        serial = format_serial(serial_number)
        if serial not in self.ocsp_serials:
            return ()
        responses = OcspResponse.objects.filter(serial=serial)
        return [bytes(content) for content in responses.values_list("content", flat=True)]


@dataclass(frozen=True)
class _CombinedStore:
    """A store, and what it was made of."""

    files: TrustStore
    authorities: _Authorities
    archive: _Archive
    store: TrustStore

    def is_made_of(self, files: TrustStore, authorities: _Authorities, archive: _Archive) -> bool:
        return self.files is files and self.authorities is authorities and self.archive is archive


class _Cache:
    """What this process has loaded. One instance; `lock` guards every change."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.checked_at = float("-inf")
        self.authorities = _Authorities()
        self.archive = _Archive()
        self.stores: dict[str, _CombinedStore] = {}
        self.crls: OrderedDict[tuple[int, str], x509.CertificateRevocationList] = OrderedDict()


_cache = _Cache()


def load_trust_store() -> TrustStore:
    """The roots of EDO_TRUST_ROOTS, the CRLs of EDO_CRLS, and all that the database has.

    Raises Unavailable when the roots cannot be read: no signature can be verified then.
    """
    return _load(settings.EDO_TRUST_ROOTS)


def load_seal_trust_store() -> TrustStore:
    """The same with the roots of our seal (SEAL_TRUST_ROOTS); raises as `load_trust_store`."""
    return _load(settings.SEAL_TRUST_ROOTS or settings.EDO_TRUST_ROOTS)


def is_known_revoked(pem: str, at: datetime) -> bool:
    """`TrustStore.is_listed_as_revoked` for a PEM certificate; False when it cannot be checked."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        return load_trust_store().is_listed_as_revoked(certificate, at)
    except (ValueError, Unavailable):
        return False


def mark_changed(*, authorities: bool = False, revocation: bool = False) -> None:
    """Have all processes load again what has changed. Call it in the transaction of the change."""
    # Random: after a rollback the same number never means something else.
    number = secrets.randbits(62) + 1
    changes = {"authorities": authorities, "revocation": revocation}
    TrustVersion.objects.update_or_create(
        pk=1, defaults={name: number for name, is_changed in changes.items() if is_changed}
    )
    transaction.on_commit(forget)


def forget() -> None:
    """Look at the database at the next call."""
    with _cache.lock:
        _cache.checked_at = float("-inf")


def format_serial(serial_number: int) -> str:
    """A serial number as `OcspResponse` stores it."""
    return f"{serial_number:X}"


def _load(roots: str) -> TrustStore:
    files = load_from_settings(roots)
    with _cache.lock:
        _refresh()
        parts = (files, _cache.authorities, _cache.archive)
        combined = _cache.stores.get(roots)
        if combined is None or not combined.is_made_of(*parts):
            combined = _cache.stores[roots] = _CombinedStore(*parts, _combine(*parts))
        return combined.store


def _combine(files: TrustStore, authorities: _Authorities, archive: _Archive) -> TrustStore:
    """The lists are the better source: for their authorities the file's terms do not count.

    Only the file says that an authority is for tests.
    """
    tests = {item.sha256 for item in files.accreditations if item.is_test}
    terms = [replace(item, is_test=item.sha256 in tests) for item in authorities.accreditations]
    listed = {item.sha256 for item in terms}
    terms += [item for item in files.accreditations if item.sha256 not in listed]
    return replace(
        files,
        authorities=authorities.certificates,
        accreditations=tuple(terms),
        archive=archive,
    )


def _refresh() -> None:
    """Load again what has changed, if it is time to look."""
    now = time.monotonic()
    if now - _cache.checked_at < VERSION_CHECK_SECONDS:
        return
    version = TrustVersion.objects.filter(pk=1).first() or TrustVersion()
    if version.authorities != _cache.authorities.version:
        _cache.authorities = _load_authorities(version.authorities)
    if version.revocation != _cache.archive.version:
        _cache.archive = _load_archive(version.revocation)
    _cache.checked_at = now


def _load_authorities(version: int) -> _Authorities:
    if not version:
        return _Authorities(version)
    rows = list(AuthorityCertificate.objects.all())
    return _Authorities(
        version,
        tuple(x509.load_der_x509_certificate(bytes(row.content)) for row in rows),
        tuple(
            Accreditation(
                row.sha256,
                row.authority,
                date.fromisoformat(term["from"]),
                date.fromisoformat(term["until"]) if term["until"] else None,
            )
            for row in rows
            for term in row.terms
        ),
    )


def _load_archive(version: int) -> _Archive:
    if not version:
        return _Archive(version)
    archive = _Archive(
        version, ocsp_serials=frozenset(OcspResponse.objects.values_list("serial", flat=True))
    )
    lists = RevocationList.objects.exclude(sha256="").only("pk", "sha256", "issuer_certificate")
    for row in lists:
        issuer = x509.load_der_x509_certificate(bytes(row.issuer_certificate))
        keys = archive.crl_keys.setdefault(issuer.subject.public_bytes(), [])
        # Mirrors of an authority have the same list: it is needed once.
        if row.sha256 not in {sha256 for _, sha256 in keys}:
            keys.append((row.pk, row.sha256))
    return archive


def _load_crl(pk: int, sha256: str) -> x509.CertificateRevocationList | None:
    key = (pk, sha256)
    with _cache.lock:
        if key in _cache.crls:
            _cache.crls.move_to_end(key)
            return _cache.crls[key]
        row = RevocationList.objects.filter(pk=pk).only("content").first()
        if row is None or not row.content:
            return None
        crl = x509.load_der_x509_crl(bytes(row.content))
        _cache.crls[key] = crl
        while len(_cache.crls) > MAX_LOADED_CRLS:
            _cache.crls.popitem(last=False)
        return crl
