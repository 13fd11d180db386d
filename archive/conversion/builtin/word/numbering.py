"""List labels, numbered as in Word: «1.1», «1.2.1», «а)», «•»."""

from dataclasses import dataclass

from docx.oxml.ns import qn

from archive.conversion.builtin.word.numerals import format_numeral
from archive.conversion.builtin.word.xml import Node, child, number, on_off, value

LEVELS = 9


@dataclass(frozen=True)
class Label:
    """The text of a list label, and its level definition (w:lvl)."""

    text: str
    level: Node

    @property
    def suffix(self) -> str:
        """What comes after the label: «tab», «space» or «nothing»."""
        return value(self.level, "w:suff") or "tab"


class _List:
    """A list instance (w:num): the levels of its abstract list, with its own overrides."""

    def __init__(self, abstract: Node, instance: Node) -> None:
        self.abstract_id = abstract.get(qn("w:abstractNumId")) or ""
        self.levels: dict[int, Node] = {}
        self.starts: dict[int, int] = {}
        for level in abstract.iter(qn("w:lvl")):
            self.levels[_index(level)] = level
        for override in instance.iter(qn("w:lvlOverride")):
            index = _index(override)
            if (overriding := child(override, "w:lvl")) is not None:
                self.levels[index] = overriding
            if (start := value(override, "w:startOverride")) is not None:
                self.starts[index] = int(number(start))

    def start(self, index: int) -> int:
        """The first number of a level."""
        level = self.levels.get(index)
        start = int(number(value(level, "w:start"), 1)) if level is not None else 1
        return self.starts.get(index, start)


def _index(node: Node) -> int:
    return int(number(node.get(qn("w:ilvl"))))


class Numbering:
    """Counts the list paragraphs of a document. Call it once for each, in document order."""

    def __init__(self, root: Node | None) -> None:
        self._abstract: dict[str, Node] = {}
        self._instances: dict[str, Node] = {}
        self._by_style: dict[str, Node] = {}
        for node in root.iter(qn("w:abstractNum")) if root is not None else ():
            self._abstract[node.get(qn("w:abstractNumId")) or ""] = node
            if (link := value(node, "w:styleLink")) is not None:
                self._by_style[link] = node
        for node in root.iter(qn("w:num")) if root is not None else ():
            self._instances[node.get(qn("w:numId")) or ""] = node
        self._lists: dict[str, _List | None] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()

    def level_of_style(self, list_id: str, style_id: str) -> int | None:
        """The index of the level that is linked to the paragraph style."""
        numbered_list = self._get_list(list_id)
        for index, level in numbered_list.levels.items() if numbered_list else ():
            if value(level, "w:pStyle") == style_id:
                return index
        return None

    def next_label(self, list_id: str, index: int) -> Label | None:
        """The label of the next paragraph of level ``index``; None if there is no such list."""
        numbered_list = self._get_list(list_id)
        if numbered_list is None or index not in numbered_list.levels:
            return None
        self._count(list_id, numbered_list, index)
        level = numbered_list.levels[index]
        return Label(self._label_text(numbered_list, level, index), level)

    def _get_list(self, list_id: str) -> _List | None:
        if list_id not in self._lists:
            self._lists[list_id] = self._read_list(list_id)
        return self._lists[list_id]

    def _read_list(self, list_id: str) -> _List | None:
        instance = self._instances.get(list_id)
        if instance is None:
            return None
        abstract = self._abstract.get(value(instance, "w:abstractNumId") or "")
        if abstract is not None and (link := value(abstract, "w:numStyleLink")) is not None:
            abstract = self._by_style.get(link, abstract)
        return _List(abstract, instance) if abstract is not None else None

    def _count(self, list_id: str, numbered_list: _List, index: int) -> None:
        counters = self._counters.setdefault(numbered_list.abstract_id, [None] * LEVELS)
        if index in numbered_list.starts and (list_id, index) not in self._started:
            self._started.add((list_id, index))
            counters[index] = None  # this instance restarts the numbering
        for upper in range(index):
            if counters[upper] is None:
                counters[upper] = numbered_list.start(upper)
        current = counters[index]
        counters[index] = numbered_list.start(index) if current is None else current + 1
        for lower in range(index + 1, LEVELS):
            if self._restarts(numbered_list, lower, index):
                counters[lower] = None

    def _restarts(self, numbered_list: _List, lower: int, index: int) -> bool:
        """Whether a paragraph of level ``index`` restarts the numbering of level ``lower``."""
        restart = value(numbered_list.levels.get(lower), "w:lvlRestart")
        if restart is None:
            return True
        return restart != "0" and index < int(number(restart))

    def _label_text(self, numbered_list: _List, level: Node, index: int) -> str:
        text = value(level, "w:lvlText") or ""
        if value(level, "w:numFmt") == "bullet":
            return text
        is_legal = on_off(level, "w:isLgl") or False
        counters = self._counters[numbered_list.abstract_id]
        for other in range(index + 1):
            numeral = self._level_numeral(numbered_list, other, counters[other], is_legal=is_legal)
            text = text.replace(f"%{other + 1}", numeral)
        return text

    def _level_numeral(
        self, numbered_list: _List, index: int, count: int | None, *, is_legal: bool
    ) -> str:
        """The number of a level in its format; «legal» numbering shows all levels as decimals."""
        number_format = value(numbered_list.levels.get(index), "w:numFmt") or "decimal"
        if is_legal and number_format not in ("none", "bullet"):
            number_format = "decimal"
        return format_numeral(numbered_list.start(index) if count is None else count, number_format)
