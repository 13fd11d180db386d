"""«Проверка документа» as a visitor sees it."""

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
from econtract.verification import limits
from tests.support.packages import (
    SamplePackage,
    build_power,
    build_sample_package,
    contract_pdf,
    sender_signer,
)
from tests.support.packages import recipient_signer as client_signer
from tests.support.pki import authority, write_trust

PAGE = "/verify/"
HOLDS = "Все подписи действительны, файлы не изменены."
FAILS = "Проверка не пройдена."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SamplePackage:
    return build_sample_package(tmp_path_factory.mktemp("made"))


@pytest.fixture(autouse=True)
def installed(settings: Any, tmp_path: Path) -> None:
    """An installation that trusts the tests' authority and stores files in a folder of its own."""
    settings.EDO_TRUST_ROOTS = str(write_trust(tmp_path, authority()))
    settings.EDO_CRLS = []
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    cache.clear()


def keep(made: SamplePackage) -> Package:
    """The package as the product keeps it when a task is done."""
    built = made.built
    with built.path.open("rb") as file:
        stored = store_file(file, sha256=built.sha256, content_type="application/zip")
    return Package.objects.create(file=stored, file_name=built.file_name, code=built.code)


def upload(content: bytes, name: str = "package.zip") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def forged(path: Path, name: str, content: bytes) -> bytes:
    """The package with one file changed and the manifest made to fit."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w") as new:
        stated = manifest.parse_manifest(old.read(manifest.NAME))
        entries = [
            replace(entry, sha256=hashlib.sha256(content).hexdigest(), size=len(content))
            if entry.name == name
            else entry
            for entry in stated.files
        ]
        for entry in entries:
            new.writestr(entry.name, content if entry.name == name else old.read(entry.name))
        rewritten = manifest.build_manifest(
            code=stated.code,
            verification_url=stated.verification_url,
            identifiers=stated.identifiers,
            parties=stated.parties,
            files=entries,
        )
        new.writestr(manifest.NAME, rewritten)
    return packed.getvalue()


@pytest.mark.django_db
def test_anybody_may_open_it_without_logging_in(recipient_signer: Client) -> None:
    response = recipient_signer.get(PAGE)
    assert response.status_code == 200
    assert "Файлы проверяются и нигде не сохраняются." in response.content.decode()
    assert reverse("verification:check") == PAGE


@pytest.mark.django_db
def test_a_good_package_is_told_to_hold_with_its_signers(
    recipient_signer: Client, made: SamplePackage
) -> None:
    response = recipient_signer.post(PAGE, {"package": upload(made.built.path.read_bytes())})
    page = response.content.decode()
    assert response.status_code == 200
    assert HOLDS in page
    assert "Петров Петр Петрович" in page
    assert made.parts.signatures[0].details.serial in page
    assert "В этом E-Contract такого пакета нет" in page


@pytest.mark.django_db
def test_what_was_changed_is_named(recipient_signer: Client, made: SamplePackage) -> None:
    raw = forged(made.built.path, "Договор.pdf", contract_pdf(lines=3))
    page = recipient_signer.post(PAGE, {"package": upload(raw)}).content.decode()
    assert FAILS in page
    assert "Подпись не соответствует файлу" in page


@pytest.mark.django_db
def test_a_document_with_loose_signatures_is_checked(recipient_signer: Client) -> None:
    given = build_power()
    files = {
        "document": upload(contract_pdf(), "Договор.pdf"),
        "signatures": [
            upload(sender_signer().sign(contract_pdf()), "our.sig"),
            upload(client_signer().sign(contract_pdf()), "client.sig"),
            upload(given.xml, given.file_name),
            upload(given.signature, "power.sig"),
        ],
    }
    page = recipient_signer.post(PAGE, files).content.decode()
    assert "Подписи действительны и соответствуют документу." in page
    assert "2f0b1a5e-33f4-4c3b-9ef2-111111111111" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "Выберите пакет или документ с подписями."),
        ({"document": ("d.pdf", b"%PDF")}, "Приложите хотя бы одну подпись документа."),
        (
            {"document": ("d.pdf", b"%PDF"), "signatures": ("s.sig", bytes(3 * 1024 * 1024))},
            "Файл больше 2 МБ не может быть подписью.",
        ),
    ],
)
def test_what_is_missing_is_said(
    recipient_signer: Client, files: dict[str, tuple[str, bytes]], said: str
) -> None:
    response = recipient_signer.post(
        PAGE, {field: upload(raw, name) for field, (name, raw) in files.items()}
    )
    assert response.status_code == 422
    assert said in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", b"<html>", b"\x00" * 5000])
def test_rubbish_is_answered_and_not_an_error(recipient_signer: Client, raw: bytes) -> None:
    response = recipient_signer.post(PAGE, {"package": upload(raw)})
    assert response.status_code == 200
    assert FAILS in response.content.decode()


@pytest.mark.django_db
def test_a_hostile_name_is_shown_as_text(recipient_signer: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("<script>alert(1)</script>.pdf", b"x")
        archive.writestr("manifest.json", b"{}")
    page = recipient_signer.post(PAGE, {"package": upload(packed.getvalue())}).content.decode()
    assert "<script>alert" not in page


@pytest.mark.django_db
def test_nothing_handed_in_is_kept(
    recipient_signer: Client, made: SamplePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    recipient_signer.post(PAGE, {"package": upload(made.built.path.read_bytes())})
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "files").exists()
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_too_much_at_once_is_refused_in_words(
    recipient_signer: Client, made: SamplePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LARGEST_UPLOAD", 1000)
    response = recipient_signer.post(PAGE, {"package": upload(made.built.path.read_bytes())})
    assert response.status_code == 413
    assert "больше 100 МБ" in response.content.decode()


@pytest.mark.django_db
def test_one_address_may_ask_only_so_often(recipient_signer: Client, settings: Any) -> None:
    settings.VERIFY_PER_MINUTE = 3
    codes = [recipient_signer.get("/verify/unknown/").status_code for _ in range(5)]
    assert codes == [404, 404, 404, 429, 429]
    refused = recipient_signer.post(PAGE, {"package": upload(b"x")})
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    elsewhere = recipient_signer.post(PAGE, {"package": upload(b"x")}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200
    assert recipient_signer.get(PAGE).status_code == 200


@pytest.mark.django_db
def test_a_code_shows_the_kept_package_without_persons(
    recipient_signer: Client, made: SamplePackage
) -> None:
    kept = keep(made)
    page = recipient_signer.get(f"/verify/{kept.code}/").content.decode()
    assert HOLDS in page
    assert "7701001100" in page
    assert made.parts.signatures[1].details.serial in page
    assert "Петров" not in page
    assert "Договор.pdf" not in page


@pytest.mark.django_db
def test_an_unknown_code_is_said_to_be_unknown(recipient_signer: Client) -> None:
    response = recipient_signer.get("/verify/aaaaaaaaaaaaaaaaaaaaaaaa/")
    assert response.status_code == 404
    assert "Пакет с таким кодом не найден" in response.content.decode()


@pytest.mark.django_db
def test_a_package_damaged_in_the_storage_is_not_said_to_hold(
    recipient_signer: Client, made: SamplePackage, tmp_path: Path
) -> None:
    kept = keep(made)
    (tmp_path / "files" / kept.file.path).chmod(0o600)
    (tmp_path / "files" / kept.file.path).write_bytes(b"other")
    page = recipient_signer.get(f"/verify/{kept.code}/").content.decode()
    assert FAILS in page
    assert "скачайте его заново" not in page


@pytest.mark.django_db
def test_a_forged_protocol_is_found_where_the_package_is_kept(
    recipient_signer: Client, made: SamplePackage
) -> None:
    """No signature covers the protocol: only what we keep can tell."""
    raw = forged(made.built.path, "Протокол подписания.pdf", b"%PDF forged")
    assert HOLDS in recipient_signer.post(PAGE, {"package": upload(raw)}).content.decode()
    keep(made)
    page = recipient_signer.post(PAGE, {"package": upload(raw)}).content.decode()
    assert FAILS in page
    assert "Файл «Протокол подписания.pdf» не тот, что хранит E-Contract." in page
    good = recipient_signer.post(
        PAGE, {"package": upload(made.built.path.read_bytes())}
    ).content.decode()
    assert HOLDS in good
    assert "Этот пакет хранится в E-Contract" in good
