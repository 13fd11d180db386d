"""The twin of the test certification authority that signs by ГОСТ, as real authorities do."""

from __future__ import annotations

import datetime as dt
import functools
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from econtract.platform.crypto import libgcrypt
from econtract.platform.crypto.gost import GostPrivateKey
from econtract.sandbox import ca
from econtract.sandbox.ca import BACKDATING, VALIDITY, IssuedKey, Subject
from econtract.sandbox.gost.x509 import Extensions, build_certificate, build_crl

CERTIFICATE_FILE, KEY_FILE, CRL_FILE = "gost-issuing.pem", "gost-issuing.key", "gost-crl.der"


@dataclass(frozen=True)
class GostAuthority:
    """The issuing authority by ГОСТ; it has what `ca.Authority` has."""

    certificate: x509.Certificate
    key: GostPrivateKey

    def issue(
        self,
        subject: Subject,
        not_before: dt.datetime,
        not_after: dt.datetime,
        *,
        is_seal: bool = False,
        is_time_stamp: bool = False,
    ) -> IssuedKey:
        """Generate a key and issue a certificate: a person's, a seal's, a time-stamp service's."""
        key = GostPrivateKey.generate()
        usage = ca.key_usage(digital_signature=True, content_commitment=not is_seal)
        extensions: Extensions = [
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (usage, True),
            *([(x509.ExtendedKeyUsage([ca.DOCUMENT_SIGNING]), False)] if is_seal else []),
            *([(ca.TIME_STAMPING, True)] if is_time_stamp else []),
            *((extension, False) for extension in ca.build_addresses(CRL_FILE)),
        ]
        certificate = build_certificate(
            subject=subject.name(),
            issuer=self.certificate.subject,
            public_key=key.public_key,
            not_before=not_before,
            not_after=not_after,
            extensions=extensions,
            issuer_key=self.key,
        )
        return IssuedKey(
            key.to_pkcs8(), certificate.public_bytes(Encoding.DER), not_before, not_after
        )

    def revocation_list(
        self,
        revocations: list[tuple[bytes, dt.datetime]],
        last_update: dt.datetime,
        next_update: dt.datetime,
        *,
        number: int = 1,
    ) -> bytes:
        """A CRL in DER of these (certificate, revocation date) pairs."""
        return build_crl(
            issuer=self.certificate.subject,
            issuer_key=self.key,
            last_update=last_update,
            next_update=next_update,
            number=number,
            revocations=[
                (x509.load_der_x509_certificate(certificate).serial_number, revoked_at)
                for certificate, revoked_at in revocations
            ],
        )


def get_issuer() -> ca.Authority | GostAuthority:
    """The authority that issues new keys: by ГОСТ, unless the set-up has not created that one."""
    return load() if is_wanted() and exists() else ca.load()


def is_wanted() -> bool:
    """Whether keys shall be by ГОСТ: SANDBOX_SIGNATURES, and libgcrypt must be there."""
    if settings.SANDBOX_SIGNATURES != "gost":
        return False
    try:
        libgcrypt.load()
    except libgcrypt.EngineError:
        return False
    return True


def exists() -> bool:
    """Whether the set-up has created the authority."""
    return (settings.CA_DIR / KEY_FILE).exists()


def create(directory: Path, twin: ca.Authority, now: dt.datetime) -> GostAuthority:
    """Create a root and the issuing authority under it, for the same time as the ``twin``.

    Adds the root to `roots.pem` and writes certificate, key and an empty revocation list. The
    root's private key is not stored: the root issues nothing else.
    """
    root_key, key = GostPrivateKey.generate(), GostPrivateKey.generate()
    root_name = ca.build_ca_name("Тестовый корень E-Contract (ГОСТ)")
    name = ca.build_ca_name("Тестовый УЦ E-Contract (ГОСТ)")
    root, certificate = (
        build_certificate(
            subject=subject,
            issuer=root_name,
            public_key=subject_key.public_key,
            not_before=twin.certificate.not_valid_before_utc,
            not_after=twin.certificate.not_valid_after_utc,
            extensions=[
                (x509.BasicConstraints(ca=True, path_length=path_length), True),
                (ca.key_usage(key_cert_sign=True, crl_sign=True), True),
            ],
            issuer_key=root_key,
        )
        for subject, subject_key, path_length in ((root_name, root_key, 1), (name, key, 0))
    )
    authority = GostAuthority(certificate, key)
    (directory / CERTIFICATE_FILE).write_bytes(certificate.public_bytes(Encoding.PEM))
    crl = authority.revocation_list([], now - BACKDATING, now + VALIDITY)
    (directory / CRL_FILE).write_bytes(crl)
    roots = (twin.root, root)
    (directory / "roots.pem").write_bytes(
        b"".join(item.public_bytes(Encoding.PEM) for item in roots)
    )
    # The last file: `exists` looks for it.
    descriptor = os.open(directory / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.to_pkcs8())
    load.cache_clear()
    return authority


@functools.cache
def load() -> GostAuthority:
    """The authority of this data directory, cached; FileNotFoundError before set-up."""
    directory = settings.CA_DIR
    return GostAuthority(
        x509.load_pem_x509_certificate((directory / CERTIFICATE_FILE).read_bytes()),
        GostPrivateKey.from_pkcs8((directory / KEY_FILE).read_bytes()),
    )
