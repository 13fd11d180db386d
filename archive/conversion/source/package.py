"""The parts of an OOXML file, and the text of its charts and diagrams."""

import zipfile
from collections.abc import Iterator

from archive.conversion.preparation import relationships
from archive.conversion.preparation.xml import Node, attribute, local_name, parent_of, parse

_LABEL_FLAGS = frozenset({"showVal", "showPercent", "showCatName"})


class SourcePackage:
    """An open OOXML file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name for name in archive.namelist() if not name.endswith("/")}

    def read(self, name: str) -> bytes:
        return self._archive.read(name)

    def root(self, name: str) -> Node | None:
        """The root element of a part; None when there is no such part."""
        return parse(self.read(name)) if name in self._names else None

    def targets(self, name: str) -> dict[str, tuple[str, str]]:
        """The relationships of the part ``name``: by their id, the last word of the type
        («header») and the name of the part."""
        folder, _, file = name.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels"
        root = self.root(rels)
        targets = {}
        for relationship in root if root is not None else ():
            if relationship.get("TargetMode") != "External":
                kind = (relationship.get("Type") or "").rpartition("/")[2]
                part = relationships.resolve(rels, relationship.get("Target") or "")
                if part in self._names:
                    targets[relationship.get("Id") or ""] = (kind, part)
        return targets

    def graphic_blocks(self, name: str) -> Iterator[str]:
        """The text of the charts and diagrams that the part ``name`` shows."""
        for kind, part in self.targets(name).values():
            root = self.root(part) if kind in ("chart", "diagramData") else None
            if root is None:
                continue
            if kind == "chart":
                yield from _chart_blocks(root)
                yield from self._drawing_blocks(part)
            else:
                yield from drawing_blocks(root)

    def _drawing_blocks(self, chart: str) -> Iterator[str]:
        """The shapes that are drawn over a chart."""
        for kind, part in self.targets(chart).values():
            root = self.root(part) if kind == "chartUserShapes" else None
            if root is not None:
                yield from drawing_blocks(root)


def drawing_blocks(root: Node) -> Iterator[str]:
    """The paragraphs of DrawingML (a:p) in a part."""
    for paragraph in root.iter("{*}p"):
        text = "".join(node.text or "" for node in paragraph.iter("{*}t"))
        if text.strip():
            yield text


def _chart_blocks(root: Node) -> Iterator[str]:
    """Titles; categories and names of the series; the values that have labels."""
    yield from drawing_blocks(root)
    has_legend = next(root.iter("{*}legend"), None) is not None
    for series in root.iter("{*}ser"):
        chart = parent_of(series)
        flags = {
            local_name(flag)
            for labels in (series, chart)
            for flag in labels.iterfind("{*}dLbls/{*}*")
            if local_name(flag) in _LABEL_FLAGS and attribute(flag, "val") not in ("0", "false")
        }
        is_pie = "pie" in local_name(chart).lower()
        if has_legend and not is_pie:
            yield from _cached(series, "{*}tx")
        if has_legend or not is_pie or "showCatName" in flags:
            yield from _cached(series, "{*}cat")
        if "showVal" in flags:
            yield from (value.replace(".", ",") for value in _cached(series, "{*}val"))


def _cached(series: Node, path: str) -> Iterator[str]:
    for value in series.iterfind(f"{path}//{{*}}v"):
        if value.text:
            yield value.text
