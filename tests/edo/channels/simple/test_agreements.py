"""The texts that a client accepts: defaults, new versions, and a consent that is withdrawn."""

from datetime import timedelta

import pytest

from econtract.platform.common import clock
from edo.channels.simple import agreements
from edo.models import AgreementText
from tests.support.people import People, browser_of

pytestmark = pytest.mark.django_db
Kind = AgreementText.Kind


def test_an_installation_has_both_texts_once() -> None:
    for _ in range(2):
        agreements.load_default_texts()
    texts = agreements.get_texts_in_force()
    assert [(text.kind, text.version) for text in texts] == [(kind, 1) for kind in Kind]
    for word in ("63-ФЗ", "в тайне", "Как определяется", "комисси"):
        assert word in texts[0].text
    for word in ("152-ФЗ", "отдельный документ", "отозвать"):
        assert word in texts[1].text


def test_a_version_is_in_force_from_its_day_on() -> None:
    agreements.load_default_texts()
    agreements.add_version(
        Kind.PERSONAL_DATA, "Новый", in_force_from=clock.now() + timedelta(days=1)
    )
    assert [text.version for text in agreements.get_texts_in_force()] == [1, 1]
    agreements.add_version(Kind.PERSONAL_DATA, "Еще новее")
    assert [text.version for text in agreements.get_texts_in_force()] == [1, 3]


def test_an_administrator_adds_a_version_and_changes_none(people: People) -> None:
    agreements.load_default_texts()
    admin = browser_of(people["administrator"])
    address = "/admin/edo/agreementtext/"
    values = {
        "kind": Kind.PERSONAL_DATA,
        "text": "Согласен.",
        "in_force_from_0": "2026-01-01",
        "in_force_from_1": "00:00",
    }
    assert admin.post(f"{address}add/", values).status_code == 302
    text = AgreementText.objects.get(version=2)
    assert (text.kind, text.text, len(text.sha256)) == (Kind.PERSONAL_DATA, "Согласен.\n", 64)
    admin.post(f"{address}{text.pk}/change/", {**values, "text": "Другой"})
    assert admin.post(f"{address}{text.pk}/delete/", {"post": "yes"}).status_code == 403
    text.refresh_from_db()
    assert text.text == "Согласен.\n"
    assert browser_of(people["lead"]).get(address).status_code in (302, 403)
