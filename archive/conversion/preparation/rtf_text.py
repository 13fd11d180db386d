"""The visible text of an RTF document."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.conversion.preparation.rtf_groups import Group, control_word, parse
from archive.conversion.preparation.word_fields import PAGE_NUMBERS

# Groups without text that a page shows. A list's label is counted anew by every program.
_INVISIBLE = frozenset(
    """annotation atnauthor atndate atnid atnref atrfend atrfstart bkmkend bkmkstart colortbl
    datafield docvar fldinst filetbl fontemb fonttbl footerf footerl footerr headerf headerl headerr
    info listtable listoverridetable listtext nonesttables nonshppict objclass objdata objname pict
    pntext revtbl rsidtbl shprslt sn sp stylesheet sv themedata xmlnstbl""".split()  # noqa: SIM905
)
_VISIBLE_IGNORABLE = frozenset({"shpinst", "shptxt", "moMath", "mmath", "ud"})
_ENDS = frozenset("par cell nestcell row nestrow sect page line column softline".split())  # noqa: SIM905
_CHARACTERS = {
    "tab": "\t",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": " ",
    "enspace": " ",
}
_ESCAPES = {b"\\~": "\u00a0", b"\\_": "-", b"\\{": "{", b"\\}": "}", b"\\\\": "\\"}
# \fcharsetN: the Windows encoding of a font.
_CHARSETS = {
    0: 1252,
    77: 10000,
    161: 1253,
    162: 1254,
    163: 1258,
    177: 1255,
    178: 1256,
    186: 1257,
    204: 1251,
    222: 874,
    238: 1250,
}


@dataclass(frozen=True)
class _State:
    """The character properties that decide what is shown."""

    encoding: str
    is_hidden: bool = False
    is_deleted: bool = False
    fallback: int = 1  # characters after \\u that stand for it elsewhere


def read_paragraphs(data: bytes) -> Iterator[str]:
    """The text of the paragraphs and cells that the pages show."""
    text = group_text(parse(data))
    return (line for line in text.split("\n") if line.strip())


def group_text(group: Group) -> str:
    """The visible text of a group, with a line for each paragraph."""
    reader = _TextReader(group)
    reader.read(group, _State(reader.encoding))
    return "".join(reader.pieces)


class _TextReader:
    """Collects the text of a group and its inner groups."""

    def __init__(self, root: Group) -> None:
        self.pieces: list[str] = []
        self.encoding = "cp1252"
        self._skip = 0  # characters of a fallback that are still to come
        self._fonts: dict[int, str] = {}
        for item in root.items[:40]:
            if isinstance(item, Group):
                self._read_fonts(item)
            elif control_word(item)[0] == "ansicpg":
                self.encoding = _encoding(control_word(item)[1] or 0, self.encoding)

    def _read_fonts(self, table: Group) -> None:
        if table.destination != "fonttbl":
            return
        for font in [table, *table.groups()]:
            number = None
            for token in font.items:
                name, value = ("", None) if isinstance(token, Group) else control_word(token)
                if name == "f":
                    number = value
                elif name == "fcharset" and number is not None and value in _CHARSETS:
                    self._fonts[number] = _encoding(_CHARSETS[value], self.encoding)

    def read(self, group: Group, state: _State) -> None:
        """Adds the text of the group, which begins in ``state``."""
        for item in group.items:
            if isinstance(item, Group):
                if _is_visible(item):
                    self.read(item, state)
            else:
                state = self._read_token(item, state)

    def _read_token(self, token: bytes, state: _State) -> _State:
        name, value = control_word(token)
        if not name:
            self._add(_decode(token, state.encoding), state)
        elif name in _ENDS:
            self.pieces.append("\n")
        elif name in _CHARACTERS:
            self._add(_CHARACTERS[name], state)
        elif name == "u" and value is not None:
            self._skip = 0
            self._add(_unicode(value), state)
            self._skip = state.fallback
        elif name == "uc":
            return replace(state, fallback=value or 0)
        elif name == "f" and value in self._fonts:
            return replace(state, encoding=self._fonts[value])
        elif name == "v":
            return replace(state, is_hidden=value != 0)
        elif name == "deleted":
            return replace(state, is_deleted=value != 0)
        elif name == "plain":
            return _State(self.encoding, fallback=state.fallback)
        return state

    def _add(self, text: str, state: _State) -> None:
        skipped = min(self._skip, len(text))
        self._skip -= skipped
        if not state.is_hidden and not state.is_deleted:
            self.pieces.append(text[skipped:])


def _is_visible(group: Group) -> bool:
    destination = group.destination
    if destination == "upr":  # the same text twice: in ANSI, and in Unicode
        group.items[:] = [*group.groups()][-1:]
        return True
    if destination == "field":
        instruction = group.child("fldinst")
        name = group_text(instruction).split() if instruction is not None else []
        return not name or name[0].upper() not in PAGE_NUMBERS
    if destination in _INVISIBLE:
        return False
    return not group.is_ignorable or destination in _VISIBLE_IGNORABLE


def _decode(token: bytes, encoding: str) -> str:
    if token[:2] == b"\\'":
        return bytes([int(token[2:], 16)]).decode(encoding, errors="replace")
    if token[:1] == b"\\":
        return "\n" if token in (b"\\\n", b"\\\r") else _ESCAPES.get(token, "")
    return token.translate(None, b"\r\n").decode(encoding, errors="replace")


def _encoding(code_page: int, default: str) -> str:
    name = {10000: "mac_roman", 65001: "utf-8"}.get(code_page, f"cp{code_page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return default


def _unicode(value: int) -> str:
    """\\uN: a signed 16-bit code unit. Halves of a pair are dropped: they are no letters."""
    code = value & 0xFFFF
    return "" if 0xD800 <= code <= 0xDFFF else chr(code)
