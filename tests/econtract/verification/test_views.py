"""«Проверка документа», the public page."""

import hashlib
import io
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from archive.files.storage import store_file
from archive.models import Package, StoredFile
from econtract.verification import uploads
from tests.support.documents.packages import (
    SamplePackage,
    build_power,
    build_sample_package,
    contract_pdf,
    recipient_signer,
    sender_signer,
)
from tests.support.documents.verification import (
    PROTOCOL,
    STAMPED_COPY,
    forge,
    make_old,
    pack,
    read_files,
)
from tests.support.signing.pki import Authority, authority, write_trust

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
    settings.SEAL_TRUST_ROOTS = ""
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
    files = forge(read_files(sample.built.path), {"Договор.pdf": contract_pdf(lines=3)})
    page = client.post(PAGE, {"package": upload(pack(files))}).content.decode()
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
@pytest.mark.parametrize("name", [STAMPED_COPY, PROTOCOL])
def test_a_forged_package_is_found(client: Client, sample: SamplePackage, name: str) -> None:
    """No signature of the parties covers the stamped copy and the protocol."""
    files = forge(read_files(sample.built.path), {name: b"%PDF of another contract"})
    page = client.post(PAGE, {"package": upload(pack(files))}).content.decode()
    assert INVALID in page
    assert "Печать поставлена не на эти данные" in page
    assert "не изменены" not in page
    assert "Не изменен" not in page


@pytest.mark.django_db
def test_a_forged_package_whose_seal_is_taken_away_has_no_seal(
    client: Client, sample: SamplePackage
) -> None:
    files = make_old(read_files(sample.built.path), {PROTOCOL: b"%PDF forged"})
    page = client.post(PAGE, {"package": upload(pack(files))}).content.decode()
    assert "Пакет без печати" in page
    assert "не изменены" not in page
    assert "Не изменен" not in page
    store_package(sample)
    page = client.post(PAGE, {"package": upload(pack(files))}).content.decode()
    assert INVALID in page
    assert f"Файл «{PROTOCOL}» не тот, что хранит E-Contract." in page


@pytest.mark.django_db
def test_a_stored_package_that_lost_its_seal_is_not_the_stored_one(
    client: Client, sample: SamplePackage
) -> None:
    store_package(sample)
    old = make_old(read_files(sample.built.path))
    page = client.post(PAGE, {"package": upload(pack(old))}).content.decode()
    assert INVALID in page
    assert "Опись пакета не та, что хранит E-Contract." in page


@pytest.mark.django_db
def test_an_old_package_has_no_seal_and_is_the_stored_one(
    client: Client, sample: SamplePackage, tmp_path: Path
) -> None:
    old = pack(make_old(read_files(sample.built.path)))
    path = tmp_path / "old.zip"
    path.write_bytes(old)
    built = replace(sample.built, path=path, sha256=hashlib.sha256(old).hexdigest())
    stored = store_package(replace(sample, built=built))
    for page in (
        client.post(PAGE, {"package": upload(old)}).content.decode(),
        client.get(f"/verify/{stored.code}/").content.decode(),
    ):
        assert "Пакет без печати" in page
        assert "Этот пакет хранится в E-Contract" in page
        assert "его файлы – те же" in page
        assert "не изменены" not in page


@pytest.mark.django_db
def test_an_unchanged_package_is_the_stored_one(client: Client, sample: SamplePackage) -> None:
    store_package(sample)
    page = client.post(PAGE, {"package": upload(sample.built.path.read_bytes())}).content.decode()
    assert VALID in page
    assert "Этот пакет хранится в E-Contract" in page
    assert "Печать пакета" in page


@pytest.mark.django_db
def test_the_seal_may_have_roots_of_its_own(
    client: Client, sample: SamplePackage, settings: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "seal"
    folder.mkdir()
    settings.SEAL_TRUST_ROOTS = str(write_trust(folder, Authority("Другой")))
    page = client.post(PAGE, {"package": upload(sample.built.path.read_bytes())}).content.decode()
    assert INVALID in page
    assert "Печать выдана неизвестным центром" in page


@pytest.mark.django_db
def test_a_stranger_gets_the_roots_of_the_seal(client: Client) -> None:
    response = client.get(reverse("verification:seal_roots"))
    assert response.status_code == 200
    assert response.content == authority().root.public_bytes(Encoding.PEM)
    assert 'href="/verify/roots.pem"' in client.get(PAGE).content.decode()
