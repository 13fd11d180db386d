"""The effective formatting of runs and paragraphs: defaults, styles and direct formatting."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from docx.oxml.ns import qn

from archive.conversion.builtin.word.xml import Node, child, descendant, value

# Properties that are overridden attribute by attribute, not as a whole.
_MERGED_BY_ATTRIBUTE = {"w:ind", "w:spacing", "w:rFonts"}


class Properties:
    """Formatting property elements by tag, the last one in effect."""

    def __init__(self, theme_fonts: Mapping[str, str] | None = None) -> None:
        self.nodes: dict[str, list[Node]] = {}
        self._theme_fonts = theme_fonts or {}

    def add(self, container: Node | None) -> "Properties":
        """Overrides the properties with those of a w:pPr or w:rPr; returns itself."""
        for node in container if container is not None else ():
            if isinstance(node.tag, str):
                self.nodes.setdefault(node.tag, []).append(node)
        return self

    def copy(self) -> "Properties":
        properties = Properties(self._theme_fonts)
        properties.nodes = {tag: list(nodes) for tag, nodes in self.nodes.items()}
        return properties

    def node(self, name: str) -> Node | None:
        """The element in effect."""
        nodes = self.nodes.get(qn(name))
        return nodes[-1] if nodes else None

    def get(self, name: str, attribute: str = "w:val") -> str | None:
        """The attribute in effect. Indents, spacing and fonts are merged attribute by attribute."""
        nodes = self.nodes.get(qn(name), [])
        for node in reversed(nodes if name in _MERGED_BY_ATTRIBUTE else nodes[-1:]):
            if (text := node.get(qn(attribute))) is not None:
                return str(text)
        return None

    def font(self) -> str | None:
        """The name of the font in effect. A theme font («minorHAnsi») is resolved."""
        for node in reversed(self.nodes.get(qn("w:rFonts"), [])):
            for attribute in ("w:asciiTheme", "w:hAnsiTheme"):
                if theme := node.get(qn(attribute)):
                    return self._theme_fonts.get(theme[:5])
            for attribute in ("w:ascii", "w:hAnsi"):
                if name := node.get(qn(attribute)):
                    return str(name)
        return None

    def is_on(self, name: str) -> bool:
        """Whether an on/off property is on."""
        node = self.node(name)
        if node is None:
            return False
        return (node.get(qn("w:val")) or "1").lower() not in ("0", "false", "off", "none")


class Styles:
    """The document's styles and defaults."""

    def __init__(
        self, root: Node | None, theme_fonts: Mapping[str, str], *, word_version: int
    ) -> None:
        self.word_version = word_version  # whose layout the document has; 15 is Word 2013
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
        """The style and the styles that it is based on, the base style first.

        For an unknown style it is the default style of that ``kind``.
        """
        chain: list[Node] = []
        current = identifier if identifier in self._by_id else self._defaults.get(kind)
        while current in self._by_id and self._by_id[current] not in chain:
            chain.append(self._by_id[current])
            current = value(chain[-1], "w:basedOn")
        return tuple(reversed(chain))

    def defaults(self, container: str, name: str) -> Node | None:
        """docDefaults: ("w:pPrDefault", "w:pPr") or ("w:rPrDefault", "w:rPr")."""
        return descendant(self._root, "w:docDefaults", container, name)

    def paragraph(self, properties: Node | None, cell_style: "TableCellStyle | None") -> Properties:
        """The effective paragraph properties, without those of a list level."""
        merged = Properties().add(self.defaults("w:pPrDefault", "w:pPr"))
        for container in cell_style.containers("w:pPr") if cell_style else ():
            merged.add(container)
        for style in self.chain(value(properties, "w:pStyle"), "paragraph"):
            merged.add(child(style, "w:pPr"))
        return merged.add(properties)

    def paragraph_style_name(self, properties: Node | None) -> str:
        """The paragraph style's name in lower case («heading 1»)."""
        chain = self.chain(value(properties, "w:pStyle"), "paragraph")
        return (value(chain[-1], "w:name") or "").lower() if chain else ""

    def run_base(self, paragraph: Node | None, cell_style: "TableCellStyle | None") -> Properties:
        """The run properties that all runs of a paragraph inherit."""
        merged = Properties(self._theme_fonts).add(self.defaults("w:rPrDefault", "w:rPr"))
        for container in cell_style.containers("w:rPr") if cell_style else ():
            merged.add(container)
        for style in self.chain(value(paragraph, "w:pStyle"), "paragraph"):
            merged.add(child(style, "w:rPr"))
        return merged

    def run(self, base: Properties, properties: Node | None) -> Properties:
        """The effective run properties."""
        merged = base.copy()
        style_id = value(properties, "w:rStyle")
        if style_id is not None:
            for style in self.chain(style_id, "character"):
                merged.add(child(style, "w:rPr"))
        return merged.add(properties)


class TableCellStyle:
    """The formatting of one cell by its table style: of the table, then of its row or column."""

    def __init__(self, chain: tuple[Node, ...], conditions: frozenset[str]) -> None:
        self._chain = chain
        self._conditions = conditions

    def containers(self, name: str) -> Iterator[Node | None]:
        """The style's elements ``name`` (w:pPr, w:rPr, w:tcPr) that apply, the strongest last."""
        for style in self._chain:
            yield child(style, name)
        for style in self._chain:
            for part in style.iter(qn("w:tblStylePr")):
                if part.get(qn("w:type")) in self._conditions:
                    yield child(part, name)
