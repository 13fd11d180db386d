"""Finding space for stamps on a page: where nothing is drawn, and no text is, visible or not.

Runs in a confined process (`archive.isolation`): no Django.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any, BinaryIO

import pypdfium2
from PIL import Image

from archive.pdf_content.annotations import Box, read_annotations
from archive.pdf_content.opening import open_for_page
from archive.pdf_content.page_view import flatten_page

MARGIN = 14.0  # points from the edge of the page
GAP = 6.0  # points from the page's content
SQUARE_PIXELS = 4  # width of a square of the search grid
MAX_RENDERED_SIDE = 1600  # pixels; a larger page is rendered at a smaller scale
MAX_IMAGE_PIXELS = 25_000_000  # larger images are not decoded
MIN_CONTRAST = 6  # grey levels by which content differs from the background

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class PageFrame:
    """The crop box of a page in user space (points), and the rotation of the page."""

    left: float
    bottom: float
    width: float
    height: float
    rotation: int

    @property
    def displayed_size(self) -> tuple[float, float]:
        """Width and height of the rotated page, as a reader sees it."""
        if self.rotation in {90, 270}:
            return self.height, self.width
        return self.width, self.height

    def matrix(self, x: float, y: float) -> Matrix:
        """The PDF matrix that places an upright drawing with its lower left corner at the
        displayed point ``x``, ``y`` (points from the lower left corner of the displayed page)."""
        if self.rotation == 90:
            return 0, 1, -1, 0, self.left + self.width - y, self.bottom + x
        if self.rotation == 180:
            return -1, 0, 0, -1, self.left + self.width - x, self.bottom + self.height - y
        if self.rotation == 270:
            return 0, -1, 1, 0, self.left + y, self.bottom + self.height - x
        return 1, 0, 0, 1, self.left + x, self.bottom + y

    def to_displayed(self, x: float, y: float) -> tuple[float, float]:
        """The displayed position of the point ``x``, ``y`` of user space."""
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
    """Space for the drawing of the size number ``size_index``.

    ``x``, ``y`` is the displayed position of its lower left corner.
    """

    size_index: int
    x: float
    y: float

    @property
    def corner(self) -> tuple[float, float]:
        return self.x, self.y


@dataclass(frozen=True)
class LastPage:
    """The last page, and the free space on it; None if there is none."""

    frame: PageFrame
    spot: FreeSpot | None


def find_free_space_in_child(
    descriptor: int, *, sizes: Sequence[tuple[float, float]]
) -> tuple[dict[str, Any], bytes]:
    """The function "find_stamp_space"; `parse_result` reads its result."""
    with os.fdopen(os.dup(descriptor), "rb") as source:
        return asdict(find_free_space(source, sizes)), b""


def parse_result(head: dict[str, Any]) -> LastPage:
    """The result of `find_free_space_in_child`."""
    spot = head["spot"]
    return LastPage(PageFrame(**head["frame"]), FreeSpot(**spot) if spot else None)


def find_free_space(source: BinaryIO, sizes: Sequence[tuple[float, float]]) -> LastPage:
    """The last page, and free space on it for the first of ``sizes`` (points) that fits.

    The lowest position is chosen, and the most central one at that height. A page with very large
    images is not rendered and has no free space.
    """
    with open_for_page(source, -1) as document:
        page = document[len(document) - 1]
        frame = _read_frame(page)
        if _has_huge_image(page):
            return LastPage(frame, None)
        return LastPage(frame, _find_spot(_PageGrid.from_last_page(document, frame), sizes))


def _read_frame(page: pypdfium2.PdfPage) -> PageFrame:
    left, bottom, right, top = page.get_bbox()
    return PageFrame(left, bottom, right - left, top - bottom, page.get_rotation())


def _has_huge_image(page: pypdfium2.PdfPage) -> bool:
    images = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    sizes = (image.get_px_size() for image in images if isinstance(image, pypdfium2.PdfImage))
    return any(width * height > MAX_IMAGE_PIXELS for width, height in sizes)


def _find_spot(grid: "_PageGrid", sizes: Sequence[tuple[float, float]]) -> FreeSpot | None:
    for index, size in enumerate(sizes):
        if corner := grid.find_free_corner(*size):
            return FreeSpot(index, *corner)
    return None


class _PageGrid:
    """The page in squares, each free or used.

    ``_sums`` is a summed-area table, so that a whole rectangle is checked in constant time.
    """

    def __init__(self, used: Image.Image, square: float, page_height: float) -> None:
        self.columns, self.rows = used.size
        self.square = square  # the width of a square in points
        self.page_height = page_height
        self._sums = [[0] * (self.columns + 1)]
        data = used.tobytes()
        for row in range(self.rows):
            line = data[row * self.columns : (row + 1) * self.columns]
            sums = accumulate((1 if square else 0 for square in line), initial=0)
            self._sums.append([a + b for a, b in zip(sums, self._sums[-1], strict=True)])

    @classmethod
    def from_last_page(cls, document: pypdfium2.PdfDocument, frame: PageFrame) -> "_PageGrid":
        width, height = frame.displayed_size
        scale = min(1.0, MAX_RENDERED_SIDE / max(width, height))
        last = len(document) - 1
        page = document[last]
        content = _mark_content(page.render(scale=scale, grayscale=True).to_pil())
        for annotation in read_annotations(page):
            if annotation.is_on_screen:  # a reader may draw it, or an empty field, over a stamp
                _mark_box(content, annotation.box, frame, scale)
        _mark_text(content, flatten_page(document, last, page), frame, scale)
        return cls(_reduce_to_squares(content), SQUARE_PIXELS / scale, height)

    def find_free_corner(self, width: float, height: float) -> tuple[float, float] | None:
        """The lower left corner (displayed points) of the lowest free rectangle of that size."""
        columns = int(-(-(width + 2 * GAP) // self.square))
        rows = int(-(-(height + 2 * GAP) // self.square))
        edge = int(-(-(MARGIN - GAP) // self.square))
        last = self.columns - edge - columns
        for row in range(self.rows - edge - rows, edge - 1, -1):
            free_columns = [
                column
                for column in range(edge, last + 1)
                if self._is_free(column, row, columns, rows)
            ]
            if free_columns:
                centre = (edge + last) / 2
                column = min(free_columns, key=lambda column: abs(column - centre))
                return self._corner(column, row + rows)
        return None

    def _is_free(self, column: int, row: int, columns: int, rows: int) -> bool:
        below, above = self._sums[row + rows], self._sums[row]
        used = below[column + columns] - below[column] - above[column + columns] + above[column]
        return used == 0

    def _corner(self, column: int, row_below: int) -> tuple[float, float]:
        return column * self.square + GAP, self.page_height - row_below * self.square + GAP


def _mark_content(image: Image.Image) -> Image.Image:
    """White (255) where the image differs from the background, its most frequent grey level."""
    counts = image.histogram()
    background = counts.index(max(counts))
    return image.point(
        [255 if abs(level - background) >= MIN_CONTRAST else 0 for level in range(256)]
    )


def _mark_text(
    content: Image.Image, page: pypdfium2.PdfPage, frame: PageFrame, scale: float
) -> None:
    """Marks text that is invisible, such as white text or the text layer of a scan.

    The boxes have the height of the line, because the fonts of text layers have empty glyphs.
    """
    text = page.get_textpage()
    for index in range(text.count_chars()):
        _mark_box(content, text.get_charbox(index, loose=True), frame, scale)


def _mark_box(content: Image.Image, box: Box, frame: PageFrame, scale: float) -> None:
    left, bottom, right, top = box
    corners = [frame.to_displayed(left, bottom), frame.to_displayed(right, top)]
    xs = sorted(x * scale for x, _ in corners)
    ys = sorted(content.height - y * scale for _, y in corners)
    content.paste(255, (int(xs[0]), int(ys[0]), int(xs[1]) + 1, int(ys[1]) + 1))


def _reduce_to_squares(content: Image.Image) -> Image.Image:
    """One pixel for each square of the grid, not 0 if any pixel of the square is marked."""
    # The rest at the right and bottom edge lies in the margin, where no stamp goes.
    width = content.width // SQUARE_PIXELS * SQUARE_PIXELS
    height = content.height // SQUARE_PIXELS * SQUARE_PIXELS
    return content.crop((0, 0, width, height)).reduce(SQUARE_PIXELS).point([0] + [255] * 255)
