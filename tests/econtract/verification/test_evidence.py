"""Judging a package years later: stamps, revocation, and what the verification cannot know."""

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from archive.package import timestamps
from archive.package.builder import build_package
from archive.package.manifest import FileRole
from archive.package.parts import PackageParts
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.report import find_unknowns, signature_block
from econtract.verification.results import TimeSource, VerificationResult
from edo.signing.report import Verdict
from edo.signing.trust import TrustStore
from tests.support.documents.evidence import (
    MINUTE,
    THEN,
    build_evidence_parts,
    build_stamped_package,
    build_timestamp_folders,
    build_world,
    seal_then,
)
from tests.support.documents.verification import (
    Files,
    flip_bit,
    forge,
    pack,
    read_files,
)
from tests.support.signing.gost_pki import gost_authority
from tests.support.signing.pki import DAY, YEAR, Authority, authority

POLICY = VerificationPolicy(trust=TrustStore((authority().root, gost_authority().root)))
STAMPS = (FileRole.STAMPED_SIGNATURE, FileRole.TIMESTAMP)
NO_TIME = "Когда поставлены подписи: время называют сами подписавшие."
FIRST, SECOND = "evidence/stamps/001", "evidence/stamps/002"
TIMESTAMP = "evidence/Договор (штамп времени подписи отправителя).tst"
LIST = "evidence/Список отозванных.crl"


def verify(files: Files, policy: VerificationPolicy = POLICY) -> VerificationResult:
    return verify_package(io.BytesIO(pack(files)), policy=policy)


