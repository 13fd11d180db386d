"""manifest.json of a package."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from archive.package.manifest import ManifestError, parse_manifest
from tests.support.documents.packages import SamplePackage


def test_it_lists_every_other_file_with_its_hash(sample: SamplePackage) -> None:
    with zipfile.ZipFile(sample.built.path) as archive:
        manifest = parse_manifest(archive.read("manifest.json"))
        actual = {
            name: (hashlib.sha256(archive.read(name)).hexdigest(), archive.getinfo(name).file_size)
            for name in archive.namelist()
            if name not in {"manifest.json", "manifest.json.sig"}
        }
    assert {entry.name: (entry.sha256, entry.size) for entry in manifest.files} == actual
    assert manifest.code == sample.built.code
    assert manifest.verification_url == f"https://contract.example/verify/{sample.built.code}/"


@pytest.mark.parametrize("changed", ["code", "identifiers", "parties", "files", "format"])
def test_a_changed_manifest_is_rejected(unpacked: Path, changed: str) -> None:
    body = json.loads((unpacked / "manifest.json").read_bytes())
    body[changed] = (
        "x"
        if isinstance(body[changed], str)
        else body[changed][:-1]
        if isinstance(body[changed], list)
        else {}
    )
    with pytest.raises(ManifestError):
        parse_manifest(json.dumps(body).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b'{"checksum": 1}', b"[" * 100_000])
def test_data_that_is_not_a_manifest_is_rejected(data: bytes) -> None:
    with pytest.raises(ManifestError):
        parse_manifest(data)
