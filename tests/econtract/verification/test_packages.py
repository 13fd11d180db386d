"""What is changed in a package is found and named; what is whole is not accused."""

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
    sign_document,
)
from tests.support.packages import recipient_signer as client_signer
from tests.support.pki import DAY, NOW, YEAR, Authority, authority

SENDER_SIGNATURE = "Договор (подпись отправителя).p7s"
RECIPIENT_SIGNATURE = "Договор (подпись получателя).p7s"
Files = dict[str, bytes]
RULES = VerificationPolicy(trust=authority().trust)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a good package."""
    folder = tmp_path_factory.mktemp("whole")
    return files_of(build_package(parts=build_parts(folder), target=folder / "package.zip").path)


def files_of(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def check(files: Files, rules: VerificationPolicy = RULES) -> VerificationResult:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return verify_package(packed, rules=rules)


def flipped(content: bytes, place: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1
    return bytes(changed)


def complaints(verdict: VerificationResult) -> dict[str, str]:
    """Everything that is wrong, by file."""
    found = {item.name: item.problem for item in verdict.files if item.problem}
    judged: list[SignatureResult | PowerOfAttorneyResult] = [*verdict.signatures, *verdict.powers]
    for item in judged:
        if item.problems:
            found[item.name] = f"{found.get(item.name, '')} {' '.join(item.problems)}".strip()
    return found | ({"": " ".join(verdict.problems)} if verdict.problems else {})


def repacked(folder: Path, change: Callable[[PackageParts], PackageParts]) -> VerificationResult:
    """A package built honestly of dishonest parts: its manifest fits."""
    built = build_package(parts=change(build_parts(folder)), target=folder / "package.zip")
    with built.path.open("rb") as file:
        return verify_package(file, rules=RULES)


def test_a_whole_package_holds_and_says_whose_signatures_these_are(whole: Files) -> None:
    verdict = check(whole)
    assert verdict.ok, complaints(verdict)
    sender, recipient = verdict.signatures
    assert (sender.side, recipient.side) == ("sender", "recipient")
    assert sender.report
    assert sender.report.certificate
    assert sender.report.certificate.organisation_inn == "7707049388"
    assert sender.report.signed_at == NOW
    [attorney] = verdict.powers
    assert attorney.report
    assert attorney.report.data
    assert attorney.report.data.principal.inn == "7707049388"
    assert [file.problem for file in verdict.files] == [""] * 9


@pytest.mark.parametrize("place", [0, 9, 1000, -1])
def test_one_changed_byte_of_the_document_is_found(whole: Files, place: int) -> None:
    verdict = check(whole | {"Договор.pdf": flipped(whole["Договор.pdf"], place)})
    found = complaints(verdict)
    assert not verdict.ok
    assert found.keys() == {"Договор.pdf", SENDER_SIGNATURE, RECIPIENT_SIGNATURE}
    assert "контрольная сумма" in found["Договор.pdf"]
    assert "файл изменен или подписан другой файл" in found[SENDER_SIGNATURE]


def test_every_single_changed_byte_of_a_signature_is_found(whole: Files) -> None:
    content = whole[SENDER_SIGNATURE]
    for place in range(0, len(content), 37):
        verdict = check(whole | {SENDER_SIGNATURE: flipped(content, place)})
        assert SENDER_SIGNATURE in complaints(verdict), place


@pytest.mark.parametrize("name", [MCHD_XML_NAME, f"{MCHD_XML_NAME}.sig"])
def test_one_changed_byte_of_a_power_of_attorney_or_its_signature_is_found(
    whole: Files, name: str
) -> None:
    verdict = check(whole | {name: flipped(whole[name], len(whole[name]) // 2)})
    found = complaints(verdict)
    assert not verdict.ok
    assert "контрольная сумма" in found[name]
    assert MCHD_XML_NAME in found


@pytest.mark.parametrize(
    "name",
    ["PDF/Договор (с отметками).pdf", "Протокол подписания.pdf", "ПРОЧТИ.txt"],
)
def test_a_changed_helper_file_is_found_and_the_signatures_still_hold(
    whole: Files, name: str
) -> None:
    verdict = check(whole | {name: flipped(whole[name], 100)})
    assert not verdict.ok
    assert complaints(verdict).keys() == {name}


def test_swapped_signatures_are_found(whole: Files) -> None:
    swapped = {
        SENDER_SIGNATURE: whole[RECIPIENT_SIGNATURE],
        RECIPIENT_SIGNATURE: whole[SENDER_SIGNATURE],
    }
    found = complaints(check(whole | swapped))
    assert {SENDER_SIGNATURE, RECIPIENT_SIGNATURE, MCHD_XML_NAME} <= found.keys()
    assert "не принадлежит организации с ИНН 7701001100" in found[RECIPIENT_SIGNATURE]


def test_signatures_swapped_together_with_the_manifest_are_found(tmp_path: Path) -> None:
    def swap(ready: PackageParts) -> PackageParts:
        sender, recipient = ready.signatures
        pair = [replace(sender, der=recipient.der), replace(recipient, der=sender.der)]
        return replace(ready, signatures=pair)

    found = complaints(repacked(tmp_path, swap))
    assert {SENDER_SIGNATURE, RECIPIENT_SIGNATURE, MCHD_XML_NAME} <= found.keys()


def test_a_signature_over_another_file_is_found(tmp_path: Path) -> None:
    def substitute(ready: PackageParts) -> PackageParts:
        sender, recipient = ready.signatures
        other = sign_document(client_signer(), recipient.side, contract_pdf(lines=5))
        return replace(ready, signatures=[sender, other])

    verdict = repacked(tmp_path, substitute)
    assert complaints(verdict).keys() == {RECIPIENT_SIGNATURE}
    assert "подписан другой файл" in complaints(verdict)[RECIPIENT_SIGNATURE]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (build_power_data(principal_inn="7701001206"), "Доверитель в МЧД"),
        (build_power_data(replace(SIGNATORY, inn="771234567859")), "МЧД выдана на другое лицо"),
        (replace(build_power_data(), valid_until=dt.date(2026, 11, 20)), "Срок МЧД истек"),
        (replace(build_power_data(), issued_on=dt.date(2026, 11, 22)), "действует только с"),
    ],
)
def test_a_foreign_or_stale_power_of_attorney_is_found(
    tmp_path: Path, data: mchd.PowerOfAttorneyData, said: str
) -> None:
    verdict = repacked(tmp_path, lambda ready: replace(ready, powers=[build_power(data)]))
    assert not verdict.ok
    assert said in " ".join(complaints(verdict).values())


def test_a_power_of_attorney_signed_by_anyone_else_is_found(tmp_path: Path) -> None:
    def forge(ready: PackageParts) -> PackageParts:
        honest: PowerOfAttorneyFile = ready.powers[0]
        return replace(ready, powers=[replace(honest, signature=client_signer().sign(honest.xml))])

    assert "подписал не руководитель" in " ".join(complaints(repacked(tmp_path, forge)).values())


def test_signatures_of_an_unknown_authority_do_not_hold(whole: Files) -> None:
    verdict = check(whole, VerificationPolicy(trust=Authority("Самозваный").trust))
    assert "центром, которому система не доверяет" in complaints(verdict)[SENDER_SIGNATURE]


def test_the_enclosed_roots_are_not_believed(tmp_path: Path) -> None:
    """A forger who encloses roots of his own convinces nobody."""
    impostor = Authority("Самозваный")

    def forge(ready: PackageParts) -> PackageParts:
        signer = impostor.signer(organisation_inn="7701001100")
        forged = sign_document(signer, ready.signatures[1].side, contract_pdf())
        return replace(ready, signatures=[ready.signatures[0], forged])

    assert RECIPIENT_SIGNATURE in complaints(repacked(tmp_path, forge))


def test_a_certificate_expired_at_signing_is_found(tmp_path: Path) -> None:
    def expire(ready: PackageParts) -> PackageParts:
        old = authority().signer(valid_from=NOW - YEAR, valid_until=NOW - DAY)
        late = sign_document(old, ready.signatures[1].side, contract_pdf())
        return replace(ready, signatures=[ready.signatures[0], late])

    assert "истек" in complaints(repacked(tmp_path, expire))[RECIPIENT_SIGNATURE]


def test_a_certificate_revoked_before_signing_is_found(whole: Files) -> None:
    trust = authority().trust_with_revoked(client_signer(), NOW - DAY)
    assert (
        "отозван" in complaints(check(whole, VerificationPolicy(trust=trust)))[RECIPIENT_SIGNATURE]
    )


def test_a_certificate_revoked_after_signing_still_holds(whole: Files) -> None:
    trust = authority().trust_with_revoked(client_signer(), NOW + DAY)
    assert check(whole, VerificationPolicy(trust=trust)).ok


def test_a_removed_and_an_added_file_are_named(whole: Files) -> None:
    files = {name: content for name, content in whole.items() if name != "Протокол подписания.pdf"}
    found = complaints(check(files | {"Приложение.pdf": b"%PDF"}))
    assert found["Протокол подписания.pdf"] == "Файла нет в архиве."
    assert "добавили" in found["Приложение.pdf"]


@pytest.mark.parametrize("name", ["Договор.pdf", RECIPIENT_SIGNATURE, MCHD_XML_NAME])
def test_a_package_without_one_of_its_proofs_does_not_hold(whole: Files, name: str) -> None:
    verdict = check({key: content for key, content in whole.items() if key != name})
    assert not verdict.ok
    assert name in complaints(verdict)


def test_a_changed_manifest_is_found(whole: Files) -> None:
    body = json.loads(whole["manifest.json"])
    body["identifiers"]["task_number"] = "1"
    verdict = check(whole | {"manifest.json": json.dumps(body, ensure_ascii=False).encode()})
    assert "изменена" in complaints(verdict)[""]


def test_a_manifest_that_drops_a_signature_does_not_make_a_package_hold(whole: Files) -> None:
    """A forger who writes the checksum anew still owes both signatures."""
    stated = manifest.parse_manifest(whole["manifest.json"])
    forged = manifest.build_manifest(
        code=stated.code,
        verification_url=stated.verification_url,
        identifiers=stated.identifiers,
        parties=stated.parties,
        files=[entry for entry in stated.files if entry.name != RECIPIENT_SIGNATURE],
    )
    files = {name: content for name, content in whole.items() if name != RECIPIENT_SIGNATURE}
    assert "подпись получателя" in complaints(check(files | {"manifest.json": forged}))[""]


def test_without_a_power_of_attorney_a_personal_certificate_does_not_speak_for_a_company(
    tmp_path: Path,
) -> None:
    def personal(ready: PackageParts) -> PackageParts:
        signer = authority().signer(inn=SIGNATORY.inn, snils=SIGNATORY.snils, organisation_inn="")
        return replace(
            ready,
            signatures=[
                sign_document(signer, ready.signatures[0].side, contract_pdf()),
                ready.signatures[1],
            ],
        )

    assert repacked(tmp_path, personal).ok  # the power of attorney stands between the two
    verdict = repacked(tmp_path, lambda ready: replace(personal(ready), powers=[]))
    assert "доверенности от нее нет" in complaints(verdict)[SENDER_SIGNATURE]


def test_the_head_needs_no_power_of_attorney(tmp_path: Path) -> None:
    def by_the_head(ready: PackageParts) -> PackageParts:
        own = sign_document(head_signer(), ready.signatures[0].side, contract_pdf())
        return replace(ready, signatures=[own, ready.signatures[1]], powers=[])

    assert repacked(tmp_path, by_the_head).ok
