"""Verifying a signature value with a public key: RSA, ECDSA, ГОСТ Р 34.10-2012."""

from asn1crypto import algos
from cryptography import exceptions
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from econtract.platform.crypto import gost
from econtract.platform.crypto.libgcrypt import EngineError
from edo.crypto.digests import NAMES_BY_OID, WEAK_OIDS, digest
from edo.crypto.errors import InvalidSignature, UnsupportedAlgorithm, WeakAlgorithm

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_PSS = "1.2.840.113549.1.1.10"
_RSA = {
    "1.2.840.113549.1.1.1": None,
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
    _PSS: None,
}
_ECDSA = {
    "1.2.840.10045.2.1": None,
    "1.2.840.10045.4": None,
    "1.2.840.10045.4.3": None,
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
_WEAK = {
    "1.2.840.113549.1.1.2",  # MD2 with RSA
    "1.2.840.113549.1.1.4",  # MD5 with RSA
    "1.2.840.113549.1.1.5",  # SHA-1 with RSA
    "1.2.840.10045.4.1",  # SHA-1 with ECDSA
}


def verify(
    spki: bytes,
    algorithm: algos.SignedDigestAlgorithm,
    signed_bytes: bytes,
    value: bytes,
    *,
    digest_name: str = "",
) -> None:
    """Verify the signature ``value`` of ``signed_bytes`` with a public key (SubjectPublicKeyInfo).

    ``digest_name`` is the digest that the context names; an ``algorithm`` that names one itself
    must name the same. Raises InvalidSignature, WeakAlgorithm or UnsupportedAlgorithm.
    """
    name = find_digest_name(algorithm, digest_name)
    verify_digest(spki, algorithm, digest(name, signed_bytes), value, digest_name=name)


def verify_digest(
    spki: bytes,
    algorithm: algos.SignedDigestAlgorithm,
    digest_value: bytes,
    value: bytes,
    *,
    digest_name: str,
) -> None:
    """As `verify`, with the digest of the signed bytes in their place."""
    name, oid = find_digest_name(algorithm, digest_name), algorithm["algorithm"].dotted
    if oid in gost.DIGESTS_OF_SIGNATURES:
        _verify_gost(spki, oid, digest_value, value)
        return
    try:
        key = load_der_public_key(spki)
        prehashed = utils.Prehashed(_HASHES[name])
        if isinstance(key, rsa.RSAPublicKey) and oid in _RSA:
            key.verify(value, digest_value, _get_padding(algorithm, name), prehashed)
        elif isinstance(key, ec.EllipticCurvePublicKey) and oid in _ECDSA:
            key.verify(value, digest_value, ec.ECDSA(prehashed))
        else:
            raise UnsupportedAlgorithm(f"{oid} with another type of key")
    except (exceptions.InvalidSignature, ValueError) as error:
        raise InvalidSignature(str(error)) from error
    except exceptions.UnsupportedAlgorithm as error:
        raise UnsupportedAlgorithm(str(error)) from error


def find_digest_name(algorithm: algos.SignedDigestAlgorithm, context: str = "") -> str:
    """The digest that is signed. Raises WeakAlgorithm or UnsupportedAlgorithm."""
    oid = algorithm["algorithm"].dotted
    if oid in _WEAK:
        raise WeakAlgorithm(oid)
    schemes = _RSA | _ECDSA | gost.DIGESTS_OF_SIGNATURES
    if oid not in schemes:
        raise UnsupportedAlgorithm(f"the signature algorithm {oid}")
    name = _read_pss_digest(algorithm) if oid == _PSS else schemes[oid]
    if name and context and name != context:
        raise UnsupportedAlgorithm(f"{oid} with the digest {context}")
    if not (name or context):
        raise UnsupportedAlgorithm(f"{oid} without a digest")
    return name or context


def _read_pss_digest(algorithm: algos.SignedDigestAlgorithm) -> str:
    oid = algorithm["parameters"]["hash_algorithm"]["algorithm"].dotted
    if oid in WEAK_OIDS:
        raise WeakAlgorithm(oid)
    name = NAMES_BY_OID.get(oid)
    if name not in _HASHES:
        raise UnsupportedAlgorithm(f"RSA-PSS with the digest {oid}")
    return name


def _get_padding(
    algorithm: algos.SignedDigestAlgorithm, digest_name: str
) -> padding.AsymmetricPadding:
    if algorithm["algorithm"].dotted != _PSS:
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(_HASHES[digest_name]), padding.PSS.AUTO)


def _verify_gost(spki: bytes, oid: str, digest_value: bytes, value: bytes) -> None:
    try:
        key = gost.GostPublicKey.from_spki(spki)
        if gost.DIGESTS_OF_SIGNATURES[key.algorithm] != gost.DIGESTS_OF_SIGNATURES[oid]:
            raise UnsupportedAlgorithm(f"{oid} with a key of {key.algorithm}")
        is_good = key.verify(value, digest_value)
    except EngineError as error:
        raise UnsupportedAlgorithm(str(error)) from error
    except ValueError as error:
        raise InvalidSignature(str(error)) from error
    if not is_good:
        raise InvalidSignature("the key does not confirm the value")
