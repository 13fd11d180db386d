"""The values for the fields of a template."""

from dataclasses import replace
from datetime import date

import pytest

from archive.models import TemplateField, TemplateVersion
from clients.models import DeclinedName
from tasks.template_values import SOURCES, TaskData, example_values, gather_values
from tests.support.factories import BoxFactory, SignatoryFactory, TemplateVersionFactory
from tests.support.factories_clients import ClientFactory, ContactFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 28)


def build_version(**sources: str) -> TemplateVersion:
    """A version whose fields have these sources."""
    version = TemplateVersionFactory()
    for position, (name, source) in enumerate(sources.items()):
        TemplateField.objects.create(version=version, position=position, name=name, source=source)
    return version


def test_every_source_has_a_value_for_a_complete_task() -> None:
    client = ClientFactory(full_name="ООО «Ромашка»", head_name="Ким", head_position="Директор")
    contact = ContactFactory(client=client, version__inn="1", version__snils="11223344595")
    data = TaskData(
        today=TODAY,
        client=client,
        contact=contact.current.details,
        saved_contact=contact,
        signatory=SignatoryFactory(),
        box=BoxFactory(),
        document_number="7",
        document_kind="Договор",
        account_number="277012345678",
        contract_number="1",
        contract_date=TODAY,
    )
    version = build_version(**{code.replace(".", "_"): code for code in SOURCES})
    gathered = gather_values(version, task_data=data)
    assert {field.source for field in gathered.missing} == {"task.region", "task.services"}
    assert gathered.values["contact_genitive"] == "Петрова Петра Петровича"
    assert (
        gathered.values["signatory_short_name"] == "Сидоров\N{NO-BREAK SPACE}И.\N{NO-BREAK SPACE}И."
    )
    assert gathered.values["task_today_long"] == "28 ноября 2026 г."
    assert gathered.values["organisation_inn"] == data.box.inn


def test_what_is_not_known_is_missing_unless_it_may_be_empty() -> None:
    version = build_version(a="client.inn", b="client.kpp", c=TemplateField.ASK, d="", e="gone")
    gathered = gather_values(version, task_data=TaskData(today=TODAY, asked={"c": " "}))
    assert [field.name for field in gathered.missing] == ["a", "c", "d", "e"]


def test_a_corrected_name_and_the_organisation_of_the_template_win() -> None:
    contact = ContactFactory()
    DeclinedName.objects.create(
        contact=contact, full_name=contact.current.full_name, genitive="Петрова П. П."
    )
    version = build_version(who="contact.genitive", we="organisation.name")
    version.template.signer_name = "Публичное акционерное общество «Ростелеком»"
    details = contact.current.details
    data = TaskData(today=TODAY, contact=details, saved_contact=contact, box=BoxFactory())
    assert gather_values(version, task_data=data).values == {
        "who": "Петрова П. П.",
        "we": version.template.signer_name,
    }
    another = replace(data, contact=replace(details, surname="Сидоров"))
    values = gather_values(version, task_data=another).values
    assert values["who"] == "Сидорова Петра Петровича"


def test_asked_values_take_the_shape_that_the_template_needs() -> None:
    version = build_version(items=TemplateField.ASK, day=TemplateField.ASK)
    version.fields.filter(name="items").update(kind=TemplateField.Kind.LIST)
    version.fields.filter(name="day").update(kind=TemplateField.Kind.DATE)
    data = TaskData(today=TODAY, asked={"items": "связь\r\n\r\n интернет ", "day": "2026-12-01"})
    assert gather_values(version, task_data=data).values == {
        "items": ["связь", "интернет"],
        "day": "01.12.2026",
    }


def test_the_sample_has_a_value_for_every_field() -> None:
    version = build_version(inn="client.inn", price=TemplateField.ASK, other="")
    version.fields.filter(name="price").update(kind=TemplateField.Kind.SUM)
    assert example_values(version) == {
        "inn": SOURCES["client.inn"].example,
        "price": "12 345,60",
        "other": "[Other]",
    }
