"""The administrator keeps signatories and powers of attorney."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from econtract.platform.common import clock
from edo.models import Box, PowerOfAttorney, Signatory, SigningBatch
from edo.powers import mchd
from edo.powers.registration import register_power_of_attorney
from edo.powers.selection import find_current_power
from edo.signatories import read_certificate_fields
from tests.edo.powers.test_mchd import CODE, DATA, HEAD, OURS, SIGNATORY
from tests.support.factories import UserFactory
from tests.support.signing.pki import DAY, YEAR, Signer, authority

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trust_our_authority(settings: Any, tmp_path: Any) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(authority().root.public_bytes(Encoding.PEM))
    settings.EDO_TRUST_ROOTS, settings.EDO_CRLS = str(roots), []
    settings.MCHD_POWER_CODES = [CODE]


def person_with(role: Role, **more: Any) -> User:
    user: User = UserFactory(roles=[role], **more)
    return user


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(person_with(Role.ADMINISTRATOR))
    return client


@pytest.fixture
def box() -> Box:
    return Box.objects.create(name="Центр", operator_box_id="b", inn=OURS.inn, kpp=OURS.kpp)


def person(**more: Any) -> Signer:
    now = clock.now()
    values = {"valid_from": now - YEAR, "valid_until": now + YEAR, "organisation_inn": OURS.inn}
    return authority().signer(**{**values, "inn": SIGNATORY.inn, "snils": SIGNATORY.snils, **more})


def create_signatory(signer: Signer, key_ref: str = "key") -> Signatory:
    fields = read_certificate_fields(signer.pem)
    return Signatory.objects.create(surname="Иванова", given_name="Анна", key_ref=key_ref, **fields)


def power_files(**changes: Any) -> tuple[bytes, bytes]:
    today = clock.now().date()
    term = {"issued_on": today - 10 * DAY, "valid_until": today + 100 * DAY}
    number = uuid.uuid4()
    xml = mchd.build(replace(DATA, **{"registration_number": number, **term, **changes}))
    head = authority().signer(inn=HEAD.inn, snils=HEAD.snils, organisation_inn=OURS.inn)
    return xml, head.sign(xml, clock.now())


def upload(admin: Client, signatory: Signatory, xml: bytes, signature: bytes) -> Any:
    return admin.post(
        reverse("admin:edo_powerofattorney_add"),
        {
            "signatory": signatory.pk,
            "principal_inn": OURS.inn,
            "xml_file": SimpleUploadedFile("power.xml", xml),
            "signature_file": SimpleUploadedFile("power.sig", signature),
        },
    )


def test_a_good_power_of_attorney_is_taken_in(admin: Client, box: Box) -> None:
    xml, signature = power_files()
    answer = upload(admin, create_signatory(person()), xml, signature)
    assert answer.status_code == 302
    power = PowerOfAttorney.objects.get()
    assert bytes(power.xml) == xml
    assert bytes(power.signature) == signature
    assert power.principal_inn == OURS.inn
    assert power.head_name == HEAD.full_name
    assert power.powers == [{"code": CODE, "name": "Подписание договоров"}]
    page = admin.get(reverse("admin:edo_powerofattorney_change", args=[power.pk]))
    assert "МЧД действительна." in page.content.decode()


def test_every_failed_check_is_named_on_the_page(admin: Client, box: Box) -> None:
    today = clock.now().date()
    xml, _ = power_files(valid_until=today - DAY, powers=())
    answer = upload(admin, create_signatory(person()), xml, b"garbage")
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Срок МЧД истек", "Подпись руководителя под МЧД", "нет полномочий"):
        assert words in page
    assert not PowerOfAttorney.objects.exists()


def test_a_power_of_attorney_of_somebody_else_is_refused(admin: Client, box: Box) -> None:
    answer = upload(admin, create_signatory(person(inn="500100732259")), *power_files())
    assert "МЧД выдана на другое лицо" in answer.content.decode()


def test_the_same_power_of_attorney_twice_is_refused(admin: Client, box: Box) -> None:
    signatory, files = create_signatory(person()), power_files()
    upload(admin, signatory, *files)
    assert "уже загружена" in upload(admin, signatory, *files).content.decode()
    assert PowerOfAttorney.objects.count() == 1


@pytest.mark.parametrize("xml", [b"", b"<a/>", b"%PDF-1.7", b"x" * 2_000_000])
def test_files_of_another_kind_are_refused_in_words(admin: Client, box: Box, xml: bytes) -> None:
    answer = upload(admin, create_signatory(person()), xml, b"x")
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_a_revoked_power_of_attorney_says_so(admin: Client, box: Box) -> None:
    upload(admin, create_signatory(person()), *power_files())
    power = PowerOfAttorney.objects.get()
    power.revoked_at = clock.now()
    power.save()
    page = admin.get(reverse("admin:edo_powerofattorney_change", args=[power.pk]))
    assert "МЧД отозвана" in page.content.decode()


def test_a_pasted_certificate_fills_the_signatorys_facts(admin: Client, box: Box) -> None:
    signer = person()
    form = {
        "surname": "Иванова",
        "given_name": "Анна",
        "key_ref": "signer-1",
        "certificate_pem": signer.pem,
        "boxes": [box.pk],
        "active": "on",
    }
    assert admin.post(reverse("admin:edo_signatory_add"), form).status_code == 302
    signatory = Signatory.objects.get()
    assert (signatory.inn, signatory.snils) == (SIGNATORY.inn, SIGNATORY.snils)
    assert signatory.certificate_serial == f"{signer.certificate.serial_number:X}"
    assert signatory.certificate_until == signer.certificate.not_valid_after_utc


@pytest.mark.parametrize("pem", ["мусор", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_pasted_text_that_is_no_certificate(admin: Client, pem: str) -> None:
    form = {"surname": "И", "given_name": "А", "key_ref": "k", "certificate_pem": pem}
    answer = admin.post(reverse("admin:edo_signatory_add"), form)
    assert "не сертификат в формате PEM" in answer.content.decode()


def test_a_certificate_without_inn_is_not_a_signatorys(admin: Client) -> None:
    pem = person(inn="").pem
    form = {"surname": "И", "given_name": "А", "key_ref": "k", "certificate_pem": pem}
    answer = admin.post(reverse("admin:edo_signatory_add"), form)
    assert "нет ИНН или СНИЛС" in answer.content.decode()


@pytest.mark.parametrize(
    ("term", "names"),
    [("soon", {"soon"}), ("expired", {"expired"}), ("valid", {"soon", "later"})],
)
def test_what_expires_soon_is_found(admin: Client, term: str, names: set[str]) -> None:
    now = clock.now()
    for name, ends in [("expired", -DAY), ("soon", 20 * DAY), ("later", 90 * DAY)]:
        create_signatory(person(valid_until=now + ends), name)
    answer = admin.get(reverse("admin:edo_signatory_changelist"), {"term": term})
    assert {row.key_ref for row in answer.context["cl"].queryset} == names


def test_powers_that_expire_soon_are_found(admin: Client, box: Box) -> None:
    signatory, today = create_signatory(person()), clock.now().date()
    for days in (20, 90):
        xml, signature = power_files(valid_until=today + timedelta(days=days))
        register_power_of_attorney(
            signatory=signatory, principal_inn=OURS.inn, xml=xml, signature=signature
        )
    answer = admin.get(reverse("admin:edo_powerofattorney_changelist"), {"term": "soon"})
    assert [row.valid_until for row in answer.context["cl"].queryset] == [
        today + timedelta(days=20)
    ]


def test_a_power_whose_term_is_ahead_waits_for_its_day(box: Box) -> None:
    signatory, today = create_signatory(person()), clock.now().date()
    now = power_files()
    later = power_files(issued_on=today + 5 * DAY, valid_until=today + 400 * DAY)
    rows = [
        register_power_of_attorney(
            signatory=signatory, principal_inn=OURS.inn, xml=xml, signature=signature
        )
        for xml, signature in (now, later)
    ]
    assert find_current_power(signatory, box, clock.now()) == rows[0]
    assert find_current_power(signatory, box, clock.now() + 10 * DAY) == rows[1]


def test_only_an_administrator_comes_in(client: Client) -> None:
    client.force_login(person_with(Role.MANAGER))
    assert client.get(reverse("admin:edo_signatory_changelist")).status_code in (302, 403)


@pytest.mark.parametrize("name", ["box", "signatory", "powerofattorney", "exchange"])
def test_nothing_that_others_refer_to_is_deleted_here(admin: Client, name: str) -> None:
    page = admin.get(reverse(f"admin:edo_{name}_changelist"))
    assert page.status_code == 200
    assert "delete_selected" not in page.content.decode()


def test_an_administrator_sees_what_a_signatory_has_to_confirm(admin: Client) -> None:
    now = clock.now()
    batch = SigningBatch.objects.create(
        provider="dss", key_ref="ivanova", expires_at=now + DAY, next_call_at=now
    )
    batch.operations.create(
        pk=uuid.uuid4(), file_name="Договор 1.pdf", content_sha256="0" * 64, content_size=1
    )
    page = admin.get(reverse("admin:edo_signingbatch_change", args=[batch.pk]))
    assert "Договор 1.pdf" in page.text
    assert "ivanova" in admin.get(reverse("admin:edo_signingbatch_changelist")).text
    assert admin.get(reverse("admin:edo_signingbatch_add")).status_code == 403
    address = reverse("admin:edo_signingbatch_delete", args=[batch.pk])
    assert admin.post(address, {"post": "yes"}).status_code == 403
