"""Words of a text, for comparing what went in with what came out."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
# Marks of a break inside a word: soft hyphen, zero-width characters, pdfium's hyphen at a line end.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]|[\ufffe\x02]\\s*")
LONG = 6


def normalise_text(text: str) -> str:
    """One spelling of ligatures, spaces and breaks; case does not count."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()


def split_words(text: str) -> list[str]:
    """Runs of letters and digits in their order."""
    return _WORD.findall(normalise_text(text))


def missing_words(source: Iterable[str], target_text: str) -> Counter[str]:
    """How many of which words of ``source`` are not in ``target_text``.

    A word counts as often as it occurs. A long one that a narrow column has cut in two is
    found in the text without spaces.
    """
    wanted = Counter(source)
    lost = wanted - Counter(split_words(target_text))
    if not lost:
        return lost
    run_on = "".join(split_words(target_text))
    for word in [word for word in lost if len(word) >= LONG]:
        lost[word] = min(lost[word], max(0, wanted[word] - run_on.count(word)))
    return +lost


def word_recall(source: list[str], lost: Counter[str]) -> float:
    """The share of ``source`` that is not lost; 1 when there was nothing to lose."""
    return 1 - lost.total() / len(source) if source else 1.0
