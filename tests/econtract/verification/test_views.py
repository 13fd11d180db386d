"""«Проверка документа», the public page."""

import hashlib
import io
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from archive.files.storage import store_file
from archive.models import Package, StoredFile
from archive.package import manifest
from econtract.verification import uploads
from tests.support.documents.packages import (
    SamplePackage,
    build_power,
    build_sample_package,
    contract_pdf,
    recipient_signer,
    sender_signer,
)
from tests.support.signing.pki import authority, write_trust

PAGE = "/verify/"
VALID = "Все подписи действительны, файлы не изменены."
INVALID = "Проверка не пройдена."


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SamplePackage:
    return build_sample_package(tmp_path_factory.mktemp("package"))


@pytest.fixture(autouse=True)
def installation(settings: Any, tmp_path: Path) -> None:
    """Trusts the tests' certificate authority, and stores files in a separate folder."""
    settings.EDO_TRUST_ROOTS = str(write_trust(tmp_path, authority()))
    settings.EDO_CRLS = []
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    cache.clear()


def store_package(sample: SamplePackage) -> Package:
    """Stores the package like that of a finished task."""
    built = sample.built
    with built.path.open("rb") as file:
        stored = store_file(file, sha256=built.sha256, content_type="application/zip")
    return Package.objects.create(file=stored, file_name=built.file_name, code=built.code)


