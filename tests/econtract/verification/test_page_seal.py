"""«Проверка документа» with forged packages and packages without a seal."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from django.urls import reverse

from tests.support.documents.packages import SamplePackage
from tests.support.documents.verification import (
    PROTOCOL,
    STAMPED_COPY,
    forge,
    make_old,
    pack,
    read_files,
)
from tests.support.documents.verification_page import INVALID, PAGE, VALID, store_package, upload
from tests.support.signing.pki import Authority, authority, write_trust

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("installation")]


@pytest.mark.parametrize("name", [STAMPED_COPY, PROTOCOL])
def test_a_forged_package_is_found(client: Client, sample: SamplePackage, name: str) -> None:
    """No signature of the parties covers the stamped copy and the protocol."""
    files = forge(read_files(sample.built.path), {name: b"%PDF of another contract"})
    page = client.post(PAGE, {"package": upload(pack(files))}).content.decode()
    assert INVALID in page
    assert "Печать поставлена не на эти данные" in page
    assert "не изменены" not in page
    assert "Не изменен" not in page


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


def test_a_stored_package_that_lost_its_seal_is_not_the_stored_one(
    client: Client, sample: SamplePackage
) -> None:
    store_package(sample)
    old = make_old(read_files(sample.built.path))
    page = client.post(PAGE, {"package": upload(pack(old))}).content.decode()
    assert INVALID in page
    assert "Опись пакета не та, что хранит E-Contract." in page


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


def test_an_unchanged_package_is_the_stored_one(client: Client, sample: SamplePackage) -> None:
    store_package(sample)
    page = client.post(PAGE, {"package": upload(sample.built.path.read_bytes())}).content.decode()
    assert VALID in page
    assert "Этот пакет хранится в E-Contract" in page
    assert "Печать пакета" in page
    assert "Чего эта проверка не знает" in page
    assert "Не отозвана ли доверенность: это знает реестр ФНС" in page


def test_the_seal_may_have_roots_of_its_own(
    client: Client, sample: SamplePackage, settings: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "seal"
    folder.mkdir()
    settings.SEAL_TRUST_ROOTS = str(write_trust(folder, Authority("Другой")))
    page = client.post(PAGE, {"package": upload(sample.built.path.read_bytes())}).content.decode()
    assert INVALID in page
    assert "Печать выдана неизвестным центром" in page


def test_a_stranger_gets_the_roots_of_the_seal(client: Client) -> None:
    response = client.get(reverse("verification:seal_roots"))
    assert response.status_code == 200
    assert response.content == authority().root.public_bytes(Encoding.PEM)
    assert 'href="/verify/roots.pem"' in client.get(PAGE).content.decode()
