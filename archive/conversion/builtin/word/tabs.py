"""Tabs: the text before a tab is put into a box that ends at the next tab stop."""

from dataclasses import dataclass, replace

from docx.oxml.ns import qn

from archive.conversion.builtin.markup import Style, element, points
from archive.conversion.builtin.word.styles import Properties
from archive.conversion.builtin.word.xml import length

DEFAULT_INTERVAL = 35.4  # points between the default tab stops (1.25 cm)
_LEADERS = {"dot": "dots", "middleDot": "dots", "underscore": "line", "heavy": "line"}


@dataclass(frozen=True)
class TabStop:
    """A tab stop; ``position`` in points from the left page margin."""

    position: float
    align: str = "left"
    leader: str = ""


class TabStops:
    """The tab stops of a paragraph. ``left`` is its indent, ``first`` its first line's offset."""

    def __init__(self, paragraph: Properties, *, left: float, first: float, width: float) -> None:
        self.start = left + first
        self._hanging_indent = left if first < 0 else None
        self._width = width
        self._stops = _read_stops(paragraph)

    def next_after(self, position: float) -> TabStop:
        """The stop that a tab at ``position`` jumps to."""
        following = [stop for stop in self._stops if stop.position > position + 0.1]
        indent = self._hanging_indent
        if indent is not None and indent > position + 0.1:
            following.append(TabStop(indent))
        if following:
            stop = min(following, key=lambda stop: stop.position)
            # A right-aligned stop beyond the right margin is moved to the margin.
            is_beyond = stop.align in ("right", "end") and stop.position > self._width - 0.5
            return replace(stop, position=self._width - 0.5) if is_beyond else stop
        return TabStop((position // DEFAULT_INTERVAL + 1) * DEFAULT_INTERVAL)

    def is_on_line(self, stop: TabStop) -> bool:
        """Whether the stop is on the line at all."""
        return stop.position <= self._width + DEFAULT_INTERVAL


def _read_stops(paragraph: Properties) -> list[TabStop]:
    stops: dict[float, TabStop] = {}
    for tabs in paragraph.nodes.get(qn("w:tabs"), []):
        for tab in tabs.iter(qn("w:tab")):
            position = length(tab.get(qn("w:pos")))
            align = tab.get(qn("w:val")) or "left"
            if align == "clear":
                stops.pop(position, None)
            elif align in ("left", "start", "center", "right", "end", "decimal"):
                leader = _LEADERS.get(tab.get(qn("w:leader")) or "", "")
                stops[position] = TabStop(position, align, leader)
    return list(stops.values())


def render_tabs(pieces: list[str], stops: TabStops) -> str:
    """The HTML of a paragraph that was split at its tabs; the first piece may be a list label.

    All pieces but the last become boxes that end where the next begins. A box grows with its
    text, so that nothing is truncated.
    """
    position = stops.start
    html: list[str] = []
    align = "left"
    for number, piece in enumerate(pieces[:-1]):
        stop = stops.next_after(position)
        if not stops.is_on_line(stop):
            html.append(element("span", piece) + " ")
            continue
        if stop.leader == "dots" and stop.align in ("right", "end"):
            html.append(piece + element("span", "", class_="leader"))
            return "".join([*html, *pieces[number + 1 :]])
        edge = _box_edge(position, stop)
        html.append(_render_box(piece, edge - position, align, stop.leader))
        position, align = edge, stop.align
        if align in ("right", "end", "center", "decimal") and number + 1 == len(pieces) - 1:
            width = (stop.position - edge) * (2 if align == "center" else 1)
            html.append(_render_box(pieces[-1], width, align, ""))
            return "".join(html)
    html.append(pieces[-1])
    return "".join(html)


def _box_edge(position: float, stop: TabStop) -> float:
    """Where the box before the stop ends: at a left-aligned stop, or halfway to any other."""
    if stop.align in ("left", "start"):
        return stop.position
    return (position + stop.position) / 2


def _render_box(piece: str, width: float, align: str, leader: str) -> str:
    style: Style = {
        "display": "inline-block",
        "min-width": points(max(0.0, width)),
        "text-indent": "0",
    }
    if align in ("right", "end", "decimal"):
        style["text-align"] = "right"
    elif align == "center":
        style["text-align"] = "center"
    if leader == "line" and not piece:
        style["border-bottom"] = "0.5pt solid"
    return element("span", piece, style)
