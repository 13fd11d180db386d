"""Parts of an SMS, and names that are safe inside one."""

import pytest

from clients.messages.addresses import mask_address
from clients.messages.texts import count_parts, safe_name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # 76 of them fit into a part of 153: none is split.
        ("€" * 153, 3),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("😀" * 35, 1),
        # 33 of them fit into a part of 67.
        ("😀" * 67, 3),
        ("Ваш договор: https://e.example.ru/s/" + "x" * 22, 1),
    ],
)
def test_parts_are_counted_as_the_provider_charges_them(text: str, parts: int) -> None:
    assert count_parts(text) == parts


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ('ООО «Ромашка & "Ко"»', 'ООО «Ромашка & "Ко"»'),
        ("Петров П.П.", "Петров П. П."),
        ("договор № 12", "договор № 12"),
        ("bit.ly/x", "bit. ly/x"),
        ("https://evil.example/a", "https evil. example/a"),
        ("evil。example", "evil. example"),
        ("a@b.ru", "a b. ru"),
        ("Роза😀 \u202eмир\u200b\n\x0b", "Роза мир"),
        ("Край", "Край"),
        ("x" * 50, "x" * 19 + "…"),
        ("{link} %s", "{link} %s"),
    ],
)
def test_names_come_out_as_one_line_without_links(name: str, line: str) -> None:
    assert safe_name(name, 20 if len(name) > 40 else 40) == line


def test_addresses_are_masked() -> None:
    assert mask_address("+79123456789") == "+7 ••• •••-67-89"
    assert mask_address("petrov@romashka.example") == "p•••@romashka.example"
