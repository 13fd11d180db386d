"""What a run or a paragraph looks like once all that applies to it is added up."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from docx.oxml.ns import qn

from archive.conversion.builtin.word.xml import Node, child, path, value

# Properties that are replaced attribute by attribute and not as a whole.
_MERGED = {"w:ind", "w:spacing", "w:rFonts"}


class Properties:
    """Property elements by name; later ones win."""

    def __init__(self, theme_fonts: Mapping[str, str] | None = None) -> None:
        self.nodes: dict[str, list[Node]] = {}
        self._theme_fonts = theme_fonts or {}

    def add(self, holder: Node | None) -> "Properties":
        """Lays the properties of a w:pPr or w:rPr over what is there."""
        for node in holder if holder is not None else ():
            if isinstance(node.tag, str):
                self.nodes.setdefault(node.tag, []).append(node)
        return self

    def copy(self) -> "Properties":
        twin = Properties(self._theme_fonts)
        twin.nodes = {tag: list(nodes) for tag, nodes in self.nodes.items()}
        return twin

    def node(self, name: str) -> Node | None:
        """The element in force."""
        found = self.nodes.get(qn(name))
        return found[-1] if found else None

    def get(self, name: str, attribute: str = "w:val") -> str | None:
        """The attribute in force; of indents, spacing and fonts the last that mentions it."""
        nodes = self.nodes.get(qn(name), [])
        for node in reversed(nodes if name in _MERGED else nodes[-1:]):
            if (found := node.get(qn(attribute))) is not None:
                return str(found)
        return None

    def font(self) -> str | None:
        """The name of the font in force; a theme's font («minorHAnsi») by its own name."""
        for node in reversed(self.nodes.get(qn("w:rFonts"), [])):
            for attribute in ("w:asciiTheme", "w:hAnsiTheme"):
                if theme := node.get(qn(attribute)):
                    return self._theme_fonts.get(theme[:5])
            for attribute in ("w:ascii", "w:hAnsi"):
                if name := node.get(qn(attribute)):
                    return str(name)
        return None

    def on(self, name: str) -> bool:
        """Whether a switch is on."""
        node = self.node(name)
        if node is None:
            return False
        return (node.get(qn("w:val")) or "1").lower() not in ("0", "false", "off", "none")


class Styles:
    """The document's styles and defaults."""

    def __init__(self, root: Node | None, theme_fonts: Mapping[str, str]) -> None:
        self._root = root
        self._theme_fonts = theme_fonts
        self._by_id: dict[str, Node] = {}
        self._defaults: dict[str, str] = {}
        for style in root.iter(qn("w:style")) if root is not None else ():
            identifier = style.get(qn("w:styleId")) or ""
            self._by_id.setdefault(identifier, style)
            if style.get(qn("w:default")) in ("1", "true", "on"):
                self._defaults[style.get(qn("w:type")) or ""] = identifier
        self.chain = lru_cache(maxsize=1024)(self._chain)

    def _chain(self, identifier: str | None, kind: str) -> tuple[Node, ...]:
        """The style and those it is based on, the base first; the default when there is none."""
        links: list[Node] = []
        current = identifier if identifier in self._by_id else self._defaults.get(kind)
        while current in self._by_id and self._by_id[current] not in links:
            links.append(self._by_id[current])
            current = value(links[-1], "w:basedOn")
        return tuple(reversed(links))

    def defaults(self, holder: str, name: str) -> Node | None:
        """docDefaults: ("w:pPrDefault", "w:pPr") or ("w:rPrDefault", "w:rPr")."""
        return path(self._root, "w:docDefaults", holder, name)

    def paragraph(self, properties: Node | None, table: "TableLook | None") -> Properties:
        """Paragraph properties in force, but for what a list level adds."""
        merged = Properties().add(self.defaults("w:pPrDefault", "w:pPr"))
        for holder in table.holders("w:pPr") if table else ():
            merged.add(holder)
        for style in self.chain(value(properties, "w:pStyle"), "paragraph"):
            merged.add(child(style, "w:pPr"))
        return merged.add(properties)

    def paragraph_style_name(self, properties: Node | None) -> str:
        """The paragraph style's name in lower case («heading 1»)."""
        chain = self.chain(value(properties, "w:pStyle"), "paragraph")
        return (value(chain[-1], "w:name") or "").lower() if chain else ""

    def run_base(self, paragraph: Node | None, table: "TableLook | None") -> Properties:
        """Run properties that every run of a paragraph begins with."""
        merged = Properties(self._theme_fonts).add(self.defaults("w:rPrDefault", "w:rPr"))
        for holder in table.holders("w:rPr") if table else ():
            merged.add(holder)
        for style in self.chain(value(paragraph, "w:pStyle"), "paragraph"):
            merged.add(child(style, "w:rPr"))
        return merged

    def run(self, base: Properties, properties: Node | None) -> Properties:
        """Run properties in force."""
        merged = base.copy()
        style = value(properties, "w:rStyle")
        if style is not None:
            for link in self.chain(style, "character"):
                merged.add(child(link, "w:rPr"))
        return merged.add(properties)


class TableLook:
    """What a table style gives to one cell: of the whole table, then of its row or column."""

    def __init__(self, chain: tuple[Node, ...], conditions: frozenset[str]) -> None:
        self._chain = chain
        self._conditions = conditions

    def holders(self, name: str) -> Iterator[Node | None]:
        """The style's elements by ``name`` that apply, weakest first."""
        for style in self._chain:
            yield child(style, name)
        for style in self._chain:
            for part in style.iter(qn("w:tblStylePr")):
                if part.get(qn("w:type")) in self._conditions:
                    yield child(part, name)
