"""The texts that a client accepts: defaults, new versions, none of which ever changes."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client as Browser

from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from edo.channels.simple import agreements
from edo.models import AgreementText
from tests.support.evidence_triggers import lifted_triggers
from tests.support.people import People, browser_of

pytestmark = pytest.mark.django_db
Kind = AgreementText.Kind
ADD_PAGE = "/admin/edo/agreementtext/add/"


def test_an_installation_has_both_texts_once() -> None:
    for _ in range(2):
        agreements.create_default_texts()
    texts = agreements.get_texts_in_force()
    assert [(text.kind, text.version) for text in texts] == [(kind, 1) for kind in Kind]
    for word in ("63-ФЗ", "в тайне", "Как определяется", "комисси"):
        assert word in texts[0].text
    for word in ("152-ФЗ", "отдельный документ", "отозвать"):
        assert word in texts[1].text


def test_an_upgrade_without_set_up_adds_the_texts_that_are_absent() -> None:
    with lifted_triggers():
        AgreementText.objects.filter(kind=Kind.PERSONAL_DATA).delete()
    call_command("migrate", verbosity=0)
    assert [text.version for text in agreements.get_texts_in_force()] == [1, 1]


def test_a_version_is_in_force_from_its_day_on() -> None:
    agreements.add_version(
        Kind.PERSONAL_DATA, "Новый", in_force_from=clock.now() + timedelta(days=1)
    )
    assert [text.version for text in agreements.get_texts_in_force()] == [1, 1]
    agreements.add_version(Kind.PERSONAL_DATA, "Еще новее")
    assert [text.version for text in agreements.get_texts_in_force()] == [1, 3]


def test_no_version_is_backdated() -> None:
    with pytest.raises(ActionRefused, match="задним числом"):
        agreements.add_version(
            Kind.PERSONAL_DATA, "Новый", in_force_from=clock.now() - timedelta(seconds=1)
        )


def test_the_database_refuses_to_change_or_delete_a_text() -> None:
    rows = AgreementText.objects.filter(version=1)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        rows.update(text="Другой")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        rows.delete()
    assert rows.count() == len(Kind)


def test_an_administrator_adds_a_version_and_changes_none(people: People) -> None:
    admin = browser_of(people["administrator"])
    values = {**read_form(admin), "kind": Kind.PERSONAL_DATA, "text": "Согласен."}
    assert admin.post(ADD_PAGE, values).status_code == 302
    text = AgreementText.objects.get(version=2)
    assert (text.kind, text.text, len(text.sha256)) == (Kind.PERSONAL_DATA, "Согласен.\n", 64)
    address = f"/admin/edo/agreementtext/{text.pk}"
    admin.post(f"{address}/change/", {**values, "text": "Другой"})
    assert admin.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    text.refresh_from_db()
    assert text.text == "Согласен.\n"
    assert browser_of(people["lead"]).get(ADD_PAGE).status_code in (302, 403)


def test_an_administrator_cannot_backdate_a_text(people: People) -> None:
    admin = browser_of(people["administrator"])
    times = {"in_force_from_0": "2026-01-01", "in_force_from_1": "00:00"}
    values = {**read_form(admin), **times, "kind": Kind.PERSONAL_DATA, "text": "Согласен."}
    page = admin.post(ADD_PAGE, values).content.decode()
    assert "задним числом" in page
    assert "Согласен." in page
    assert not AgreementText.objects.filter(version=2).exists()


def test_of_two_administrators_at_once_the_second_is_told(people: People) -> None:
    admin = browser_of(people["administrator"])
    values = {**read_form(admin), "kind": Kind.PERSONAL_DATA, "text": "Текст второго"}
    agreements.add_version(Kind.PERSONAL_DATA, "Текст первого")
    page = admin.post(ADD_PAGE, values).content.decode()
    assert "другой администратор добавил версию" in page
    assert "Текст второго" in page
    # Having read the other one, they save the same page again.
    assert admin.post(ADD_PAGE, {**values, **read_hidden(page)}).status_code == 302
    assert AgreementText.objects.get(version=3).text == "Текст второго\n"


def read_form(admin: Browser) -> dict[str, str]:
    """The form data of a page that has just been opened, with no time."""
    hidden = read_hidden(admin.get(ADD_PAGE).content.decode())
    return {**hidden, "in_force_from_0": "", "in_force_from_1": ""}


def read_hidden(page: str) -> dict[str, str]:
    match = re.search(r'name="known_versions" value="([^"]*)"', page)
    assert match
    return {"known_versions": unescape(match[1])}
