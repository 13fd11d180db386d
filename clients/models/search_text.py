"""What somebody who types or pastes a text into a search field may mean by it.

People paste numbers with their labels («Задание 78», «тел. +7…», «ИНН/КПП 7707049388/784201001»)
and forget to switch the keyboard.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from econtract.platform.common.text import switch_layout

TASK_LABEL = re.compile(r"\A(?:задани[ея]|заявка)\s*(?:№|#|n|no\.?)?\s*(?=[0-9])", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:инн\s*[/и,]?\s*кпп|инн|кпп|огрнип|огрн|задани[ея]|заявка|договор|документ|номер"
    r"|лицевой сч[её]т|лс|л/с|телефон|тел|моб|сот|эл\.?\s*почта|почта|e-?mail|№|#)"
    r"(?![а-яёa-z0-9])[\s.:№#–—-]*",
    re.IGNORECASE,
)
_INN_AND_KPP = re.compile(
    r"\D*?([0-9]{10})(?:\s|[/\\|,;.:–—-]|кпп)*([0-9]{4}[0-9A-Z]{2}[0-9]{3})\W*", re.IGNORECASE
)


MAX_SEARCH_LENGTH = 100


class InnAndKpp(NamedTuple):
    inn: str
    kpp: str


def parse_inn_and_kpp(text: str) -> InnAndKpp | None:
    """ИНН and КПП of a company that were pasted together, in whatever way; else None."""
    match = _INN_AND_KPP.fullmatch(text.strip())
    return InnAndKpp(match[1], match[2].upper()) if match else None


def strip_label(text: str) -> str:
    """``text`` without the labels before a number or an e-mail address.

    A label before words stays: «Договор Сервис» may be a name.
    """
    rest = text.strip()
    while match := _LABEL.match(rest):
        rest = rest[match.end() :]
    has_value = "@" in rest or any(char.isdecimal() for char in rest)
    return rest if has_value else text


def find_variants(text: str) -> Iterator[str]:
    """What to search for, one after another until something is found.

    The text itself, then without its label, then as the other keyboard layout would have it.
    """
    text = text.replace("\x00", " ").strip()[:MAX_SEARCH_LENGTH]
    variants = [text, strip_label(text), switch_layout(text), strip_label(switch_layout(text))]
    yield from (variant for variant in dict.fromkeys(variants) if variant.strip())
