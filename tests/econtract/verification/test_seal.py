"""The seal of a package: who may make it, and what is said without a good one."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.package.builder import build_package
from archive.package.manifest import NAME, SEAL_NAME
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.report import PACKAGE_VALID, conclusion, find_unknowns
from edo.signing.trust import TrustStore
from tests.support.documents.packages import (
    CLIENT_INN,
    OUR_INN,
    build_parts,
    build_sample_package,
    contract_pdf,
    seal,
    seal_signer,
    sign_document,
)
from tests.support.documents.verification import (
    POLICY,
    PROTOCOL,
    SENDER_SIGNATURE,
    STAMPED_COPY,
    Files,
    forge,
    make_old,
    problems_by_file,
    read_files,
    verify_files,
)
from tests.support.signing.pki import NOW, Authority, authority


def test_a_good_seal_is_reported(files: Files) -> None:
    result = verify_files(files)
    assert (result.is_sealed, result.is_unsealed) == (True, False)
    assert result.seal
    assert result.seal.report.certificate
    assert result.seal.report.certificate.organisation_inn == OUR_INN
    assert conclusion(result) == PACKAGE_VALID


@pytest.mark.parametrize("name", [STAMPED_COPY, PROTOCOL, "ПРОЧТИ.txt", "Корневые сертификаты.pem"])
def test_a_file_that_is_exchanged_with_its_manifest_entry_is_found(files: Files, name: str) -> None:
    result = verify_files(forge(files, {name: b"another contract's"}))
    assert SEAL_NAME in problems_by_file(result)
    assert conclusion(result) != PACKAGE_VALID


def test_a_manifest_may_not_even_be_written_otherwise(files: Files) -> None:
    body = json.dumps(json.loads(files[NAME])).encode()
    assert problems_by_file(verify_files(files | {NAME: body})).keys() == {SEAL_NAME}


def test_a_removed_seal_is_found_or_leaves_a_package_without_a_seal(files: Files) -> None:
    without = {name: content for name, content in files.items() if name != SEAL_NAME}
    assert (
        "Печати (файл manifest.json.sig) в пакете нет"
        in problems_by_file(verify_files(without))[""]
    )
    result = verify_files(make_old(files))
    assert (result.ok, result.is_sealed, result.is_unsealed) == (True, False, True)
    assert "без печати" in conclusion(result)
    assert "не изменены" not in conclusion(result)


@pytest.mark.parametrize(
    ("signer", "expected"),
    [
        (Authority("Самозваный").seal(organisation_inn=OUR_INN), "неизвестным центром"),
        (authority().seal(organisation_inn=CLIENT_INN), "не принадлежит отправителю"),
        (authority().signer(organisation_inn=OUR_INN), "не печать организации"),
    ],
    ids=["unknown root", "another organisation", "a signatory of ours"],
)
def test_a_forger_cannot_seal(files: Files, signer: object, expected: str) -> None:
    forged = forge(files, {STAMPED_COPY: b"another contract's"})
    result = verify_files(forged | {SEAL_NAME: signer.sign(forged[NAME])})  # type: ignore[attr-defined]
    assert expected in problems_by_file(result)[SEAL_NAME]
    assert conclusion(result) != PACKAGE_VALID


def test_the_seal_is_trusted_by_its_own_roots(files: Files) -> None:
    policy = VerificationPolicy(trust=authority().trust, seal_trust=Authority("Другой").trust)
    assert "неизвестным центром" in problems_by_file(verify_files(files, policy))[SEAL_NAME]


def test_a_seal_is_no_signature_of_a_contract(tmp_path: Path) -> None:
    """The seal's certificate names our organisation, so its owner alone would do."""
    parts = build_parts(tmp_path)
    sealed = sign_document(seal_signer(), parts.signatures[0].side, contract_pdf())
    parts = replace(parts, signatures=[sealed, parts.signatures[1]], powers=[])
    built = build_package(parts=parts, target=tmp_path / "package.zip", seal=seal)
    with built.path.open("rb") as file:
        result = verify_package(file, policy=POLICY)
    assert "а не подпись человека" in problems_by_file(result)[SENDER_SIGNATURE]


def test_a_manifest_of_other_signatures_has_another_code(files: Files) -> None:
    """Signed anew at another time: all signatures hold, and the code is that of the first ones."""
    again = authority().signer(organisation_inn=CLIENT_INN).sign(contract_pdf(), NOW)
    forged = forge(files, {"Договор (подпись получателя).p7s": again})
    result = verify_files(make_old(forged))
    assert "Код проверки" in problems_by_file(result)[""]


def test_what_cannot_be_known_is_said(files: Files) -> None:
    unknowns = " ".join(find_unknowns(verify_files(files)))
    for expected in ("отозваны ли сертификаты", "время называют сами", "реестр ФНС", "протоколе"):
        assert expected in unknowns
    crl = authority().revocation_list({}, since=NOW + timedelta(days=1))
    listed = VerificationPolicy(trust=TrustStore(authority().trust.roots, (crl,)))
    assert "отозваны ли сертификаты" not in " ".join(find_unknowns(verify_files(files, listed)))
    assert "протоколе" not in " ".join(find_unknowns(verify_files(make_old(files))))
    assert find_unknowns(verify_files({})) == []


def test_a_sealed_copy_is_not_compared(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seal protects it, so no process has to read two PDFs for every package."""
    monkeypatch.delattr("econtract.verification.packages.find_copy_difference")
    assert verify_files(files).is_sealed


def test_without_a_seal_the_stamped_copy_is_compared(files: Files, tmp_path: Path) -> None:
    """What can be recomputed is: the copy of another contract is found all the same."""
    assert not verify_files(make_old(files)).has_unknown_copy
    other = build_sample_package(tmp_path, content=contract_pdf(lines=3)).built.path
    result = verify_files(make_old(files, {STAMPED_COPY: read_files(other)[STAMPED_COPY]}))
    assert problems_by_file(result) == {
        STAMPED_COPY: "Копия показывает не то, что документ: страница 1."
    }


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 not really", b"%PDF" + bytes(21 * 1024 * 1024)]
)
def test_a_copy_that_cannot_be_compared_is_unknown(files: Files, content: bytes) -> None:
    result = verify_files(make_old(files, {STAMPED_COPY: content}))
    assert result.has_unknown_copy
    assert "сопоставить их не удалось" in " ".join(find_unknowns(result))
