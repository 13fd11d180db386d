"""A document that is filled from a template in the form of a new task."""

import html
from typing import Any

import pytest

from archive.document_templates.filling import find_fields
from archive.files.storage import read_file, store_bytes
from archive.intake.formats import FileFormat
from archive.models import DocumentVersion, TemplateField, TemplateVersion
from clients.models import Client
from econtract.platform.common import clock
from tasks.models import DocumentKind
from tests.support.documents.templates import template_bytes, text_of
from tests.support.factories import TemplateVersionFactory
from tests.support.factories_clients import ClientFactory, ContactFactory
from tests.tasks.screens.new_task.conftest import FormPage, get_draft, get_text

SOURCES = {
    "номер": "task.document_number",
    "клиент": "client.short_name",
    "лицо": "contact.genitive",
    "цена": TemplateField.ASK,
}
TEXT = "№ {{ номер }}, {{ клиент }} в лице {{ лицо }}, {{ цена }} ({{ цена|сумма_прописью }})"


@pytest.fixture
def template(db: None) -> TemplateVersion:
    return publish_template(TEXT, SOURCES)


def publish_template(text: str, sources: dict[str, str], **more: Any) -> TemplateVersion:
    """A published version with this text."""
    version: TemplateVersion = TemplateVersionFactory(
        source=store_bytes(template_bytes(text), FileFormat.DOCX.content_type),
        published_at=clock.now(),
        **more,
    )
    kinds = {field.name: field.kind for field in find_fields(template_bytes(text))}
    for position, (name, source) in enumerate(sources.items()):
        TemplateField.objects.create(
            version=version, position=position, name=name, source=source, kind=kinds[name]
        )
    return version


def filled_text(version: DocumentVersion | None) -> str:
    assert version is not None
    return text_of(read_file(version.source))


def test_a_template_asks_for_what_the_form_does_not_know(
    company: FormPage, template: TemplateVersion
) -> None:
    page = get_text(company.restore())
    assert f'<option value="{template.template_id}">{template.template.name}</option>' in page
    company.values["template"] = str(template.template_id)
    answer = get_text(company.press("document/template/"))
    assert 'name="asked-цена"' in answer
    assert "Заполнить" in answer
    assert 'name="asked-номер"' not in answer


def test_the_filled_file_is_the_document_of_the_task(
    company: FormPage, template: TemplateVersion
) -> None:
    company.values |= {"template": str(template.template_id), "asked-цена": "1 200 & <3>"}
    company.values["document_number"] = "Д-7"
    refused = company.press("document/fill/")
    assert refused.status_code == 422
    assert "оно не число. Место: «1 200 &amp; &lt;3&gt;»" in get_text(refused)
    assert get_draft().document_version is None

    company.values |= {"asked-цена": "1 200"}
    page = get_text(company.press("document/fill/"))
    assert f"{template.template.name} Д-7.docx" in page
    version = get_draft().document_version
    assert version.template_version == template
    text = filled_text(version)
    assert text.startswith("№ Д-7, ООО «Ромашка» в лице ")
    assert "1 200 (Одна тысяча двести рублей 00 копеек)" in text
    assert 'value="1 200"' in get_text(company.restore())


def test_filling_again_takes_the_place_of_the_former_file(
    company: FormPage, template: TemplateVersion
) -> None:
    company.values |= {"template": str(template.template_id), "asked-цена": "100"}
    company.press("document/fill/")
    former = get_draft().document_version
    company.press("document/fill/", htmx=False, **{"asked-цена": "200"})
    version = get_draft().document_version
    assert (version.document, version.number) == (former.document, former.number + 1)
    assert "Двести рублей" in filled_text(version)


def test_what_is_missing_is_named_and_nothing_is_lost(
    company: FormPage, template: TemplateVersion
) -> None:
    company.values |= {"template": str(template.template_id), "document_number": " "}
    response = company.press("document/fill/", htmx=False)
    page = get_text(response)
    assert response.status_code == 422
    assert "Для бланка не хватает данных: «Цена». Заполните их в форме." in page
    company.values |= {"asked-цена": "5", "template": ""}
    response = company.press("document/fill/")
    assert "Выберите бланк" in get_text(response)
    assert get_draft().fields["asked-цена"] == ["5"]


def test_ten_thousand_letters_stay_whole(company: FormPage) -> None:
    template = publish_template("{{ цена }}", {"цена": TemplateField.ASK})
    value = "я" * 9_990 + " & <конец>"
    company.values |= {"template": str(template.template_id), "asked-цена": value}
    company.press("document/fill/")
    assert filled_text(get_draft().document_version) == value


def test_a_template_for_sms_chooses_the_channel_until_the_user_does(
    company: FormPage, template: TemplateVersion
) -> None:
    template.template.sms_signing = True
    template.template.save()
    company.save(template=str(template.template_id), channel="edo", default_channel="edo")
    assert get_draft().fields["channel"] == ["sms"]
    company.save(channel="edo", default_channel="sms")
    assert get_draft().fields["channel"] == ["edo"]


def test_only_published_versions_of_active_templates_are_offered(
    company: FormPage, template: TemplateVersion
) -> None:
    draft: TemplateVersion = TemplateVersionFactory(template__name="Черновой")
    switched_off = publish_template("{{ а }}", {}, template__is_active=False)
    page = get_text(company.restore())
    assert template.template.name in page
    for version in (draft, switched_off):
        assert version.template.name not in page
        company.values["template"] = str(version.template_id)
        assert "Выберите бланк" in get_text(company.press("document/fill/"))


def test_the_template_of_the_kind_is_offered_first(
    company: FormPage, template: TemplateVersion
) -> None:
    other = publish_template("Акт", {})
    DocumentKind.objects.filter(pk="contract").update(default_template=template.template)
    company.save(document_kind="contract")
    assert 'name="asked-цена"' in get_text(company.restore())
    company.save(template=str(other.template_id))
    assert 'name="asked-цена"' not in get_text(company.restore())


def test_a_link_from_the_card_opens_the_form_with_client_and_contact(
    company: FormPage, outside: Any
) -> None:
    card: Client = ClientFactory(inn=outside.organisations[0].inn, kpp="770101001")
    contact = ContactFactory(client=card)
    ContactFactory(client=card)
    stranger = ContactFactory()
    query = f"client={card.inn}-{card.kpp}&contact={contact.pk}"
    page = company.browser.get(f"/manage/companies/{card.pk}/").content.decode()
    assert f"/tasks/new/?type=legal&{query}" in html.unescape(page)
    opened = company.browser.get(f"/tasks/new/?type=legal&{query}", follow=True)
    assert opened.context["client_section"].contact == contact
    foreign = company.open(f"?client={card.inn}-{card.kpp}&contact={stranger.pk}")
    assert foreign.context["client_section"].contact is None
