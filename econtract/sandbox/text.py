"""Text that is compared: names without form, quotes and case."""

from __future__ import annotations

import re

_FORMS = re.compile(
    r"\b(общество с ограниченной ответственностью|публичное акционерное общество|"
    r"акционерное общество|индивидуальный предприниматель|ооо|пао|зао|оао|ао|ип|нпо|"
    r"самозанят\w+)\b"
)
_NOT_WORDS = re.compile(r"[^\w]+")


def normalise(text: str) -> str:
    """Casefolded words, ё as е, without punctuation and legal form, one space between.

    A text that is nothing but a legal form keeps it.
    """
    words = _NOT_WORDS.sub(" ", text.casefold().replace("ё", "е")).strip()
    return " ".join(_FORMS.sub(" ", words).split()) or words
