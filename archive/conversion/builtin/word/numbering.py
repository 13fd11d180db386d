"""List labels, counted as Word counts them: «1.1», «1.2.1», «а)», «•»."""

from dataclasses import dataclass

from docx.oxml.ns import qn

from archive.conversion.builtin.word.numerals import numeral
from archive.conversion.builtin.word.xml import Node, child, number, switch, value

LEVELS = 9


@dataclass(frozen=True)
class Label:
    """What stands before a paragraph, and the level that says how."""

    text: str
    level: Node

    @property
    def follows(self) -> str:
        """«tab», «space» or «nothing»."""
        return value(self.level, "w:suff") or "tab"


class _List:
    """One w:num: the levels of its abstract list with its own overrides."""

    def __init__(self, abstract: Node, instance: Node) -> None:
        self.counts_as = abstract.get(qn("w:abstractNumId")) or ""
        self.levels: dict[int, Node] = {}
        self.starts: dict[int, int] = {}
        for level in abstract.iter(qn("w:lvl")):
            self.levels[_index(level)] = level
        for override in instance.iter(qn("w:lvlOverride")):
            index = _index(override)
            if (own := child(override, "w:lvl")) is not None:
                self.levels[index] = own
            if (start := value(override, "w:startOverride")) is not None:
                self.starts[index] = int(number(start))

    def start(self, index: int) -> int:
        level = self.levels.get(index)
        own = int(number(value(level, "w:start"), 1)) if level is not None else 1
        return self.starts.get(index, own)


def _index(node: Node) -> int:
    return int(number(node.get(qn("w:ilvl"))))


class Numbering:
    """Gives the labels of a document's paragraphs; ask in document order, each one once."""

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

    def level_of_style(self, number_id: str, style_id: str) -> int | None:
        """The level that names the paragraph style as its own."""
        found = self._list(number_id)
        for index, level in found.levels.items() if found else ():
            if value(level, "w:pStyle") == style_id:
                return index
        return None

    def level(self, number_id: str, index: int) -> Node | None:
        """The definition of a level; None when there is no such list."""
        found = self._list(number_id)
        return found.levels.get(index) if found else None

    def next_label(self, number_id: str, index: int) -> Label | None:
        """Counts one paragraph on and gives its label; None when there is no such list."""
        found = self._list(number_id)
        if found is None or index not in found.levels:
            return None
        self._count(number_id, found, index)
        level = found.levels[index]
        return Label(self._written(found, level, index), level)

    def _list(self, number_id: str) -> _List | None:
        if number_id not in self._lists:
            self._lists[number_id] = self._read(number_id)
        return self._lists[number_id]

    def _read(self, number_id: str) -> _List | None:
        instance = self._instances.get(number_id)
        if instance is None:
            return None
        abstract = self._abstract.get(value(instance, "w:abstractNumId") or "")
        if abstract is not None and (link := value(abstract, "w:numStyleLink")) is not None:
            abstract = self._by_style.get(link, abstract)
        return _List(abstract, instance) if abstract is not None else None

    def _count(self, number_id: str, found: _List, index: int) -> None:
        counters = self._counters.setdefault(found.counts_as, [None] * LEVELS)
        if index in found.starts and (number_id, index) not in self._started:
            self._started.add((number_id, index))
            counters[index] = None  # this instance begins anew
        for upper in range(index):
            if counters[upper] is None:
                counters[upper] = found.start(upper)
        current = counters[index]
        counters[index] = found.start(index) if current is None else current + 1
        for lower in range(index + 1, LEVELS):
            if self._restarts(found, lower, index):
                counters[lower] = None

    def _restarts(self, found: _List, lower: int, index: int) -> bool:
        restart = value(found.levels.get(lower), "w:lvlRestart")
        if restart is None:
            return True
        return restart != "0" and index < int(number(restart))

    def _written(self, found: _List, level: Node, index: int) -> str:
        text = value(level, "w:lvlText") or ""
        if value(level, "w:numFmt") == "bullet":
            return text
        legal = switch(level, "w:isLgl") or False
        counters = self._counters[found.counts_as]
        for place in range(index + 1):
            shown = self._numeral(found, place, counters[place], legal=legal)
            text = text.replace(f"%{place + 1}", shown)
        return text

    def _numeral(self, found: _List, place: int, count: int | None, *, legal: bool) -> str:
        form = value(found.levels.get(place), "w:numFmt") or "decimal"
        if legal and form not in ("none", "bullet"):
            form = "decimal"
        return numeral(found.start(place) if count is None else count, form)
