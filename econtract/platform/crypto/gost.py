"""Streebog (ГОСТ Р 34.11-2012), and signatures of ГОСТ Р 34.10-2012 with keys as in RFC 9215.

The same signatures with the digest of ГОСТ Р 34.11-94 are the ones of 2001; they are verified for
the sake of old certification authorities.
"""

from dataclasses import dataclass

from asn1crypto import core, keys

from econtract.platform.crypto import libgcrypt
from econtract.platform.crypto.libgcrypt import EngineError

STREEBOG_256, STREEBOG_512, GOST_94 = "streebog256", "streebog512", "gost94"
# The number of each digest in libgcrypt, and its size.
_DIGESTS = {STREEBOG_256: (309, 32), STREEBOG_512: (310, 64), GOST_94: (311, 32)}
DIGESTS_BY_OID = {
    "1.2.643.7.1.1.2.2": STREEBOG_256,
    "1.2.643.7.1.1.2.3": STREEBOG_512,
    "1.2.643.2.2.9": GOST_94,
}
OIDS_OF_DIGESTS = {name: oid for oid, name in DIGESTS_BY_OID.items()}
KEY_256, KEY_512, KEY_2001 = "1.2.643.7.1.1.1.1", "1.2.643.7.1.1.1.2", "1.2.643.2.2.19"
SIGNATURE_256, SIGNATURE_512 = "1.2.643.7.1.1.3.2", "1.2.643.7.1.1.3.3"
# The digest that a signature algorithm names; the other one is that of a key of this type.
DIGESTS_OF_SIGNATURES = {
    KEY_256: STREEBOG_256,
    KEY_512: STREEBOG_512,
    KEY_2001: GOST_94,
    SIGNATURE_256: STREEBOG_256,
    SIGNATURE_512: STREEBOG_512,
    "1.2.643.2.2.3": GOST_94,
}
# The names of the curves in libgcrypt, which does not know every identifier that they have.
_CURVES_256 = {
    "1.2.643.2.2.35.0": "GOST2001-test",
    "1.2.643.2.2.35.1": "GOST2001-CryptoPro-A",
    "1.2.643.2.2.35.2": "GOST2001-CryptoPro-B",
    "1.2.643.2.2.35.3": "GOST2001-CryptoPro-C",
    "1.2.643.2.2.36.0": "GOST2001-CryptoPro-A",  # XchA
    "1.2.643.2.2.36.1": "GOST2001-CryptoPro-C",  # XchB
    "1.2.643.7.1.2.1.1.1": "GOST2012-256-A",
    "1.2.643.7.1.2.1.1.2": "GOST2001-CryptoPro-A",
    "1.2.643.7.1.2.1.1.3": "GOST2001-CryptoPro-B",
    "1.2.643.7.1.2.1.1.4": "GOST2001-CryptoPro-C",
}
_CURVES_512 = {
    "1.2.643.7.1.2.1.2.0": "GOST2012-512-test",
    "1.2.643.7.1.2.1.2.1": "GOST2012-512-tc26-A",
    "1.2.643.7.1.2.1.2.2": "GOST2012-512-tc26-B",
    "1.2.643.7.1.2.1.2.3": "GOST2012-512-tc26-C",
}
_CURVES_WITH_DIGEST = {"1.2.643.7.1.2.1.2.1", "1.2.643.7.1.2.1.2.2"}
XCH_A = "1.2.643.2.2.36.0"  # the curve of nearly all qualified certificates
CURVES = _CURVES_256 | _CURVES_512


class _KeyParameters(core.Sequence):
    _fields = [
        ("public_key_set", core.ObjectIdentifier),
        ("digest_set", core.ObjectIdentifier, {"optional": True}),
        ("encryption_set", core.ObjectIdentifier, {"optional": True}),
    ]


class _Algorithm(core.Sequence):
    _fields = [("algorithm", core.ObjectIdentifier), ("parameters", core.Any, {"optional": True})]


class _PublicKeyInfo(core.Sequence):
    _fields = [("algorithm", _Algorithm), ("public_key", core.OctetBitString)]


class _PrivateKeyInfo(core.Sequence):
    _fields = [
        ("version", core.Integer),
        ("algorithm", _Algorithm),
        ("private_key", core.OctetString),
        ("attributes", core.Any, {"implicit": 0, "optional": True}),
    ]


def new_hash(name: str) -> libgcrypt.Hash:
    """A running digest. Raises EngineError without libgcrypt, KeyError for an unknown name."""
    return libgcrypt.Hash(*_DIGESTS[name])


def digest(name: str, content: bytes) -> bytes:
    """The digest of ``content``; raises as `new_hash`."""
    running = new_hash(name)
    running.update(content)
    return running.digest()


