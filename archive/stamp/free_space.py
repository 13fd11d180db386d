"""Where on a page there is room for a stamp: nothing drawn there, no text, visible or not.

The looking is done in a confined process (`archive.isolation`), so this module needs no Django.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any, BinaryIO

import pypdfium2
from PIL import Image

MARGIN = 14.0  # points from the page's edge
GAP = 6.0  # points from what is drawn
CELL = 4  # rendered pixels in one square of the search grid
LONGEST_SIDE = 1600  # rendered pixels; a larger page is measured more coarsely
LARGEST_PICTURE = 25_000_000  # pixels of an image that we are willing to decode
SHADE = 6  # levels of grey by which a drawn pixel differs from the page's background

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class PageFrame:
    """A page as it is displayed: its crop box in user space (points) and its rotation."""

    left: float
    bottom: float
    width: float
    height: float
    rotation: int

    @property
    def displayed(self) -> tuple[float, float]:
        """Width and height as the reader sees them."""
        if self.rotation in {90, 270}:
            return self.height, self.width
        return self.width, self.height

    def matrix(self, x: float, y: float) -> Matrix:
        """The PDF matrix that puts an upright drawing with its lower left corner at the displayed
        point ``x``, ``y`` (points from the lower left corner as the reader sees it)."""
        if self.rotation == 90:
            return 0, 1, -1, 0, self.left + self.width - y, self.bottom + x
        if self.rotation == 180:
            return -1, 0, 0, -1, self.left + self.width - x, self.bottom + self.height - y
        if self.rotation == 270:
            return 0, -1, 1, 0, self.left + y, self.bottom + self.height - x
        return 1, 0, 0, 1, self.left + x, self.bottom + y

    def display(self, x: float, y: float) -> tuple[float, float]:
        """Where the reader sees the point ``x``, ``y`` of user space."""
        u, v = x - self.left, y - self.bottom
        if self.rotation == 90:
            return v, self.width - u
        if self.rotation == 180:
            return self.width - u, self.height - v
        if self.rotation == 270:
            return self.height - v, u
        return u, v


@dataclass(frozen=True)
class FreeSpot:
    """Room for the drawing number ``choice``, its lower left corner at ``x``, ``y`` (displayed)."""

    choice: int
    x: float
    y: float

    @property
    def corner(self) -> tuple[float, float]:
        return self.x, self.y


@dataclass(frozen=True)
class LastPage:
    """The last page's frame, and the room found on it, None when there is none."""

    frame: PageFrame
    spot: FreeSpot | None


def find_free_space_in_child(
    descriptor: int, *, sizes: Sequence[tuple[float, float]]
) -> tuple[dict[str, Any], bytes]:
    """`look` at an opened file, for `archive.isolation`; `from_answer` reads what it says."""
    with os.fdopen(os.dup(descriptor), "rb") as source:
        return asdict(find_free_space(source, sizes)), b""


def parse_result(head: dict[str, Any]) -> LastPage:
    """What `look_in_child` saw."""
    spot = head["spot"]
    return LastPage(PageFrame(**head["frame"]), FreeSpot(**spot) if spot else None)


def find_free_space(source: BinaryIO, sizes: Sequence[tuple[float, float]]) -> LastPage:
    """The last page, and room on it for the first of ``sizes`` (points) that fits.

    The lowest free place is taken, and there the middle one. A page that is too heavy to look at
    has no room.
    """
    document = pypdfium2.PdfDocument(source)
    try:
        page = document[len(document) - 1]
        frame = _frame(page)
        if _is_heavy(page):
            return LastPage(frame, None)
        return LastPage(frame, _first_spot(_Grid.of(page, frame), sizes))
    finally:
        document.close()


def _frame(page: pypdfium2.PdfPage) -> PageFrame:
    left, bottom, right, top = page.get_bbox()
    return PageFrame(left, bottom, right - left, top - bottom, page.get_rotation())


