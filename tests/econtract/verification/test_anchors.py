"""The anchor of the day in a package: what it has to cover, and who has to have sealed it."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from archive.package import anchors
from archive.package.builder import build_package
from archive.package.simple import CHAIN_NAME
from econtract import verify
from econtract.verification.report import find_unknowns, simple_block
from edo.evidence_chain.chains import ExportedChain, parse_chain
from edo.evidence_chain.kinds import RecordKind
from tests.support.documents.anchors import build_anchor_files
from tests.support.documents.packages import (
    build_parts,
    build_simple_parts,
    seal,
    sender_signer,
)
from tests.support.documents.verification import Files, forge, pack, read_files, verify_files
from tests.support.evidence_chains import Step, build_chain, link_record
from tests.support.signing.pki import NOW, authority, write_trust
from tests.support.signing.stamps import build_stamp


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A package as it is sealed, before there is an anchor."""
    folder = tmp_path_factory.mktemp("anchored")
    built = build_package(
        parts=build_simple_parts(folder), target=folder / "package.zip", seal=seal
    )
    return read_files(built.path)


@pytest.fixture(scope="module")
def anchored(plain: Files) -> Files:
    return plain | build_anchor_files(parse_chain(plain[CHAIN_NAME]))


def test_an_anchor_that_covers_the_records_is_told(anchored: Files) -> None:
    result = verify_files(anchored)
    assert result.ok, (result.problems, result.simple_signatures, result.files)
    [simple] = result.simple_signatures
    told = dict(simple_block(simple).rows)
    assert told["Заверение записей"] == "печатью за 21.11.2026, без штампа времени"
    assert not any("заверение дня" in text for text in find_unknowns(result))


def test_a_package_without_an_anchor_is_valid_and_says_so(plain: Files) -> None:
    result = verify_files(plain)
    assert result.ok
    assert any("заверение дня: в пакете его нет" in text for text in find_unknowns(result))


def test_records_may_have_come_between_the_package_and_the_anchor(plain: Files) -> None:
    chain = parse_chain(plain[CHAIN_NAME])
    result = verify_files(plain | build_anchor_files(chain, later=2))
    assert result.ok, result.simple_signatures


def change(name: str, edit: Callable[[Any], None]) -> Callable[[Files], Files]:
    def tamper(files: Files) -> Files:
        data = json.loads(files[name])
        edit(data)
        return files | {name: json.dumps(data).encode()}

    return tamper


def drop(name: str) -> Callable[[Files], Files]:
    return lambda files: {key: content for key, content in files.items() if key != name}


def use_another_chain(files: Files) -> Files:
    """A true anchor and a true proof, of other records of the same signing."""
    chain = parse_chain(files[CHAIN_NAME])
    last = chain.records[-1]
    other = link_record(
        last.previous_hash,
        chain_id=chain.id,
        number=last.number,
        at=last.at,
        kind=RecordKind(last.kind),
        facts={"copy_sha256": "0" * 64},
        values={},
    )
    return files | build_anchor_files(ExportedChain(chain.id, [*chain.records[:-1], other]))


def seal_by_a_person(files: Files) -> Files:
    chain = parse_chain(files[CHAIN_NAME])
    return files | build_anchor_files(chain, make_seal=sender_signer().sign)


@pytest.mark.parametrize(
    "tamper",
    [
        change(anchors.CONTENT_NAME, lambda data: data.update(day="2026-11-20")),
        change(anchors.CONTENT_NAME, lambda data: data.update(merkle_root="0" * 64)),
        change(anchors.CONTENT_NAME, lambda data: data.update(day="yesterday")),
        change(anchors.PROOF_NAME, lambda data: data["steps"].pop()),
        change(anchors.PROOF_NAME, lambda data: data["head"].__setitem__(1, 17)),
        change(anchors.PROOF_NAME, lambda data: data["head"].__setitem__(1, 99)),
        change(anchors.PROOF_NAME, lambda data: data["head"].__setitem__(0, "another")),
        change(anchors.PROOF_NAME, lambda data: data.update(steps=[{"is_left": 1, "hash": "z"}])),
        change(anchors.PROOF_NAME, lambda data: data.update(later=[])),
        drop(anchors.SEAL_NAME),
        drop(anchors.PROOF_NAME),
        lambda files: files | {anchors.SEAL_NAME: b"no seal"},
        use_another_chain,
        seal_by_a_person,
    ],
)
def test_an_anchor_that_does_not_cover_the_records_is_refused(
    anchored: Files, tamper: Callable[[Files], Files]
) -> None:
    result = verify_files(tamper(anchored))
    assert not result.ok
    assert any("Заверение записей" in text for text in result.simple_signatures[0].problems)


def test_records_that_are_not_those_of_the_anchor_are_refused(
    anchored: Files, plain: Files
) -> None:
    """A chain that was made anew, with a manifest that fits: the anchor tells by itself."""
    chain = parse_chain(plain[CHAIN_NAME])
    steps: list[Step] = [
        (RecordKind(record.kind), {**record.facts, "commitments": {}}, {})
        for record in chain.records
    ]
    forged = build_chain(steps, chain_id=chain.id, start=NOW)
    result = verify_files(forge(anchored, {CHAIN_NAME: forged.to_json()}))
    assert any("Заверение записей" in text for text in result.simple_signatures[0].problems)


def test_the_files_of_an_anchor_belong_to_a_simple_signature_only(
    anchored: Files, tmp_path: Path
) -> None:
    built = build_package(parts=build_parts(tmp_path), target=tmp_path / "package.zip", seal=seal)
    added = {name: content for name, content in anchored.items() if name in anchors.NAMES}
    assert not verify_files(read_files(built.path) | added).ok


def test_the_command_needs_no_network(
    anchored: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("The verification has used the network.")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    package = tmp_path / "package.zip"
    package.write_bytes(pack(anchored))
    roots = str(write_trust(tmp_path, authority()))
    assert verify.main([str(package), "--roots", roots, "--seal-roots", roots]) == 0


def test_a_stamp_over_the_seal_of_the_anchor_counts_and_one_over_other_bytes_is_refused(
    anchored: Files,
) -> None:
    service = authority().time_stamp_authority()
    stamp = build_stamp(service, anchored[anchors.SEAL_NAME])
    result = verify_files(anchored | {anchors.STAMP_NAME: stamp})
    assert result.ok
    [simple] = result.simple_signatures
    assert simple.anchor is not None
    assert simple.anchor.stamped_at == NOW
    other = build_stamp(service, b"other bytes")
    assert not verify_files(anchored | {anchors.STAMP_NAME: other}).ok
