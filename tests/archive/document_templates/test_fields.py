"""Which fields a template has."""

import pytest

from archive.document_templates import filling
from archive.document_templates.filling import FoundField
from archive.document_templates.refusals import FillingFailed
from tests.support.documents.office import save_to_bytes
from tests.support.documents.templates import (
    open_docx,
    template_bytes,
    template_everywhere,
    template_with_note,
)


def test_fields_come_in_the_order_of_the_text_and_each_once() -> None:
    template = template_bytes(
        "{{ номер }} {{ дата|upper }} {{номер}}",
        "{% if скидка == 'да' %}{{ сумма }}{% endif %}",
        "{% for услуга in услуги %}{{ loop.index }} {{ услуга }}{% endfor %}",
    )
    assert filling.find_fields(template) == [
        FoundField("номер"),
        FoundField("дата"),
        FoundField("скидка"),
        FoundField("сумма"),
        FoundField("услуги", "list"),
    ]


def test_a_field_that_is_printed_in_words_has_a_kind() -> None:
    template = template_bytes(
        "{{ сумма }} ({{ сумма|сумма_прописью }}), {{ срок|число_прописью|lower }} дней",
        "{{ дата|дата_прописью }}",
    )
    assert filling.find_fields(template) == [
        FoundField("сумма", "sum"),
        FoundField("срок", "number"),
        FoundField("дата", "date"),
    ]


def test_a_tag_that_word_has_split_into_runs_is_found_and_filled() -> None:
    document = open_docx(template_bytes(""))
    paragraph = document.paragraphs[0]
    for part in ("Договор {", "{ но", "мер", " }", "} от ", "{{", "дата", "}}"):
        paragraph.add_run(part)
    content = save_to_bytes(document.save)
    assert [field.name for field in filling.find_fields(content)] == ["номер", "дата"]
    filled = filling.fill(content, {"номер": "7", "дата": "1 мая"})
    assert open_docx(filled).paragraphs[0].text == "Договор 7 от 1 мая"


def test_headers_footers_and_tables_count() -> None:
    assert filling.find_fields(template_everywhere("{{ поле }}")) == [FoundField("поле")]


def test_a_tag_where_nothing_is_filled_is_refused() -> None:
    with pytest.raises(FillingFailed) as failure:
        filling.find_fields(template_with_note("endnotes", "{{ поле }}"))
    assert failure.value.refusal.code == "template_field_out_of_reach"
    assert failure.value.place == "{{ поле }}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ Номер договора }}", "template_syntax"),
        ("{{ номер", "template_syntax"),
        ("{% if номер %}", "template_syntax"),
        ("{% if сумма > 1000 %}{% endif %}", "template_syntax"),
        ("{{ " + "н" * 101 + " }}", "template_field_name_too_long"),
    ],
)
def test_what_could_not_be_filled_is_refused_at_once(text: str, code: str) -> None:
    with pytest.raises(FillingFailed) as failure:
        filling.find_fields(template_bytes(text))
    assert failure.value.refusal.code == code


def test_a_template_without_fields_has_none() -> None:
    assert filling.find_fields(template_bytes("Договор")) == []