def _is_heavy(page: pypdfium2.PdfPage) -> bool:
    images = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    sizes = (image.get_px_size() for image in images if isinstance(image, pypdfium2.PdfImage))
    return any(width * height > LARGEST_PICTURE for width, height in sizes)


def _first_spot(grid: "_Grid", sizes: Sequence[tuple[float, float]]) -> FreeSpot | None:
    for choice, size in enumerate(sizes):
        if corner := grid.free_corner(*size):
            return FreeSpot(choice, *corner)
    return None


class _Grid:
    """The page in squares, each free or taken, and the sums that answer "is all of this free?"."""

    def __init__(self, taken: Image.Image, square: float, size: tuple[float, float]) -> None:
        self.columns, self.rows = taken.size
        self.square = square
        self.page_width, self.page_height = size
        self._sums = [[0] * (self.columns + 1)]
        data = taken.tobytes()
        for row in range(self.rows):
            line = data[row * self.columns : (row + 1) * self.columns]
            sums = accumulate((1 if square else 0 for square in line), initial=0)
            self._sums.append([a + b for a, b in zip(sums, self._sums[-1], strict=True)])

    @classmethod
    def of(cls, page: pypdfium2.PdfPage, frame: PageFrame) -> "_Grid":
        width, height = frame.displayed
        scale = min(1.0, LONGEST_SIDE / max(width, height))
        picture = page.render(scale=scale, grayscale=True).to_pil()
        ink = _ink(picture)
        _add_text(ink, page, frame, scale)
        return cls(_coarse(ink), CELL / scale, (width, height))

    def free_corner(self, width: float, height: float) -> tuple[float, float] | None:
        """The lower left corner (displayed points) of the lowest free place of that size."""
        across = int(-(-(width + 2 * GAP) // self.square))
        down = int(-(-(height + 2 * GAP) // self.square))
        edge = int(-(-(MARGIN - GAP) // self.square))
        last = self.columns - edge - across
        for row in range(self.rows - edge - down, edge - 1, -1):
            free = [
                column
                for column in range(edge, last + 1)
                if self._is_free(column, row, across, down)
            ]
            if free:
                column = min(free, key=lambda place: abs(place - (edge + last) / 2))
                return self._corner(column, row + down)
        return None

    def _is_free(self, column: int, row: int, across: int, down: int) -> bool:
        below, above = self._sums[row + down], self._sums[row]
        taken = below[column + across] - below[column] - above[column + across] + above[column]
        return taken == 0

    def _corner(self, column: int, row_below: int) -> tuple[float, float]:
        return column * self.square + GAP, self.page_height - row_below * self.square + GAP


def _ink(picture: Image.Image) -> Image.Image:
    """White where the picture differs from its most frequent shade, the page's background."""
    shades = picture.histogram()
    background = shades.index(max(shades))
    return picture.point([255 if abs(shade - background) >= SHADE else 0 for shade in range(256)])


def _add_text(ink: Image.Image, page: pypdfium2.PdfPage, frame: PageFrame, scale: float) -> None:
    """Marks text that the eye does not see: a scan's recognised layer, white on white.

    By the line's height and not the glyph's: fonts of recognised layers have empty glyphs.
    """
    text = page.get_textpage()
    for number in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(number, loose=True)
        corners = [frame.display(left, bottom), frame.display(right, top)]
        xs = sorted(x * scale for x, _ in corners)
        ys = sorted(ink.height - y * scale for _, y in corners)
        ink.paste(255, (int(xs[0]), int(ys[0]), int(xs[1]) + 1, int(ys[1]) + 1))


def _coarse(ink: Image.Image) -> Image.Image:
    """One pixel for a square of the grid: not 0 where any pixel of the square is marked."""
    # The strip that fills no whole square lies in the margin, where no stamp goes.
    whole = ink.crop((0, 0, ink.width // CELL * CELL, ink.height // CELL * CELL))
    return whole.reduce(CELL).point([0] + [255] * 255)
