"""A package with a simple signature: verified offline by us and by a stranger with Python alone."""

import json
import re
import shlex
import subprocess
import sys
import zipfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from archive.package.anchors import PROOF_NAME
from archive.package.builder import build_package
from archive.package.simple import CHAIN_NAME
from econtract import verify
from edo.evidence_chain.chains import parse_chain
from edo.evidence_chain.kinds import RecordKind
from tests.support.documents.anchors import build_anchor_files
from tests.support.documents.packages import (
    build_simple_parts,
    contract_pdf,
    seal,
    simple_chain,
)
from tests.support.documents.verification import (
    Files,
    flip_bit,
    forge,
    read_files,
    verify_files,
)
from tests.support.evidence_chains import Step, build_chain, signing_steps
from tests.support.signing.pki import authority, write_trust

COPY_NAME = "PDF/Договор (с отметками).pdf"
AGREEMENT_NAME = "evidence/simple/Соглашение, версия 1.txt"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simple")
    parts = build_simple_parts(folder)
    return build_package(parts=parts, target=folder / "package.zip", seal=seal).path


@pytest.fixture(scope="module")
def simple_files(package: Path) -> Files:
    return read_files(package)


def problems_of(files: Files) -> tuple[str, ...]:
    result = verify_files(files)
    assert not result.ok
    return tuple(text for item in result.simple_signatures for text in item.problems)


def test_it_is_valid_and_says_who_signed_when(simple_files: Files) -> None:
    result = verify_files(simple_files)
    assert result.ok, (result.problems, result.simple_signatures)
    [simple] = result.simple_signatures
    assert (simple.owner, simple.phone) == ("Петров Петр Петрович", "+7 ••• •••-67-89")
    assert simple.record_number == 17
    copy_sha256 = sha256(simple_files[COPY_NAME]).hexdigest()
    assert simple.head == simple_chain(contract_pdf(), copy_sha256=copy_sha256).head


def test_the_whole_phone_is_nowhere_in_the_package(simple_files: Files) -> None:
    assert (
        "phone"
        in json.loads(simple_files[CHAIN_NAME])["records"][0]["record"]["facts"]["commitments"]
    )
    for name, content in simple_files.items():
        assert b"9123456789" not in content, name


def test_the_command_verifies_it_without_a_database(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roots = str(write_trust(tmp_path, authority()))
    assert verify.main([str(package), "--roots", roots, "--seal-roots", roots]) == 0
    output = capsys.readouterr().out
    assert "Простая электронная подпись получателя" in output
    assert "Событие: № 17" in output


def change_record(content: bytes, index: int, **facts: Any) -> bytes:
    data = json.loads(content)
    data["records"][index]["record"]["facts"].update(facts)
    return json.dumps(data, ensure_ascii=False).encode()


def cut_tail(content: bytes) -> bytes:
    data = json.loads(content)
    del data["records"][-1]
    return json.dumps(data, ensure_ascii=False).encode()


def rename_signer(content: bytes) -> bytes:
    return content.replace("Петров Петр".encode(), "Петров Павел".encode())


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (lambda content: change_record(content, 12, expires_at="2099-01-01"), "Запись изменена"),
        (rename_signer, "не то, что было записано"),
        (cut_tail, "Печать пакета"),
        (lambda content: b"{}", "поврежден"),
    ],
)
def test_changed_records_do_not_pass_even_with_a_manifest_that_fits(
    simple_files: Files, tamper: Any, problem: str
) -> None:
    """Without our key the manifest can be made anew, the seal cannot."""
    changed = {CHAIN_NAME: tamper(simple_files[CHAIN_NAME])}
    assert not verify_files(simple_files | changed).ok
    assert problem in " ".join(problems_of(forge(simple_files, changed)))


