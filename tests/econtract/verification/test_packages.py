"""Any change of a package is detected and named, and a valid package has no problems."""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archive.package import manifest
from archive.package.builder import build_package
from archive.package.parts import PackageParts, PowerOfAttorneyFile
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.results import (
    PowerOfAttorneyResult,
    SignatureResult,
    VerificationResult,
)
from edo.powers import mchd
from tests.support.packages import (
    MCHD_XML_NAME,
    SIGNATORY,
    build_parts,
    build_power,
    build_power_data,
    contract_pdf,
    head_signer,
    recipient_signer,
    sign_document,
)
from tests.support.pki import DAY, NOW, YEAR, Authority, authority

SENDER_SIGNATURE = "Договор (подпись отправителя).p7s"
RECIPIENT_SIGNATURE = "Договор (подпись получателя).p7s"
Files = dict[str, bytes]
POLICY = VerificationPolicy(trust=authority().trust)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a valid package."""
    folder = tmp_path_factory.mktemp("package")
    return read_files(build_package(parts=build_parts(folder), target=folder / "package.zip").path)


def read_files(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def verify(files: Files, policy: VerificationPolicy = POLICY) -> VerificationResult:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return verify_package(packed, policy=policy)


def flip_bit(content: bytes, index: int) -> bytes:
    changed = bytearray(content)
    changed[index] ^= 1
    return bytes(changed)


def problems_by_file(result: VerificationResult) -> dict[str, str]:
    """All problems by file name; those of no single file have an empty key."""
    problems = {file.name: file.problem for file in result.files if file.problem}
    signed: list[SignatureResult | PowerOfAttorneyResult] = [*result.signatures, *result.powers]
    for item in signed:
        if item.problems:
            text = f"{problems.get(item.name, '')} {' '.join(item.problems)}"
            problems[item.name] = text.strip()
    return problems | ({"": " ".join(result.problems)} if result.problems else {})


def rebuild_and_verify(
    folder: Path, change: Callable[[PackageParts], PackageParts]
) -> VerificationResult:
    """Builds a package of changed parts, so that its manifest matches, and verifies it."""
    built = build_package(parts=change(build_parts(folder)), target=folder / "package.zip")
    with built.path.open("rb") as file:
        return verify_package(file, policy=POLICY)


def test_a_valid_package_is_valid_and_names_its_signers(files: Files) -> None:
    result = verify(files)
    assert result.ok, problems_by_file(result)
    sender, recipient = result.signatures
    assert (sender.side, recipient.side) == ("sender", "recipient")
    assert sender.report
    assert sender.report.certificate
    assert sender.report.certificate.organisation_inn == "7707049388"
    assert sender.report.signed_at == NOW
    [power] = result.powers
    assert power.report
    assert power.report.data
    assert power.report.data.principal.inn == "7707049388"
    assert [file.problem for file in result.files] == [""] * 9


@pytest.mark.parametrize("index", [0, 9, 1000, -1])
def test_a_changed_byte_of_the_document_is_detected(files: Files, index: int) -> None:
    result = verify(files | {"Договор.pdf": flip_bit(files["Договор.pdf"], index)})
    problems = problems_by_file(result)
    assert not result.ok
    assert problems.keys() == {"Договор.pdf", SENDER_SIGNATURE, RECIPIENT_SIGNATURE}
    assert "контрольная сумма" in problems["Договор.pdf"]
    assert "файл изменен или подписан другой файл" in problems[SENDER_SIGNATURE]


def test_any_changed_byte_of_a_signature_is_detected(files: Files) -> None:
    content = files[SENDER_SIGNATURE]
    for index in range(0, len(content), 37):
        result = verify(files | {SENDER_SIGNATURE: flip_bit(content, index)})
        assert SENDER_SIGNATURE in problems_by_file(result), index


@pytest.mark.parametrize("name", [MCHD_XML_NAME, f"{MCHD_XML_NAME}.sig"])
def test_a_changed_byte_of_a_power_of_attorney_or_its_signature_is_detected(
    files: Files, name: str
) -> None:
    result = verify(files | {name: flip_bit(files[name], len(files[name]) // 2)})
    problems = problems_by_file(result)
    assert not result.ok
    assert "контрольная сумма" in problems[name]
    assert MCHD_XML_NAME in problems


@pytest.mark.parametrize(
    "name",
    ["PDF/Договор (с отметками).pdf", "Протокол подписания.pdf", "ПРОЧТИ.txt"],
)
def test_a_changed_auxiliary_file_is_detected_and_the_signatures_are_valid(
    files: Files, name: str
) -> None:
    result = verify(files | {name: flip_bit(files[name], 100)})
    assert not result.ok
    assert problems_by_file(result).keys() == {name}


def test_swapped_signatures_are_detected(files: Files) -> None:
    swapped = {
        SENDER_SIGNATURE: files[RECIPIENT_SIGNATURE],
        RECIPIENT_SIGNATURE: files[SENDER_SIGNATURE],
    }
    problems = problems_by_file(verify(files | swapped))
    assert {SENDER_SIGNATURE, RECIPIENT_SIGNATURE, MCHD_XML_NAME} <= problems.keys()
    assert "не принадлежит организации с ИНН 7701001100" in problems[RECIPIENT_SIGNATURE]


def test_signatures_swapped_together_with_the_manifest_are_detected(tmp_path: Path) -> None:
    def swap(parts: PackageParts) -> PackageParts:
        sender, recipient = parts.signatures
        pair = [replace(sender, der=recipient.der), replace(recipient, der=sender.der)]
        return replace(parts, signatures=pair)

    problems = problems_by_file(rebuild_and_verify(tmp_path, swap))
    assert {SENDER_SIGNATURE, RECIPIENT_SIGNATURE, MCHD_XML_NAME} <= problems.keys()


def test_a_signature_of_another_file_is_detected(tmp_path: Path) -> None:
    def substitute(parts: PackageParts) -> PackageParts:
        sender, recipient = parts.signatures
        other = sign_document(recipient_signer(), recipient.side, contract_pdf(lines=5))
        return replace(parts, signatures=[sender, other])

    result = rebuild_and_verify(tmp_path, substitute)
    assert problems_by_file(result).keys() == {RECIPIENT_SIGNATURE}
    assert "подписан другой файл" in problems_by_file(result)[RECIPIENT_SIGNATURE]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (build_power_data(principal_inn="7701001206"), "Доверитель в МЧД"),
        (build_power_data(replace(SIGNATORY, inn="771234567859")), "МЧД выдана на другое лицо"),
        (replace(build_power_data(), valid_until=dt.date(2026, 11, 20)), "Срок МЧД истек"),
        (replace(build_power_data(), issued_on=dt.date(2026, 11, 22)), "действует только с"),
    ],
)
def test_a_power_of_attorney_that_does_not_apply_is_detected(
    tmp_path: Path, data: mchd.PowerOfAttorneyData, expected: str
) -> None:
    result = rebuild_and_verify(tmp_path, lambda parts: replace(parts, powers=[build_power(data)]))
    assert not result.ok
    assert expected in " ".join(problems_by_file(result).values())


def test_a_power_of_attorney_signed_by_somebody_else_is_detected(tmp_path: Path) -> None:
    def forge(parts: PackageParts) -> PackageParts:
        honest: PowerOfAttorneyFile = parts.powers[0]
        return replace(
            parts, powers=[replace(honest, signature=recipient_signer().sign(honest.xml))]
        )

    assert "подписал не руководитель" in " ".join(
        problems_by_file(rebuild_and_verify(tmp_path, forge)).values()
    )


def test_signatures_by_an_unknown_authority_are_invalid(files: Files) -> None:
    result = verify(files, VerificationPolicy(trust=Authority("Самозваный").trust))
    assert "центром, которому система не доверяет" in problems_by_file(result)[SENDER_SIGNATURE]


def test_the_enclosed_roots_are_not_trusted(tmp_path: Path) -> None:
    """A forger may enclose their own root certificates."""
    forger = Authority("Самозваный")

    def forge(parts: PackageParts) -> PackageParts:
        signer = forger.signer(organisation_inn="7701001100")
        forged = sign_document(signer, parts.signatures[1].side, contract_pdf())
        return replace(parts, signatures=[parts.signatures[0], forged])

    assert RECIPIENT_SIGNATURE in problems_by_file(rebuild_and_verify(tmp_path, forge))


def test_a_certificate_that_expired_before_signing_is_detected(tmp_path: Path) -> None:
    def expire(parts: PackageParts) -> PackageParts:
        old = authority().signer(valid_from=NOW - YEAR, valid_until=NOW - DAY)
        late = sign_document(old, parts.signatures[1].side, contract_pdf())
        return replace(parts, signatures=[parts.signatures[0], late])

    assert "истек" in problems_by_file(rebuild_and_verify(tmp_path, expire))[RECIPIENT_SIGNATURE]


def test_a_certificate_revoked_before_signing_is_detected(files: Files) -> None:
    trust = authority().trust_with_revoked(recipient_signer(), NOW - DAY)
    assert (
        "отозван"
        in problems_by_file(verify(files, VerificationPolicy(trust=trust)))[RECIPIENT_SIGNATURE]
    )


def test_a_certificate_revoked_after_signing_is_valid(files: Files) -> None:
    trust = authority().trust_with_revoked(recipient_signer(), NOW + DAY)
    assert verify(files, VerificationPolicy(trust=trust)).ok


def test_a_removed_and_an_added_file_are_detected(files: Files) -> None:
    files = {name: content for name, content in files.items() if name != "Протокол подписания.pdf"}
    problems = problems_by_file(verify(files | {"Приложение.pdf": b"%PDF"}))
    assert problems["Протокол подписания.pdf"] == "Файла нет в архиве."
    assert "добавили" in problems["Приложение.pdf"]


@pytest.mark.parametrize("name", ["Договор.pdf", RECIPIENT_SIGNATURE, MCHD_XML_NAME])
def test_a_package_without_one_of_its_proofs_is_invalid(files: Files, name: str) -> None:
    result = verify({key: content for key, content in files.items() if key != name})
    assert not result.ok
    assert name in problems_by_file(result)


def test_a_changed_manifest_is_detected(files: Files) -> None:
    body = json.loads(files["manifest.json"])
    body["identifiers"]["task_number"] = "1"
    result = verify(files | {"manifest.json": json.dumps(body, ensure_ascii=False).encode()})
    assert "изменена" in problems_by_file(result)[""]


def test_a_manifest_that_omits_a_signature_is_invalid(files: Files) -> None:
    """A forger may recompute the checksum, but both signatures are still required."""
    stated = manifest.parse_manifest(files["manifest.json"])
    forged = manifest.build_manifest(
        code=stated.code,
        verification_url=stated.verification_url,
        identifiers=stated.identifiers,
        parties=stated.parties,
        files=[entry for entry in stated.files if entry.name != RECIPIENT_SIGNATURE],
    )
    files = {name: content for name, content in files.items() if name != RECIPIENT_SIGNATURE}
    assert "подпись получателя" in problems_by_file(verify(files | {"manifest.json": forged}))[""]


def test_a_personal_certificate_needs_a_power_of_attorney_of_the_company(
    tmp_path: Path,
) -> None:
    def use_personal_certificate(parts: PackageParts) -> PackageParts:
        signer = authority().signer(inn=SIGNATORY.inn, snils=SIGNATORY.snils, organisation_inn="")
        return replace(
            parts,
            signatures=[
                sign_document(signer, parts.signatures[0].side, contract_pdf()),
                parts.signatures[1],
            ],
        )

    assert rebuild_and_verify(tmp_path, use_personal_certificate).ok  # with the power of attorney
    result = rebuild_and_verify(
        tmp_path, lambda parts: replace(use_personal_certificate(parts), powers=[])
    )
    assert "доверенности от нее нет" in problems_by_file(result)[SENDER_SIGNATURE]


def test_the_head_of_the_company_needs_no_power_of_attorney(tmp_path: Path) -> None:
    def sign_by_head(parts: PackageParts) -> PackageParts:
        own = sign_document(head_signer(), parts.signatures[0].side, contract_pdf())
        return replace(parts, signatures=[own, parts.signatures[1]], powers=[])

    assert rebuild_and_verify(tmp_path, sign_by_head).ok
