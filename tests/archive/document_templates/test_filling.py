"""Filling a template: values stay whole, and a hostile template does no harm."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from archive.document_templates import filling
from archive.document_templates.refusals import BY_CODE, FillingFailed
from tests.support.documents.office import read_zip_entry, save_to_bytes
from tests.support.documents.templates import (
    open_docx,
    template_bytes,
    template_everywhere,
    template_with_note,
    text_of,
    texts_everywhere,
)

PRINTABLE = st.characters(
    exclude_categories=["Cs", "Cc"],
    exclude_characters="\ufffe\uffff",
    include_characters="\n\t",
)
MARKS = st.sampled_from(["{{", "}}", "{%", "%}", "{_{", "}_}", "{#", "&amp;", "<w:p>", "]]>", "  "])
EVERYWHERE = template_everywhere("«{{ поле }}»")


def code_of(content: bytes, **values: filling.Value) -> str:
    """The code of the refusal to fill ``content``."""
    with pytest.raises(FillingFailed) as failure:
        filling.fill(content, values)
    assert failure.value.refusal == BY_CODE[failure.value.refusal.code]
    return failure.value.refusal.code


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(PRINTABLE, max_size=80) | MARKS, max_size=6).map("".join))
@example("ООО «Рога & Копыта» <Москва> \"кавычки\" 'апостроф'")
@example("שלום עולם, مرحبا بالعالم\u200f 👩‍👩‍👧 🇷🇺 é")
@example("строка\n\n  с отступом\tи знаком табуляции \n")
@example("{{ поле }} {% for x in поле %}")
@example("я" * 10_000)
def test_a_value_stays_whole_everywhere(value: str) -> None:
    assert texts_everywhere(filling.fill(EVERYWHERE, {"поле": value})) == [f"«{value}»"] * 4


def test_line_ends_of_every_system_become_lines() -> None:
    filled = filling.fill(template_bytes("{{ а }}"), {"а": "1\r\n2\r3\v4\n5"})
    assert text_of(filled) == "1\n2\n3\n4\n5"


@pytest.mark.parametrize("value", ["\0", "\x07", "\ud800", "\uffff"])
def test_what_no_document_can_hold_is_refused_and_not_dropped(value: str) -> None:
    assert code_of(template_bytes("{{ а }}"), а=f"до{value}после") == "template_value_unprintable"


def test_conditions_and_repetitions() -> None:
    template = template_bytes(
        "{% if срочно %}Срочно{% else %}Не срочно{% endif %}",
        "{%p for услуга in услуги %}",
        "{{ loop.index }}. {{ услуга|upper }}",
        "{%p endfor %}",
    )
    filled = filling.fill(template, {"срочно": "", "услуги": ["связь & тв", "интернет"]})
    assert text_of(filled) == "Не срочно\n1. СВЯЗЬ & ТВ\n2. ИНТЕРНЕТ"


def test_values_in_words() -> None:
    template = template_bytes(
        "{{ с|сумма_прописью }}", "{{ н|число_прописью|lower }}", "{{ д|дата_прописью }}"
    )
    filled = filling.fill(template, {"с": "1 234,5 ₽", "н": "21", "д": "28.11.2026"})
    assert text_of(filled).split("\n") == [
        "Одна тысяча двести тридцать четыре рубля 50 копеек",
        "двадцать один",
        "двадцать восьмое ноября две тысячи двадцать шестого года",
    ]
    values = {"с": "1", "н": "21", "д": "28.11.2026"}
    assert code_of(template, **values | {"с": "много"}) == "template_value_not_number"
    assert code_of(template, **values | {"н": "1,5"}) == "template_value_not_number"
    assert code_of(template, **values | {"д": "31.02.2026"}) == "template_value_not_date"


def test_the_formatting_of_the_tag_stays() -> None:
    document = open_docx(template_bytes("Сумма: "))
    document.paragraphs[0].add_run("{{ сумма }}").bold = True
    filled = open_docx(filling.fill(save_to_bytes(document.save), {"сумма": "5 & 6"}))
    assert [(run.text, run.bold) for run in filled.paragraphs[0].runs if run.text] == [
        ("Сумма: ", None),
        ("5 & 6", True),
    ]


def test_footnotes_are_filled_once_whatever_the_value() -> None:
    filled = filling.fill(template_with_note("footnotes", "{{ поле }}"), {"поле": "{{ поле }} & 5"})
    note = read_zip_entry(filled, "word/footnotes.xml").decode()
    assert etree.fromstring(note.encode()).xpath("string()") == "{{ поле }} & 5"


def test_a_condition_across_a_table_is_refused_and_drops_no_text() -> None:
    document = open_docx(template_bytes())
    document.add_table(1, 1).cell(0, 0).paragraphs[0].text = "{% if поле %}до"
    document.add_paragraph("после{% endif %}")
    document.add_paragraph("конец")
    content = save_to_bytes(document.save)
    assert text_of(filling.fill(content, {"поле": "да"})) == "после\nконец"
    assert code_of(content, поле="") == "template_tags_unbalanced"
    with pytest.raises(FillingFailed, match="template_tags_unbalanced"):
        filling.find_fields(content)


def test_a_field_without_a_value_is_named() -> None:
    with pytest.raises(FillingFailed) as failure:
        filling.fill(template_bytes("{{ номер }} {{ дата }}"), {"номер": "7"})
    assert (failure.value.refusal.code, failure.value.place) == ("template_value_missing", "дата")


HOSTILE = [
    "{{ cycler.__init__.__globals__.os.popen('touch HACKED').read() }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ поле.__class__ }}",
    "{{ поле|attr('__class__') }}",
    "{{ поле['__class__'] }}",
    "{{ поле.format('x') }}",
    "{{ lipsum(n=100000) }}",
    "{{ range(10**9)|list }}",
    "{{ 'x' * 10**9 }}",
    "{{ поле ~ поле }}",
    "{{ '%1000000000d' % 1 }}",
    "{% set а = [1] %}{% for б in поле %}{% set а = а + а %}{% endfor %}",
    "{% macro а() %}{{ а() }}{% endmacro %}{{ а() }}",
    "{% for а in поле recursive %}{{ loop(поле) }}{% endfor %}",
    "{% include '/etc/passwd' %}",
    "{% import '/etc/passwd' as а %}",
    "{% extends '/etc/passwd' %}",
    "{{ self.__init__ }}",
    "{{ loop.__init__ }}",
    "{{ namespace(a=1) }}",
    "{{r поле }}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_no_value_condition_or_repetition_is_refused(text: str) -> None:
    content = template_bytes("Договор", text)
    assert code_of(content, поле="значение") == "template_command_forbidden"
    with pytest.raises(FillingFailed) as failure:
        filling.find_fields(content)
    assert failure.value.refusal.code == "template_command_forbidden"
    assert failure.value.place
    assert not Path("HACKED").exists()


@pytest.mark.parametrize(
    "body",
    ["", "{{ поле }}"],  # endless work, and endless text
    ids=["time", "memory"],
)
def test_nested_loops_end_at_a_limit_and_the_next_document_is_filled(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "LIMITS", replace(filling.LIMITS, cpu_seconds=1))
    loops = 6
    content = template_bytes(
        "{% for а in поле %}" * loops + body + "{% endfor %}" * loops,
    )
    assert code_of(content, поле=["слово" * 100] * 300) == "template_too_complex"
    assert text_of(filling.fill(template_bytes("{{ поле }}"), {"поле": "жив"})) == "жив"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", template_bytes("{{ а }}")[:-200]])
def test_a_damaged_file_is_refused(content: bytes) -> None:
    assert code_of(content) == "template_damaged"
