"""Any change of a package is detected and named, and a valid package has no problems."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from archive.package import manifest
from archive.package.parts import PackageParts
from tests.support.documents.packages import (
    MCHD_XML_NAME,
    contract_pdf,
    recipient_signer,
    sign_document,
)
from tests.support.documents.verification import (
    RECIPIENT_SIGNATURE,
    SENDER_SIGNATURE,
    Files,
    flip_bit,
    problems_by_file,
    rebuild_and_verify,
    verify_files,
)
from tests.support.signing.pki import NOW


def test_a_valid_package_is_valid_and_names_its_signers(files: Files) -> None:
    result = verify_files(files)
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
    result = verify_files(files | {"Договор.pdf": flip_bit(files["Договор.pdf"], index)})
    problems = problems_by_file(result)
    assert not result.ok
    assert problems.keys() == {"Договор.pdf", SENDER_SIGNATURE, RECIPIENT_SIGNATURE}
    assert "контрольная сумма" in problems["Договор.pdf"]
    assert "файл изменен или подписан другой файл" in problems[SENDER_SIGNATURE]


def test_any_changed_byte_of_a_signature_is_detected(files: Files) -> None:
    content = files[SENDER_SIGNATURE]
    for index in range(0, len(content), 37):
        result = verify_files(files | {SENDER_SIGNATURE: flip_bit(content, index)})
        assert SENDER_SIGNATURE in problems_by_file(result), index


def test_a_package_of_signatures_written_as_text_is_valid(tmp_path: Path) -> None:
    def encode(parts: PackageParts) -> PackageParts:
        signatures = [replace(item, der=base64.encodebytes(item.der)) for item in parts.signatures]
        powers = [
            replace(item, signature=base64.b64encode(item.signature)) for item in parts.powers
        ]
        return replace(parts, signatures=signatures, powers=powers)

    assert rebuild_and_verify(tmp_path, encode).ok


@pytest.mark.parametrize("name", [MCHD_XML_NAME, f"{MCHD_XML_NAME}.sig"])
def test_a_changed_byte_of_a_power_of_attorney_or_its_signature_is_detected(
    files: Files, name: str
) -> None:
    result = verify_files(files | {name: flip_bit(files[name], len(files[name]) // 2)})
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
    result = verify_files(files | {name: flip_bit(files[name], 100)})
    assert not result.ok
    assert problems_by_file(result).keys() == {name}


def test_swapped_signatures_are_detected(files: Files) -> None:
    swapped = {
        SENDER_SIGNATURE: files[RECIPIENT_SIGNATURE],
        RECIPIENT_SIGNATURE: files[SENDER_SIGNATURE],
    }
    problems = problems_by_file(verify_files(files | swapped))
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


def test_a_removed_and_an_added_file_are_detected(files: Files) -> None:
    files = {name: content for name, content in files.items() if name != "Протокол подписания.pdf"}
    problems = problems_by_file(verify_files(files | {"Приложение.pdf": b"%PDF"}))
    assert problems["Протокол подписания.pdf"] == "Файла нет в архиве."
    assert "добавили" in problems["Приложение.pdf"]


@pytest.mark.parametrize("name", ["Договор.pdf", RECIPIENT_SIGNATURE, MCHD_XML_NAME])
def test_a_package_without_one_of_its_proofs_is_invalid(files: Files, name: str) -> None:
    result = verify_files({key: content for key, content in files.items() if key != name})
    assert not result.ok
    assert name in problems_by_file(result)


def test_a_changed_manifest_is_detected(files: Files) -> None:
    body = json.loads(files["manifest.json"])
    body["identifiers"]["task_number"] = "1"
    result = verify_files(files | {"manifest.json": json.dumps(body, ensure_ascii=False).encode()})
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
    assert (
        "подпись получателя"
        in problems_by_file(verify_files(files | {"manifest.json": forged}))[""]
    )