@pytest.fixture(scope="module", params=["ecdsa", "gost"])
def stamped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a package of ten years ago with one time-stamp."""
    folder = tmp_path_factory.mktemp(request.param)
    return read_files(build_stamped_package(folder, build_world(request.param)))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The same with a renewed stamp."""
    times = (THEN + 5 * MINUTE, THEN + YEAR // 3)
    folder = tmp_path_factory.mktemp("files")
    return read_files(build_stamped_package(folder, build_world("ecdsa"), times=times))


@pytest.fixture
def parts(tmp_path: Path) -> PackageParts:
    """The parts of a package of ten years ago; it has no stamps over the manifest yet."""
    return build_evidence_parts(tmp_path, build_world("ecdsa"))


def build(parts: PackageParts, *without: FileRole) -> Files:
    evidence = [part for part in parts.evidence if part.role not in without]
    built = build_package(
        parts=replace(parts, evidence=evidence),
        target=parts.pdf.with_name("package.zip"),
        seal=seal_then,
    )
    return read_files(built.path)


def exchange(parts: PackageParts, role: FileRole, content: bytes) -> PackageParts:
    """The parts with another content of the evidence with that role."""
    evidence = [
        replace(part, content=content) if part.role == role else part for part in parts.evidence
    ]
    return replace(parts, evidence=evidence)


def test_signatures_are_valid_at_the_time_of_their_stamps(stamped: Files) -> None:
    result = verify(stamped)
    assert result.verdict == Verdict.VALID, result
    times = {item.side: item.judged_at for item in result.signatures}
    assert times["sender"].at == THEN + 2 * MINUTE
    assert times["sender"].source == TimeSource.SERVICE
    assert times["recipient"].at == THEN + MINUTE
    assert times["recipient"].source == TimeSource.SIGNATURE
    assert all(item.has_later_revocation for item in result.signatures)
    assert NO_TIME not in find_unknowns(result)
    rows = dict(signature_block(result.signatures[0]).rows)
    assert "по штампу времени подписи" in rows["Действительна на момент"]


def test_without_stamps_of_its_own_a_signature_has_the_time_of_the_manifest(
    parts: PackageParts,
) -> None:
    files = build(parts, *STAMPS)
    [folder] = build_timestamp_folders(files, build_world("ecdsa"), [THEN + 5 * MINUTE])
    result = verify(files | dict(folder.list_files()))
    assert result.ok
    assert {item.judged_at.source for item in result.signatures} == {TimeSource.MANIFEST}
    assert {item.judged_at.at for item in result.signatures} == {THEN + 5 * MINUTE}


def test_without_any_stamp_the_signers_word_counts_and_the_report_says_so(
    parts: PackageParts,
) -> None:
    files = build(parts, *STAMPS)
    result = verify(files)
    assert result.ok
    assert {item.judged_at.source for item in result.signatures} == {TimeSource.SIGNER}
    assert NO_TIME in find_unknowns(result)


def test_a_stamp_after_the_end_of_the_certificate_proves_nothing(parts: PackageParts) -> None:
    files = build(parts, *STAMPS)
    world = build_world("ecdsa")
    late = replace(world, stamping=authority().time_stamp_authority(THEN, THEN + 3 * YEAR))
    [folder] = build_timestamp_folders(files, late, [THEN + 2 * YEAR])
    result = verify(files | dict(folder.list_files()))
    assert result.ok
    assert {item.judged_at.source for item in result.signatures} == {TimeSource.SIGNER}


def test_a_certificate_that_was_revoked_before_the_stamp_makes_it_invalid(
    parts: PackageParts,
) -> None:
    world = build_world("ecdsa")
    for revoked_at, verdict in [(THEN, Verdict.INVALID), (THEN + DAY, Verdict.VALID)]:
        crl = world.build_list({world.sender.certificate: revoked_at})
        changed = exchange(parts, FileRole.REVOCATION_LIST, crl)
        assert verify(build(changed)).verdict == verdict


def test_lists_from_before_the_signing_are_named(parts: PackageParts) -> None:
    files = build(parts, FileRole.REVOCATION_LIST, FileRole.OCSP_RESPONSE)
    unknowns = find_unknowns(verify(files))
    assert [text for text in unknowns if "свежего списка отозванных" in text]
    old = authority().revocation_list({}, THEN + 30 * DAY, THEN - DAY)
    policy = replace(POLICY, trust=replace(POLICY.trust, crls=(old,)))
    unknowns = find_unknowns(verify(files, policy))
    assert [text for text in unknowns if "сведения об отзыве старше подписи" in text]


def test_a_list_that_somebody_else_signed_says_nothing(parts: PackageParts) -> None:
    stranger = Authority().revocation_list({}, THEN + 30 * DAY, THEN)
    content = stranger.public_bytes(Encoding.DER)
    changed = exchange(parts, FileRole.REVOCATION_LIST, content)
    unknowns = find_unknowns(verify(build(changed, FileRole.OCSP_RESPONSE)))
    assert [text for text in unknowns if "свежего списка отозванных" in text]


def test_a_stamp_over_other_bytes_is_noticed(parts: PackageParts, files: Files) -> None:
    token = build_world("ecdsa").stamp(b"other bytes", THEN)
    changed = exchange(parts, FileRole.TIMESTAMP, token)
    [sender, recipient] = verify(build(changed)).signatures
    assert sender.problems == ("Штамп времени поставлен на другие данные.",)
    assert not recipient.problems
    result = verify(files | {f"{FIRST}/stamp.tst": token})
    assert result.verdict == Verdict.INVALID


def test_the_stamped_signature_must_be_the_same_signature(parts: PackageParts) -> None:
    changed = exchange(parts, FileRole.STAMPED_SIGNATURE, parts.signatures[0].der)
    recipient = verify(build(changed)).signatures[1]
    assert recipient.problems == ("Подпись со штампом времени – не та же подпись.",)


def test_another_protocol_than_the_operator_signed_is_noticed(files: Files) -> None:
    name = "evidence/Протокол оператора.pdf"
    result = verify(forge(files, {name: b"%PDF-1.7 other"}))
    assert [file.problem for file in result.files if file.name == f"{name}.sig"] == [
        "Подпись оператора – не над протоколом из пакета."
    ]


def test_renewed_stamps_prove_the_first_one(files: Files) -> None:
    result = verify(files)
    assert [stamp.problems + stamp.doubts for stamp in result.timestamps] == [(), ()]
    assert [stamp.is_expired for stamp in result.timestamps] == [False, True]
    assert [text for text in find_unknowns(result) if "нового штампа нет" in text]


@pytest.mark.parametrize(
    "name",
    [
        f"{FIRST}/stamp.tst",
        f"{FIRST}/list.sha256",
        f"{FIRST}/previous-1.crl",
        f"{FIRST}/certificates.pem",
        f"{SECOND}/stamp.tst",
        f"{SECOND}/list.sha256",
    ],
)
def test_a_change_of_a_stamp_is_noticed(files: Files, name: str) -> None:
    content = files[name]
    assert verify(files | {name: flip_bit(content, len(content) - 9)}).verdict == Verdict.INVALID


def test_files_cannot_be_slipped_in_beside_the_stamps(files: Files) -> None:
    result = verify(files | {f"{FIRST}/other.txt": b"Read me"})
    assert result.verdict == Verdict.INVALID
    outside = verify(files | {"evidence/other.txt": b"Read me"})
    assert [file.name for file in outside.files if file.problem] == ["evidence/other.txt"]


def test_a_stamp_of_an_unknown_service_proves_nothing_and_refutes_nothing(
    parts: PackageParts,
) -> None:
    files = build(parts, *STAMPS)
    stranger = Authority("Чужой").time_stamp_authority(THEN - DAY, THEN + YEAR)
    world = replace(build_world("ecdsa"), stamping=stranger)
    [folder] = build_timestamp_folders(files, world, [THEN + MINUTE])
    result = verify(files | dict(folder.list_files()))
    assert result.ok
    assert {item.judged_at.source for item in result.signatures} == {TimeSource.SIGNER}
    assert [text for text in find_unknowns(result) if "Штамп времени 1 ничего" in text]


def test_a_late_renewal_leaves_the_earlier_stamp_unproven(parts: PackageParts) -> None:
    files = build(parts, *STAMPS)
    world = build_world("ecdsa")
    long = replace(world, stamping=authority().time_stamp_authority(THEN, THEN + 5 * YEAR))
    [first] = build_timestamp_folders(files, world, [THEN + MINUTE])
    listing = timestamps.build_listing(
        [
            *((name, files[name]) for name in ("manifest.json", "manifest.json.sig")),
            *first.list_files(),
        ]
    )
    at = THEN + 2 * YEAR
    second = timestamps.TimestampFolder(
        number=2, listing=listing, token=long.stamp(listing, at), certificates=b"", stamped_at=at
    )
    result = verify(files | dict(first.list_files()) | dict(second.list_files()))
    assert result.ok
    assert {item.judged_at.source for item in result.signatures} == {TimeSource.SIGNER}
    assert [text for text in find_unknowns(result) if "обновлен позже" in text]


def test_missing_evidence_is_passed_on(parts: PackageParts) -> None:
    summary = '{"missing": ["Протокола оператора ЭДО."]}'.encode()
    part = replace(parts.evidence[0], role=FileRole.EVIDENCE_SUMMARY, content=summary, side=None)
    unknowns = find_unknowns(verify(build(replace(parts, evidence=[*parts.evidence, part]))))
    assert "Пакет собран без доказательства: Протокола оператора ЭДО." in unknowns


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x30\x80" * 1000, b"0" * 3_000_000])
def test_hostile_evidence_is_read_without_an_error(files: Files, content: bytes) -> None:
    stamp = (f"{FIRST}/list.sha256", f"{FIRST}/stamp.tst")
    for name in (LIST, TIMESTAMP, *stamp, "evidence/Сертификаты.pem"):
        assert verify(files | {name: content}).verdict == Verdict.INVALID


def test_clocks_that_differ_change_nothing(parts: PackageParts) -> None:
    """The signer's clock is an hour ahead of the service's."""
    token = build_world("ecdsa").stamp(parts.signatures[0].der, THEN - dt.timedelta(hours=1))
    changed = exchange(parts, FileRole.TIMESTAMP, token)
    [sender, _] = verify(build(changed)).signatures
    assert sender.report.is_valid
    assert sender.judged_at.at == THEN - dt.timedelta(hours=1)
