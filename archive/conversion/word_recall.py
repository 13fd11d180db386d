"""Comparing the words of the source document with those of the PDF."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
# Invisible break marks inside of words: soft hyphen, zero-width characters, and the characters
# that pdfium uses for a hyphen at the end of a line.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]|[\ufffe\x02]\\s*")
LONG_WORD = 6


def normalise_text(text: str) -> str:
    """``text`` with ligatures resolved, break marks removed and case folded."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()


def split_words(text: str) -> list[str]:
    """The words (runs of letters and digits) of ``text``, normalised and in order."""
    return _WORD.findall(normalise_text(text))


def missing_words(source: Iterable[str], target_text: str) -> Counter[str]:
    """How many times each word of ``source`` is missing from ``target_text``.

    A long word that a narrow column has split is found in the text without spaces.
    """
    expected = Counter(source)
    missing = expected - Counter(split_words(target_text))
    if not missing:
        return missing
    joined = "".join(split_words(target_text))
    for word in [word for word in missing if len(word) >= LONG_WORD]:
        missing[word] = min(missing[word], max(0, expected[word] - joined.count(word)))
    return +missing


def word_recall(source: list[str], missing: Counter[str]) -> float:
    """The share (0 to 1) of ``source`` that is not missing; 1 for an empty source."""
    return 1 - missing.total() / len(source) if source else 1.0


def forgive_broken_blocks(
    blocks: Iterable[str], missing: Counter[str], target_text: str
) -> Counter[str]:
    """``missing`` without the words of blocks that ``target_text`` shows with other spaces.

    A narrow column breaks short words and numbers anywhere, too.
    """
    if not missing:
        return missing
    joined = "".join(split_words(target_text))
    remaining = Counter(missing)
    for block, count in Counter(tuple(split_words(block)) for block in blocks).items():
        text, lost = "".join(block), remaining & Counter(block)
        if lost and len(text) >= LONG_WORD and joined.count(text) >= count:
            remaining -= Counter({word: number * count for word, number in lost.items()})
    return remaining
