"""The seal of our organisation: who makes it, and what is no seal."""

from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from econtract.platform.common.errors import Unavailable
from edo.checks import check_signing
from edo.seal import seal
from edo.signing.local_keys import LocalKeyFolder
from edo.signing.providers.protocol import ConfirmationPending
from edo.signing.providers.registry import get_signing_service
from edo.signing.seal_checks import check_seal
from edo.trust.store import load_seal_trust_store
from tests.support.sandbox import Sandbox
from tests.support.signing.pki import (
    DAY,
    NOW,
    YEAR,
    Authority,
    Signer,
    authority,
    write_key,
    write_trust,
)

EVIDENCE = b'{"files": []}\n'
OUR_INN = "7707049388"


@pytest.fixture
def keys(db: None, tmp_path: Path, settings: Any) -> Path:
    """A folder of local keys, and the tests' authority as the root of seals."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    settings.SEAL_PROVIDER = ""
    settings.SIGNING_PROVIDER = "local"
    settings.SIGNING_KEYS_DIR = folder
    settings.SEAL_TRUST_ROOTS = str(write_trust(tmp_path, authority()))
    settings.EDO_CRLS = []
    return folder


def our_seal(owner: Authority | None = None) -> Signer:
    return (owner or authority()).seal(organisation_inn=OUR_INN)


def codes(content: bytes, signature: bytes) -> list[str]:
    report = check_seal(content, signature, trust=authority().trust)
    return [problem.code for problem in report.problems]


def test_a_local_key_seals_and_is_no_signatory(keys: Path) -> None:
    write_key(keys, our_seal(), "seal")
    assert check_signing(None) == []
    write_key(keys, authority().signer(), "petrov")
    report = check_seal(EVIDENCE, seal(EVIDENCE), trust=load_seal_trust_store())
    assert report.is_valid
    assert report.certificate is not None
    assert report.certificate.belongs_to(OUR_INN)
    assert [key.key_ref for key in get_signing_service().list_keys()] == ["petrov"]


def test_the_signing_service_seals_with_a_key_that_it_does_not_list(
    connected_sandbox: Sandbox,
) -> None:
    first = seal(EVIDENCE)
    report = check_seal(EVIDENCE, first, trust=load_seal_trust_store())
    assert report.is_valid
    assert report.certificate is not None
    assert report.certificate.organisation_inn == OUR_INN
    assert (report.certificate.surname, report.certificate.inn) == ("", "")
    assert "seal" not in {key.key_ref for key in get_signing_service().list_keys()}
    assert seal(EVIDENCE) == first, "a repeat has the same idempotency key"


def test_a_signatory_of_the_sandbox_has_no_seal(connected_sandbox: Sandbox, settings: Any) -> None:
    settings.SEAL_KEY = "signer-ivanova"
    with pytest.raises(Unavailable, match="not_a_seal"):
        seal(EVIDENCE)


def test_a_missing_key_is_found_at_start_up_and_tried_again_later(keys: Path) -> None:
    assert [warning.id for warning in check_signing(None)] == ["edo.W004"]
    with pytest.raises(Unavailable, match="unknown_key"):
        seal(EVIDENCE)


def test_a_foreign_or_too_young_certificate_makes_no_seal(keys: Path) -> None:
    write_key(keys, our_seal(Authority("Чужой")), "seal")
    with pytest.raises(Unavailable, match="certificate_untrusted"):
        seal(EVIDENCE)
    young = authority().seal(organisation_inn=OUR_INN, valid_from=NOW + YEAR - DAY)
    write_key(keys, young, "seal")
    with pytest.raises(Unavailable, match="certificate_not_yet_valid"):
        seal(EVIDENCE)


def test_the_seal_may_have_a_provider_of_its_own(keys: Path, settings: Any) -> None:
    write_key(keys, our_seal(), "seal")
    settings.SIGNING_PROVIDER, settings.SEAL_PROVIDER = "http", "local"
    assert codes(EVIDENCE, seal(EVIDENCE)) == []
    settings.SEAL_PROVIDER = "carrier pigeon"
    assert [error.id for error in check_signing(None)] == ["edo.E003"]


def test_a_seal_does_not_wait_for_a_person(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(*args: Any) -> bytes:
        raise ConfirmationPending(NOW, "в приложении на телефоне")

    monkeypatch.setattr(LocalKeyFolder, "sign", wait)
    with pytest.raises(Unavailable, match="waits for a person"):
        seal(EVIDENCE)


def test_changed_content_and_unreadable_seals_are_found() -> None:
    signature = our_seal().sign(EVIDENCE)
    assert codes(EVIDENCE, signature) == []
    assert codes(EVIDENCE + b" ", signature) == ["digest_mismatch"]
    assert codes(EVIDENCE, b"no seal") == ["malformed"]


@pytest.mark.parametrize(
    "signer",
    [
        authority().signer(organisation_inn=OUR_INN),
        authority().seal(organisation_inn=OUR_INN, usage=x509.ObjectIdentifier("1.2.3.4")),
    ],
    ids=["a person's certificate", "another extended key usage"],
)
def test_another_certificate_of_ours_is_no_seal(signer: Signer) -> None:
    assert codes(EVIDENCE, signer.sign(EVIDENCE)) == ["not_a_seal"]


def test_a_seal_of_an_unknown_root_says_so() -> None:
    report = check_seal(
        EVIDENCE, our_seal(Authority("Самозваный")).sign(EVIDENCE), trust=authority().trust
    )
    assert "неизвестным центром" in report.problems[0].text
