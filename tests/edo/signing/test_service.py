"""Where keys are: the signing service, or files of a protected folder."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.crypto.gost import XCH_A, GostPrivateKey
from edo.checks import check_signing
from edo.signing import cms
from edo.signing.private_keys import load_private_key
from edo.signing.providers.registry import get_signing_service
from edo.trust.store import load_trust_store
from tests.support.sandbox import Sandbox
from tests.support.signing.gost_pki import TC26_512_A, gost_authority
from tests.support.signing.pki import PDF, Signer, authority

PASSWORD = b"correct horse"
KEY = uuid.UUID("0d7f3a52-5c43-4b7c-9c62-b6f9d1b1a111")


def pem_file(signer: Signer) -> bytes:
    key = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain = [signer.certificate, *signer.issuers]
    return key + b"".join(item.public_bytes(Encoding.PEM) for item in chain)


def p12_file(signer: Signer) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"key",
        signer.key,
        signer.certificate,
        signer.issuers,
        BestAvailableEncryption(PASSWORD),
    )


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    settings.SIGNING_PROVIDER = "local"
    settings.SIGNING_KEYS_DIR = keys
    settings.SIGNING_KEYS_PASSWORD = ""
    return keys


def put(folder: Path, name: str, content: bytes, mode: int = 0o600) -> None:
    (folder / name).write_bytes(content)
    (folder / name).chmod(mode)


@pytest.mark.parametrize("use_rsa", [False, True])
@pytest.mark.parametrize("kind", ["pem", "p12"])
def test_a_key_in_a_file_signs(folder: Path, settings: Any, kind: str, use_rsa: bool) -> None:
    signer = authority().signer(use_rsa=use_rsa)
    if kind == "p12":
        settings.SIGNING_KEYS_PASSWORD = PASSWORD.decode()
    put(folder, f"petrov.{kind}", (p12_file if kind == "p12" else pem_file)(signer))
    signature = get_signing_service().sign("petrov", PDF, KEY)
    assert cms.verify(signature, PDF, trust=authority().trust).is_valid
    (key,) = get_signing_service().list_keys()
    assert (key.key_ref, key.surname, key.given_name) == ("petrov", "Петров", "Петр")
    assert (key.patronymic, key.inn) == ("Петрович", "771234567859")


@pytest.mark.parametrize("curve", [XCH_A, TC26_512_A])
def test_a_gost_key_in_a_file_signs(folder: Path, curve: str) -> None:
    signer = gost_authority(curve).signer()
    key = pem.armor("PRIVATE KEY", signer.key.to_pkcs8())
    chain = [signer.certificate, *signer.issuers]
    put(folder, "petrov.pem", key + b"".join(item.public_bytes(Encoding.PEM) for item in chain))
    signature = get_signing_service().sign("petrov", PDF, KEY)
    assert cms.verify(signature, PDF, trust=gost_authority(curve).trust).is_valid


# `openssl genpkey -algorithm gost2012_256 -pkeyopt paramset:XA` of the ГОСТ engine, then
# `openssl pkcs8 -topk8 -v2 aes-256-cbc -passout pass:secret`.
ENCRYPTED_GOST_KEY = b"""-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGrMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjBzD7tg1t66wICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENkNvYAoqzXds7pDpfDBbc0EUFck
YIaQFtsLvEqrlfR9weyObylvRCS4T7KCnYe9sC2KHf1cRbTwE7f0pTnv3j/PPGkX
9lXGkZZDyMWpUdCvgGx3MbELI8jQ+bMZNMXIb8h8
-----END ENCRYPTED PRIVATE KEY-----
"""


def test_an_encrypted_gost_key_of_openssl_opens_with_its_password() -> None:
    key = load_private_key(ENCRYPTED_GOST_KEY, b"secret")
    assert isinstance(key, GostPrivateKey)
    assert key.public_key.curve == XCH_A
    for password in (b"wrong", None):
        with pytest.raises((ValueError, TypeError)):
            load_private_key(ENCRYPTED_GOST_KEY, password)


@pytest.mark.parametrize("key_ref", ["sidorov", "../petrov", "", ".", "/etc/passwd", "a\x00b"])
def test_an_unknown_key_is_a_refusal(folder: Path, key_ref: str) -> None:
    put(folder.parent, "petrov.pem", pem_file(authority().signer()))
    with pytest.raises(Refused) as caught:
        get_signing_service().sign(key_ref, PDF, KEY)
    assert caught.value.code == "unknown_key"


def test_a_key_that_others_may_read_is_not_used(folder: Path) -> None:
    put(folder, "petrov.pem", pem_file(authority().signer()), mode=0o640)
    with pytest.raises(Unavailable, match="open to others"):
        get_signing_service().sign("petrov", PDF, KEY)
    (folder / "petrov.pem").chmod(0o600)
    folder.chmod(0o755)
    with pytest.raises(Unavailable, match="open to others"):
        get_signing_service().sign("petrov", PDF, KEY)


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_broken_file_says_which_key(folder: Path, content: bytes) -> None:
    put(folder, "petrov.pem", content)
    with pytest.raises(Unavailable, match="petrov cannot be opened"):
        get_signing_service().sign("petrov", PDF, KEY)


def test_a_wrong_password_does_not_open(folder: Path, settings: Any) -> None:
    put(folder, "petrov.p12", p12_file(authority().signer()))
    settings.SIGNING_KEYS_PASSWORD = "wrong"
    with pytest.raises(Unavailable, match="petrov cannot be opened"):
        get_signing_service().sign("petrov", PDF, KEY)


def test_the_service_signs_with_its_own_keys(connected_sandbox: Sandbox) -> None:
    keys = {key.key_ref: key for key in get_signing_service().list_keys()}
    assert keys["head"].role == "head"
    signature = get_signing_service().sign("signer-ivanova", PDF, KEY)
    report = cms.verify(signature, PDF, trust=load_trust_store())
    assert report.is_valid
    assert report.certificate is not None
    assert report.certificate.inn == keys["signer-ivanova"].inn
    assert get_signing_service().sign("signer-ivanova", PDF, KEY) == signature


@pytest.mark.parametrize(
    ("key_ref", "code"), [("nobody", "unknown_key"), ("signer-yakovlev", "key_blocked")]
)
def test_the_service_refuses(connected_sandbox: Sandbox, key_ref: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        get_signing_service().sign(key_ref, PDF, KEY)
    assert caught.value.code == code


def test_without_trusted_roots_nothing_can_be_judged(settings: Any, tmp_path: Path) -> None:
    settings.EDO_TRUST_ROOTS = str(tmp_path / "absent.pem")
    with pytest.raises(Unavailable, match="set EDO_TRUST_ROOTS"):
        load_trust_store()


@pytest.mark.django_db
def test_fresh_roots_and_lists_are_noticed(settings: Any, tmp_path: Path) -> None:
    roots, crl = tmp_path / "roots.pem", tmp_path / "crl.der"
    settings.EDO_TRUST_ROOTS, settings.EDO_CRLS = str(roots), [str(crl)]
    roots.write_bytes(authority().root.public_bytes(Encoding.PEM))
    assert load_trust_store().crls == ()
    crl.write_bytes(authority().revocation_list({}).public_bytes(Encoding.DER))
    assert len(load_trust_store().crls) == 1
    crl.write_bytes(authority().revocation_list({}).public_bytes(Encoding.PEM) + b"\n")
    assert len(load_trust_store().crls) == 1


@pytest.mark.django_db
def test_an_unreadable_list_is_left_out(settings: Any, tmp_path: Path) -> None:
    roots, crl = tmp_path / "roots.pem", tmp_path / "crl.der"
    settings.EDO_TRUST_ROOTS, settings.EDO_CRLS = str(roots), [str(crl)]
    roots.write_bytes(authority().root.public_bytes(Encoding.PEM))
    crl.write_bytes(b"garbage")
    assert load_trust_store().crls == ()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("SIGNING_PROVIDER", "carrier pigeon", "edo.E001"),
        ("MCHD_XSD", "/absent/schema.xsd", "edo.E002"),
    ],
)
def test_a_wrong_setting_is_found_at_start_up(
    settings: Any, name: str, value: str, code: str
) -> None:
    assert check_signing(None) == []
    setattr(settings, name, value)
    assert [message.id for message in check_signing(None)] == [code]
