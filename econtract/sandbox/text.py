"""Normalise organisation names so that they can be searched and compared."""

from __future__ import annotations

import re

_LEGAL_FORMS = re.compile(
    r"\b(общество с ограниченной ответственностью|публичное акционерное общество|"
    r"акционерное общество|индивидуальный предприниматель|ооо|пао|зао|оао|ао|ип|нпо|"
    r"самозанят\w+)\b"
)
_NON_WORD = re.compile(r"[^\w]+")


def normalise_name(text: str) -> str:
    """Case-folded words separated by single spaces, without punctuation and legal form, ё as е.

    A name that consists of a legal form only keeps it.
    """
    words = _NON_WORD.sub(" ", text.casefold().replace("ё", "е")).strip()
    return " ".join(_LEGAL_FORMS.sub(" ", words).split()) or words
