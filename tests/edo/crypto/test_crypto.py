"""The one place that knows algorithms: what it verifies, what it refuses, what it does not know."""

import hashlib
import io

import pytest
from asn1crypto import algos
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from econtract.platform.crypto import gost, libgcrypt
from econtract.platform.crypto.gost import GostPrivateKey
from edo.checks import check_engine
from edo.crypto import digests
from edo.crypto.digests import digest_file
from edo.crypto.errors import InvalidSignature, UnsupportedAlgorithm, WeakAlgorithm
from edo.crypto.signatures import verify, verify_digest
from tests.support.signing.pki import rsa_key

CONTENT = b"the contract"
EC_KEY = ec.generate_private_key(ec.SECP256R1())
GOST_KEY = GostPrivateKey.generate()
GOST_512 = GostPrivateKey.generate("1.2.643.7.1.2.1.2.1")


def algorithm(name: str) -> algos.SignedDigestAlgorithm:
    return algos.SignedDigestAlgorithm({"algorithm": name})


def spki(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | GostPrivateKey) -> bytes:
    if isinstance(key, GostPrivateKey):
        return key.public_key.to_spki().dump()
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def pss(hash_algorithm: hashes.HashAlgorithm) -> tuple[algos.SignedDigestAlgorithm, bytes]:
    scheme = padding.PSS(padding.MGF1(hash_algorithm), 32)
    named = {"algorithm": hash_algorithm.name}
    parameters = algos.RSASSAPSSParams({"hash_algorithm": named, "salt_length": 32})
    parameters["mask_gen_algorithm"] = {"algorithm": "mgf1", "parameters": named}
    described = algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})
    return described, rsa_key().sign(CONTENT, scheme, hash_algorithm)


GOOD = [
    (
        rsa_key(),
        algorithm("sha256_rsa"),
        "",
        rsa_key().sign(CONTENT, padding.PKCS1v15(), hashes.SHA256()),
    ),
    (
        rsa_key(),
        algorithm("rsassa_pkcs1v15"),
        "sha512",
        rsa_key().sign(CONTENT, padding.PKCS1v15(), hashes.SHA512()),
    ),
    (rsa_key(), pss(hashes.SHA384())[0], "", pss(hashes.SHA384())[1]),
    (EC_KEY, algorithm("sha384_ecdsa"), "sha384", EC_KEY.sign(CONTENT, ec.ECDSA(hashes.SHA384()))),
    (
        EC_KEY,
        algorithm("1.2.840.10045.2.1"),
        "sha256",
        EC_KEY.sign(CONTENT, ec.ECDSA(hashes.SHA256())),
    ),
    (GOST_KEY, algorithm(gost.KEY_256), "streebog256", GOST_KEY.sign(CONTENT)),
    (GOST_KEY, algorithm(gost.SIGNATURE_256), "", GOST_KEY.sign(CONTENT)),
    (GOST_512, algorithm(gost.KEY_512), "", GOST_512.sign(CONTENT)),
    (GOST_512, algorithm(gost.SIGNATURE_512), "streebog512", GOST_512.sign(CONTENT)),
]


# Values differ from run to run, so the cases are named by their numbers.
@pytest.mark.parametrize(
    ("key", "described", "digest_name", "value"), GOOD, ids=map(str, range(len(GOOD)))
)
def test_good_signatures_pass_and_others_do_not(key, described, digest_name, value) -> None:
    verify(spki(key), described, CONTENT, value, digest_name=digest_name)
    with pytest.raises(InvalidSignature):
        verify(spki(key), described, CONTENT + b"s", value, digest_name=digest_name)
    for changed in (value[:-1] + bytes([value[-1] ^ 1]), value[:-1], b"", value * 2):
        with pytest.raises(InvalidSignature):
            verify(spki(key), described, CONTENT, changed, digest_name=digest_name)


def test_the_digest_alone_is_enough() -> None:
    value = GOST_KEY.sign(CONTENT)
    digest = digests.digest("streebog256", CONTENT)
    described = algorithm(gost.KEY_256)
    verify_digest(spki(GOST_KEY), described, digest, value, digest_name="streebog256")
    with pytest.raises(InvalidSignature):
        verify_digest(spki(GOST_KEY), described, digest[::-1], value, digest_name="streebog256")


@pytest.mark.parametrize(
    ("key", "name", "digest_name"),
    [
        (rsa_key(), "1.2.3.4", "sha256"),
        (rsa_key(), "ed25519", ""),
        (rsa_key(), "rsassa_pkcs1v15", ""),
        (rsa_key(), "sha256_rsa", "sha512"),
        (rsa_key(), "sha256_ecdsa", ""),
        (rsa_key(), gost.KEY_256, ""),
        (GOST_KEY, "sha256_ecdsa", ""),
        (GOST_KEY, gost.KEY_512, ""),
        (GOST_KEY, gost.SIGNATURE_256, "sha256"),
    ],
)
def test_what_we_do_not_know_is_not_called_invalid(key, name: str, digest_name: str) -> None:
    with pytest.raises(UnsupportedAlgorithm):
        verify(spki(key), algorithm(name), CONTENT, b"value", digest_name=digest_name)


@pytest.mark.parametrize("name", ["sha1_rsa", "md5_rsa", "sha1_ecdsa"])
def test_weak_algorithms_are_refused(name: str) -> None:
    with pytest.raises(WeakAlgorithm):
        verify(spki(rsa_key()), algorithm(name), CONTENT, b"value")


def test_a_file_is_read_once_for_all_digests() -> None:
    content = b"%PDF" * 1_000_000
    assert digest_file(io.BytesIO(content)) == {
        "sha256": hashlib.sha256(content).digest(),
        "streebog256": gost.digest("streebog256", content),
        "streebog512": gost.digest("streebog512", content),
    }


def test_without_the_library_gost_is_unsupported_and_the_check_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert check_engine(None) == []
    value = GOST_KEY.sign(CONTENT)
    monkeypatch.setattr(libgcrypt, "LIBRARY", "libgcrypt.so.nowhere")
    libgcrypt.load.cache_clear()
    try:
        [message] = check_engine(None)
        assert message.id == "edo.W005"
        assert set(digest_file(io.BytesIO(CONTENT))) == {"sha256"}
        with pytest.raises(UnsupportedAlgorithm, match="not installed"):
            verify(spki(GOST_KEY), algorithm(gost.KEY_256), CONTENT, value)
    finally:
        libgcrypt.load.cache_clear()