@dataclass(frozen=True)
class GostPublicKey:
    """A public key: the OID of its curve, and its two coordinates, big-endian.

    ``algorithm`` is the OID of the type: KEY_256, KEY_512, or KEY_2001.
    """

    algorithm: str
    curve: str
    point: bytes

    @property
    def size(self) -> int:
        """The length of a coordinate in bytes: 32 or 64."""
        return len(self.point) // 2

    def verify(self, value: bytes, digest_value: bytes) -> bool:
        """Whether ``value`` (s, then r) is the signature of a digest. Raises EngineError."""
        size = self.size
        if len(value) != 2 * size or len(digest_value) != size:
            return False
        s, r = value[:size], value[size:]
        # The digest is a number whose first byte is the lowest.
        return libgcrypt.verify(CURVES[self.curve], self.point, digest_value[::-1], r, s)

    def to_bits(self) -> bytes:
        """The key as a certificate has it: an OCTET STRING of both coordinates."""
        x, y = self.point[: self.size], self.point[self.size :]
        return bytes(core.OctetString(x[::-1] + y[::-1]).dump())

    def to_spki(self) -> keys.PublicKeyInfo:
        """The SubjectPublicKeyInfo of a certificate."""
        info = _PublicKeyInfo(
            {
                "algorithm": _build_key_algorithm(self.algorithm, self.curve),
                "public_key": core.OctetBitString(self.to_bits()),
            }
        )
        return keys.PublicKeyInfo.load(info.dump())

    @classmethod
    def from_spki(cls, spki: bytes) -> "GostPublicKey":
        """Read a DER SubjectPublicKeyInfo.

        Raises EngineError for another type of key or an unknown curve, ValueError when it is
        malformed.
        """
        info = _PublicKeyInfo.load(spki, strict=True)
        algorithm, curve = _read_key_algorithm(info["algorithm"])
        octets = core.OctetString.load(info["public_key"].native, strict=True).native
        size = 64 if algorithm == KEY_512 else 32
        if len(octets) != 2 * size:
            raise ValueError("the public key has another length than its curve")
        return cls(algorithm, curve, octets[:size][::-1] + octets[size:][::-1])


@dataclass(frozen=True)
class GostPrivateKey:
    """A private key, for tests, the sandbox and keys in local files."""

    public_key: GostPublicKey
    secret: bytes

    def __repr__(self) -> str:
        return f"GostPrivateKey({self.public_key!r})"

    @classmethod
    def generate(cls, curve: str = XCH_A) -> "GostPrivateKey":
        """Raises EngineError without libgcrypt, KeyError for an unknown curve."""
        secret, point = libgcrypt.generate_key(CURVES[curve])
        algorithm = KEY_512 if curve in _CURVES_512 else KEY_256
        public_key = GostPublicKey(algorithm, curve, point)
        return cls(public_key, _to_length(secret, public_key.size))

    @property
    def digest_name(self) -> str:
        """The digest that belongs to a key of this size."""
        return DIGESTS_OF_SIGNATURES[self.public_key.algorithm]

    def sign(self, content: bytes) -> bytes:
        """The signature (s, then r) of ``content``."""
        number = digest(self.digest_name, content)[::-1]
        r, s = libgcrypt.sign(CURVES[self.public_key.curve], self.secret, number)
        return _to_length(s, self.public_key.size) + _to_length(r, self.public_key.size)

    def to_pkcs8(self) -> bytes:
        """The key as PKCS#8 (DER), not encrypted, in the form of OpenSSL's engine."""
        algorithm = _build_key_algorithm(self.public_key.algorithm, self.public_key.curve)
        info = {"version": 0, "algorithm": algorithm, "private_key": self.secret[::-1]}
        return bytes(_PrivateKeyInfo(info).dump())

    @classmethod
    def from_pkcs8(cls, der: bytes) -> "GostPrivateKey":
        """Read PKCS#8 (DER) that is not encrypted.

        Raises EngineError for another type of key or an unknown curve, ValueError when it is
        malformed.
        """
        info = _PrivateKeyInfo.load(der, strict=True)
        algorithm, curve = _read_key_algorithm(info["algorithm"])
        size = 64 if algorithm == KEY_512 else 32
        secret = _read_secret(info["private_key"].native, size)
        if len(secret) > size or not any(secret):
            raise ValueError("the private key has another length than its curve")
        point = libgcrypt.derive_point(CURVES[curve], secret)
        return cls(GostPublicKey(algorithm, curve, point), _to_length(secret, size))


def _read_secret(content: bytes, size: int) -> bytes:
    """The number: written with its lowest byte first, bare or as an OCTET STRING, or an INTEGER."""
    if len(content) == size:
        return content[::-1]
    value = core.load(content, strict=True)
    if isinstance(value, core.Integer) and 0 < value.native < 1 << 8 * size:
        return int(value.native).to_bytes(size, "big")
    if isinstance(value, core.OctetString):
        return bytes(value.native[::-1])
    raise ValueError("the private key has an unknown form")


def _build_key_algorithm(algorithm: str, curve: str) -> _Algorithm:
    parameters = {"public_key_set": curve}
    # RFC 9215, section 4.2: named for the curves of 2001, and never for the other 256-bit ones.
    # For 512 bit it is optional; as OpenSSL we name it where older programs expect it.
    if curve.startswith("1.2.643.2.2.") or curve in _CURVES_WITH_DIGEST:
        parameters["digest_set"] = OIDS_OF_DIGESTS[DIGESTS_OF_SIGNATURES[algorithm]]
    return _Algorithm({"algorithm": algorithm, "parameters": _KeyParameters(parameters)})


def _read_key_algorithm(identifier: _Algorithm) -> tuple[str, str]:
    algorithm = identifier["algorithm"].dotted
    if algorithm not in {KEY_256, KEY_512, KEY_2001}:
        raise EngineError(f"{algorithm} is no key of ГОСТ Р 34.10")
    curve = identifier["parameters"].parse(_KeyParameters)["public_key_set"].dotted
    if curve not in (_CURVES_512 if algorithm == KEY_512 else _CURVES_256):
        raise EngineError(f"the curve {curve} is not known")
    return algorithm, curve


def _to_length(number: bytes, size: int) -> bytes:
    return number.lstrip(b"\x00").rjust(size, b"\x00")
