"""Private keys in files of a protected folder: ``<key_ref>.p12`` or ``<key_ref>.pem``."""

import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.crypto.libgcrypt import EngineError
from edo.signing.certificates import CertificateDetails, read_certificate
from edo.signing.cms_signing import PrivateKey, sign_detached
from edo.signing.private_keys import load_private_key

SYSTEM = "signing"
KEY_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SUFFIXES = (".p12", ".pem")
GROUP_OR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class _LoadedKey:
    key: PrivateKey
    certificate: x509.Certificate
    issuers: Sequence[x509.Certificate]


class LocalKeyFolder:
    """The keys in one folder, all with the same password.

    A PEM file holds the private key (RSA, ECDSA or ГОСТ), then its certificate, then those of its
    issuers. A ГОСТ key cannot be in a p12 file. Raises
    Unavailable for a folder or a file that anybody but its owner may access.
    """

    def __init__(self, folder: Path, password: str) -> None:
        self._folder = folder
        self._password = password.encode() or None

    def has_key(self, key_ref: str) -> bool:
        """Whether there is a file of that key. It may still be unreadable."""
        return self._find(key_ref) is not None

    def list_owners(self) -> dict[str, CertificateDetails]:
        """The certificates of the keys, by key reference."""
        self._require_protected(self._folder)
        names = sorted(path.stem for path in self._folder.iterdir() if path.suffix in SUFFIXES)
        return {name: read_certificate(self._load(name).certificate) for name in names}

    def sign(self, key_ref: str, content: bytes) -> bytes:
        """A detached signature. Raises Unavailable, or Refused with the code `unknown_key`."""
        loaded = self._load(key_ref)
        return sign_detached(
            content,
            key=loaded.key,
            certificate=loaded.certificate,
            issuers=loaded.issuers,
            signed_at=clock.now(),
        )

    def _load(self, key_ref: str) -> _LoadedKey:
        self._require_protected(self._folder)
        path = self._find(key_ref)
        if path is None:
            raise Refused(SYSTEM, "unknown_key")
        self._require_protected(path)
        try:
            return self._read(path)
        except (ValueError, TypeError, EngineError) as error:
            raise Unavailable(SYSTEM, f"the key {key_ref} cannot be opened") from error

    def _find(self, key_ref: str) -> Path | None:
        if not KEY_REF.fullmatch(key_ref):
            return None
        paths = [self._folder / f"{key_ref}{suffix}" for suffix in SUFFIXES]
        return next((path for path in paths if path.is_file()), None)

    def _read(self, path: Path) -> _LoadedKey:
        content = path.read_bytes()
        key: object
        if path.suffix == ".p12":
            key, own, issuers = pkcs12.load_key_and_certificates(content, self._password)
        else:
            key = load_private_key(content, self._password)
            own, *issuers = x509.load_pem_x509_certificates(content)
        if own is None or not isinstance(key, PrivateKey):
            raise ValueError("neither RSA nor ECDSA nor ГОСТ, or no certificate")
        return _LoadedKey(key, own, issuers)

    def _require_protected(self, path: Path) -> None:
        if not path.exists() or path.stat().st_mode & GROUP_OR_OTHERS:
            raise Unavailable(SYSTEM, "the folder of keys is absent or open to others")
