"""Tabs: text between tab stops gets boxes of the width that the stops leave it."""

from dataclasses import dataclass, replace

from docx.oxml.ns import qn

from archive.conversion.builtin.markup import Style, element, points
from archive.conversion.builtin.word.styles import Properties
from archive.conversion.builtin.word.xml import twips

EVERY = 35.4  # points between the stops that are there by themselves (1.25 cm)
_LEADERS = {"dot": "dots", "middleDot": "dots", "underscore": "line", "heavy": "line"}


@dataclass(frozen=True)
class Stop:
    """A tab stop, in points from the text's left edge (that of the page, not the paragraph)."""

    position: float
    align: str = "left"
    leader: str = ""


class TabStops:
    """The stops of one paragraph. ``left`` is its edge, ``first`` its first line's offset."""

    def __init__(self, paragraph: Properties, *, left: float, first: float, width: float) -> None:
        self.start = left + first
        self._hang = left if first < 0 else None
        self._width = width
        self._stops = _stated(paragraph)

    def after(self, position: float) -> Stop:
        """The stop that a tab at ``position`` goes to."""
        ahead = [stop for stop in self._stops if stop.position > position + 0.1]
        hang = self._hang
        if hang is not None and hang > position + 0.1:
            ahead.append(Stop(hang))
        if ahead:
            stop = min(ahead, key=lambda stop: stop.position)
            # Text that ends at a stop beyond the margin ends at the margin.
            ends = stop.align in ("right", "end") and stop.position > self._width - 0.5
            return replace(stop, position=self._width - 0.5) if ends else stop
        return Stop((position // EVERY + 1) * EVERY)

    def stays(self, stop: Stop) -> bool:
        """Whether the stop is on the line at all."""
        return stop.position <= self._width + EVERY


def _stated(paragraph: Properties) -> list[Stop]:
    stops: dict[float, Stop] = {}
    for holder in paragraph.nodes.get(qn("w:tabs"), []):
        for tab in holder.iter(qn("w:tab")):
            place = twips(tab.get(qn("w:pos")))
            align = tab.get(qn("w:val")) or "left"
            if align == "clear":
                stops.pop(place, None)
            elif align in ("left", "start", "center", "right", "end", "decimal"):
                leader = _LEADERS.get(tab.get(qn("w:leader")) or "", "")
                stops[place] = Stop(place, align, leader)
    return list(stops.values())


def laid_out(pieces: list[str], stops: TabStops) -> str:
    """The pieces of a paragraph between its tabs (the first may be a list's label) as HTML.

    All but the last become boxes that end where the next begins; a box grows with its text, so
    nothing is cut off.
    """
    position = stops.start
    html: list[str] = []
    align = "left"
    for number, piece in enumerate(pieces[:-1]):
        stop = stops.after(position)
        if not stops.stays(stop):
            html.append(element("span", piece) + " ")
            continue
        if stop.leader == "dots" and stop.align in ("right", "end"):
            html.append(piece + element("span", "", class_="leader"))
            return "".join([*html, *pieces[number + 1 :]])
        edge = _edge(position, stop)
        html.append(_box(piece, edge - position, align, stop.leader))
        position, align = edge, stop.align
        if align in ("right", "end", "center", "decimal") and number + 1 == len(pieces) - 1:
            room = (stop.position - edge) * (2 if align == "center" else 1)
            html.append(_box(pieces[-1], room, align, ""))
            return "".join(html)
    html.append(pieces[-1])
    return "".join(html)


def _edge(position: float, stop: Stop) -> float:
    """Where the text before the stop ends: at a left stop, or halfway to one that text centres
    on or ends at."""
    if stop.align in ("left", "start"):
        return stop.position
    return (position + stop.position) / 2


def _box(piece: str, width: float, align: str, leader: str) -> str:
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
