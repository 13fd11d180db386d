"""Finding dictionaries anywhere in a PDF, whatever refers to them."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf


def find_dictionaries(pdf: pikepdf.Pdf, names: Iterable[str]) -> list[Any]:
    """Every dictionary and stream that has one of ``names`` as a key or as its action type ``/S``.

    In the order of the objects, which is always the same for the same bytes. Text in strings does
    not count.
    """
    name_set = set(names)
    alternatives = "|".join(re.escape(name) for name in sorted(name_set))
    pattern = re.compile(rf"(?:{alternatives})(?![A-Za-z0-9])".encode())
    return [
        dictionary
        for obj in pdf.objects
        # Serialised by qpdf, a name has only one spelling: «/J#61vaScript» cannot hide.
        if pattern.search(_serialise(obj))
        for dictionary in _iter_dictionaries(obj)
        if name_set & set(dictionary.keys()) or str(dictionary.get("/S", "")) in name_set
    ]


def _serialise(obj: Any) -> bytes:
    if isinstance(obj, pikepdf.Stream):
        return obj.stream_dict.unparse(resolved=True)
    return obj.unparse(resolved=True) if isinstance(obj, pikepdf.Object) else b""


def _iter_dictionaries(obj: Any, depth: int = 0) -> Iterator[Any]:
    """``obj`` and what is directly inside of it; references are objects of their own."""
    if isinstance(obj, pikepdf.Object) and obj.is_indirect and depth:
        return
    if isinstance(obj, pikepdf.Array):
        for member in obj:
            yield from _iter_dictionaries(member, depth + 1)
    if isinstance(obj, pikepdf.Dictionary | pikepdf.Stream):
        yield obj
        for key in obj.keys():  # noqa: SIM118  (iterating over a stream gives no keys)
            yield from _iter_dictionaries(obj[key], depth + 1)
