"""What the message with the link says."""

import pytest

from edo.channels.simple.sending import PART_LENGTH, compose_link_text

ADDRESS = "https://e.example.ru/s/Xw73eFZBYho07rF7_7Bz0g/"


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("ПАО «Ростелеком»", "Ростелеком"),
        ("ООО «Торговый дом «Волга»", "Торговый дом «Волга"),
        ('АО "Связь"', "Связь"),
        ("Иванов Иван", "Иванов Иван"),
    ],
)
def test_the_link_names_the_sender_without_the_legal_form(sender: str, name: str) -> None:
    text = compose_link_text(sender, "https://e.ru/s/1")
    assert text == f"{name}: документ на подпись https://e.ru/s/1"


def test_the_link_is_one_part_at_an_ordinary_address() -> None:
    text = compose_link_text("ПАО «Ростелеком»", ADDRESS)
    assert text == f"Ростелеком: подпишите {ADDRESS}"
    assert len(text) <= PART_LENGTH