def upload(content: bytes, name: str = "package.zip") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def forge(path: Path, name: str, content: bytes) -> bytes:
    """The package with one file changed, and a manifest that matches."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w") as new:
        old_manifest = manifest.parse_manifest(old.read(manifest.NAME))
        entries = [
            replace(entry, sha256=hashlib.sha256(content).hexdigest(), size=len(content))
            if entry.name == name
            else entry
            for entry in old_manifest.files
        ]
        for entry in entries:
            new.writestr(entry.name, content if entry.name == name else old.read(entry.name))
        rewritten = manifest.build_manifest(
            code=old_manifest.code,
            verification_url=old_manifest.verification_url,
            identifiers=old_manifest.identifiers,
            parties=old_manifest.parties,
            files=entries,
        )
        new.writestr(manifest.NAME, rewritten)
    return packed.getvalue()


@pytest.mark.django_db
def test_the_page_is_public(client: Client) -> None:
    response = client.get(PAGE)
    assert response.status_code == 200
    assert "Файлы проверяются и нигде не сохраняются." in response.content.decode()
    assert reverse("verification:check") == PAGE


@pytest.mark.django_db
def test_a_valid_package_is_shown_with_its_signers(client: Client, sample: SamplePackage) -> None:
    response = client.post(PAGE, {"package": upload(sample.built.path.read_bytes())})
    page = response.content.decode()
    assert response.status_code == 200
    assert VALID in page
    assert "Петров Петр Петрович" in page
    assert sample.parts.signatures[0].details.serial in page
    assert "В этом E-Contract такого пакета нет" in page


@pytest.mark.django_db
def test_a_changed_document_is_shown_as_invalid(client: Client, sample: SamplePackage) -> None:
    raw = forge(sample.built.path, "Договор.pdf", contract_pdf(lines=3))
    page = client.post(PAGE, {"package": upload(raw)}).content.decode()
    assert INVALID in page
    assert "Подпись не соответствует файлу" in page


@pytest.mark.django_db
def test_a_document_with_detached_signatures_is_verified(client: Client) -> None:
    power = build_power()
    files = {
        "document": upload(contract_pdf(), "Договор.pdf"),
        "signatures": [
            upload(sender_signer().sign(contract_pdf()), "our.sig"),
            upload(recipient_signer().sign(contract_pdf()), "client.sig"),
            upload(power.xml, power.file_name),
            upload(power.signature, "power.sig"),
        ],
    }
    page = client.post(PAGE, files).content.decode()
    assert "Подписи действительны и соответствуют документу." in page
    assert "2f0b1a5e-33f4-4c3b-9ef2-111111111111" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "Выберите пакет или документ с подписями."),
        ({"document": ("d.pdf", b"%PDF")}, "Приложите хотя бы одну подпись документа."),
        (
            {"document": ("d.pdf", b"%PDF"), "signatures": ("s.sig", bytes(3 * 1024 * 1024))},
            "Файл больше 2 МБ не может быть подписью.",
        ),
    ],
)
def test_an_incomplete_form_shows_what_is_missing(
    client: Client, files: dict[str, tuple[str, bytes]], expected: str
) -> None:
    response = client.post(PAGE, {field: upload(raw, name) for field, (name, raw) in files.items()})
    assert response.status_code == 422
    assert expected in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"<html>", b"\x00" * 5000])
def test_random_data_is_reported_as_invalid(client: Client, raw: bytes) -> None:
    response = client.post(PAGE, {"package": upload(raw)})
    assert response.status_code == 200
    assert INVALID in response.content.decode()


@pytest.mark.django_db
def test_a_hostile_file_name_is_escaped(client: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("<script>alert(1)</script>.pdf", b"x")
        archive.writestr("manifest.json", b"{}")
    page = client.post(PAGE, {"package": upload(packed.getvalue())}).content.decode()
    assert "<script>alert" not in page


@pytest.mark.django_db
def test_uploads_are_not_stored(
    client: Client, sample: SamplePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    client.post(PAGE, {"package": upload(sample.built.path.read_bytes())})
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "files").exists()
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_too_large_uploads_are_refused(
    client: Client, sample: SamplePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_UPLOAD_SIZE", 1000)
    response = client.post(PAGE, {"package": upload(sample.built.path.read_bytes())})
    assert response.status_code == 413
    assert "больше 100 МБ" in response.content.decode()


@pytest.mark.django_db
def test_requests_of_one_address_are_limited(client: Client, settings: Any) -> None:
    settings.VERIFY_PER_MINUTE = 3
    codes = [client.get("/verify/unknown/").status_code for _ in range(5)]
    assert codes == [404, 404, 404, 429, 429]
    refused = client.post(PAGE, {"package": upload(b"x")})
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    elsewhere = client.post(PAGE, {"package": upload(b"x")}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200
    assert client.get(PAGE).status_code == 200


@pytest.mark.django_db
def test_a_code_shows_the_stored_package_without_persons(
    client: Client, sample: SamplePackage
) -> None:
    stored = store_package(sample)
    page = client.get(f"/verify/{stored.code}/").content.decode()
    assert VALID in page
    assert "7701001100" in page
    assert sample.parts.signatures[1].details.serial in page
    assert "Петров" not in page
    assert "Договор.pdf" not in page


@pytest.mark.django_db
def test_an_unknown_code_gives_404(client: Client) -> None:
    response = client.get("/verify/aaaaaaaaaaaaaaaaaaaaaaaa/")
    assert response.status_code == 404
    assert "Пакет с таким кодом не найден" in response.content.decode()


@pytest.mark.django_db
def test_a_damaged_stored_package_is_shown_as_invalid(
    client: Client, sample: SamplePackage, tmp_path: Path
) -> None:
    stored = store_package(sample)
    (tmp_path / "files" / stored.file.path).chmod(0o600)
    (tmp_path / "files" / stored.file.path).write_bytes(b"other")
    page = client.get(f"/verify/{stored.code}/").content.decode()
    assert INVALID in page
    assert "скачайте его заново" not in page


@pytest.mark.django_db
def test_a_forged_protocol_is_detected_if_the_package_is_stored(
    client: Client, sample: SamplePackage
) -> None:
    """No signature covers the protocol: only the stored package proves the forgery."""
    raw = forge(sample.built.path, "Протокол подписания.pdf", b"%PDF forged")
    assert VALID in client.post(PAGE, {"package": upload(raw)}).content.decode()
    store_package(sample)
    page = client.post(PAGE, {"package": upload(raw)}).content.decode()
    assert INVALID in page
    assert "Файл «Протокол подписания.pdf» не тот, что хранит E-Contract." in page
    unchanged = client.post(
        PAGE, {"package": upload(sample.built.path.read_bytes())}
    ).content.decode()
    assert VALID in unchanged
    assert "Этот пакет хранится в E-Contract" in unchanged
