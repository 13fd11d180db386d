"""«Проверка документа», the public page."""

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from archive.models import StoredFile
from econtract.verification import uploads
from tests.support.documents.packages import (
    SamplePackage,
    build_power,
    contract_pdf,
    recipient_signer,
    sender_signer,
)
from tests.support.documents.verification import forge, pack, read_files
from tests.support.documents.verification_page import INVALID, PAGE, VALID, store_package, upload
from tests.support.signing.pki import name_unknown_algorithm

pytestmark = pytest.mark.usefixtures("installation")


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
def test_a_signature_that_cannot_be_judged_is_shown_with_the_reason(client: Client) -> None:
    signature = name_unknown_algorithm(recipient_signer().sign(contract_pdf()))
    files = {"document": upload(contract_pdf(), "d.pdf"), "signatures": upload(signature, "s.sig")}
    response = client.post(PAGE, files)
    page = response.content.decode()
    assert response.status_code == 200
    assert INVALID not in page
    assert "Не удалось проверить: действительны ли подписи, неизвестно." in page
    assert "Не удалось проверить. Алгоритм подписи не поддерживается." in page


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