def test_every_file_that_is_changed_or_missing_is_found(simple_files: Files) -> None:
    for name, content in simple_files.items():
        changed = simple_files | {name: flip_bit(content, len(content) // 2)}
        assert not verify_files(changed).ok, f"{name} was changed"
        missing = {key: value for key, value in simple_files.items() if key != name}
        assert not verify_files(missing).ok, f"{name} is missing"


@pytest.mark.parametrize(
    "kind", [RecordKind.PERSON_IDENTIFIED, RecordKind.CONSENT_ACCEPTED, RecordKind.CODE_CHECKED]
)
def test_a_sealed_package_without_a_step_does_not_pass(kind: RecordKind, tmp_path: Path) -> None:
    whole = simple_chain(contract_pdf())
    steps: list[Step] = [
        (RecordKind(item.kind), dict(item.facts) | {"commitments": {}}, {})
        for item in whole.records
        if item.kind != kind
    ]
    parts = build_simple_parts(tmp_path, build_chain(steps, start=whole.records[0].moment))
    built = build_package(parts=parts, target=tmp_path / "package.zip", seal=seal)
    assert problems_of(read_files(built.path))


def test_a_text_that_is_missing_or_another_one_does_not_pass(
    simple_files: Files, tmp_path: Path
) -> None:
    parts = build_simple_parts(tmp_path)
    assert parts.simple
    text = replace(parts.simple.texts[0], content="Другой текст".encode())
    other = replace(parts, simple=replace(parts.simple, texts=[text, parts.simple.texts[1]]))
    built = build_package(parts=other, target=tmp_path / "package.zip", seal=seal)
    assert "не приложен текст" in " ".join(problems_of(read_files(built.path)))
    without = {name: data for name, data in simple_files.items() if name != AGREEMENT_NAME}
    assert not verify_files(without).ok


def test_a_copy_that_the_records_do_not_name_does_not_pass(
    simple_files: Files, tmp_path: Path
) -> None:
    """Sealed by us, so only the records tell."""
    parts = replace(build_simple_parts(tmp_path), copy=tmp_path / "document.pdf")
    (tmp_path / "document.pdf").write_bytes(contract_pdf())
    built = build_package(parts=parts, target=tmp_path / "package.zip", seal=seal)
    assert "не та, что названа в записях" in " ".join(problems_of(read_files(built.path)))
    unmarked = build_simple_parts(tmp_path, simple_chain(contract_pdf()))
    built = build_package(parts=unmarked, target=tmp_path / "package.zip", seal=seal)
    assert "не та, что названа в записях" in " ".join(problems_of(read_files(built.path)))


def test_the_records_of_another_document_do_not_pass(tmp_path: Path) -> None:
    chain = build_chain(signing_steps())
    built = build_package(
        parts=build_simple_parts(tmp_path, chain), target=tmp_path / "package.zip", seal=seal
    )
    assert "другого документа" in " ".join(problems_of(read_files(built.path)))


class TestReadme:
    @pytest.fixture
    def folder(self, package: Path, tmp_path: Path) -> Path:
        with zipfile.ZipFile(package) as archive:
            archive.extractall(tmp_path)
        chain = parse_chain((tmp_path / CHAIN_NAME).read_bytes())
        for name, content in build_anchor_files(chain, later=1).items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(content)
        return tmp_path

    def run_commands(self, folder: Path) -> list[str]:
        readme = (folder / "ПРОЧТИ.txt").read_text("utf-8-sig")
        outputs = []
        for line in re.findall(r"^python3 .*$", readme, re.MULTILINE):
            command = [sys.executable, "-I", *shlex.split(line)[1:]]
            result = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, check=False
            )
            outputs.append(result.stdout.strip())
        return outputs

    def test_python_alone_checks_the_records(self, folder: Path) -> None:
        *checks, listing = self.run_commands(folder)
        assert checks == ["True"] * 7
        assert "17 2026-" in listing
        assert "Петров Петр Петрович" in listing

    @pytest.mark.parametrize(
        ("name", "tamper", "failures"),
        [
            (CHAIN_NAME, lambda data: change_record(data, 7, page=2), {0, 6}),
            (CHAIN_NAME, rename_signer, {1}),
            ("Договор.pdf", lambda data: data + b"\n", {2}),
            (AGREEMENT_NAME, lambda data: data + b"\n", {3}),
            (COPY_NAME, lambda data: data + b"\n", {5}),
            (PROOF_NAME, lambda data: data.replace(b'"is_left": true', b'"is_left": false'), {6}),
        ],
    )
    def test_its_commands_find_what_was_changed(
        self, folder: Path, name: str, tamper: Any, failures: set[int]
    ) -> None:
        path = folder / name
        path.write_bytes(tamper(path.read_bytes()))
        *checks, _ = self.run_commands(folder)
        assert {index for index, output in enumerate(checks) if output != "True"} == failures


def test_the_copy_has_the_mark_of_the_simple_signature(simple_files: Files, tmp_path: Path) -> None:
    path = tmp_path / "copy.pdf"
    path.write_bytes(simple_files[COPY_NAME])
    text = read_text(path)
    document_sha256 = simple_chain(contract_pdf()).find("signed")[0].facts["document_sha256"]
    for part in (
        "Подписано простой электронной подписью",
        "Петров Петр Петрович",
        "+7 912 ***-**-89",
        "(GMT+06:00)",
        document_sha256[:16],
        "№ 17",
    ):
        assert part.casefold() in text.casefold()
    assert "Сертификат" in text  # ours has one


def test_the_protocol_shows_the_course_and_the_result(simple_files: Files, tmp_path: Path) -> None:
    path = tmp_path / "protocol.pdf"
    path.write_bytes(simple_files["Протокол подписания.pdf"])
    text = read_text(path)
    for part in (
        "Госуслуги",
        "Соглашение, версия 1",
        "code_checked",
        "порядок подписания",
        "Код ••••••. Подпись: договор № 17",
        "(GMT+03:00), доставлено",
        "адрес 203.0.113.7",
    ):
        assert part in text


def read_text(path: Path) -> str:
    """The text of all pages, with single spaces."""
    document = pypdfium2.PdfDocument(path)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return re.sub(r"\s+", " ", " ".join(pages))
