"""A small picture file can unpack to gigabytes: look at its stated size before anybody draws it."""

import zipfile

from PIL import Image, UnidentifiedImageError

from archive.intake import refusals
from archive.intake.refusals import IntakeRefused

MOST_PIXELS = 100_000_000
Image.MAX_IMAGE_PIXELS = None  # the limit is ours, below, with a refusal instead of a warning


def refuse_bombs(archive: zipfile.ZipFile, name: str) -> None:
    """Raises IntakeRefused for a picture of over 100 million pixels. Reads no pixel."""
    try:
        with archive.open(name) as part, Image.open(part) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError):
        return  # a metafile or a broken picture: the converter leaves it out or draws it itself
    if width * height > MOST_PIXELS:
        raise IntakeRefused(refusals.TOO_LARGE_UNPACKED)
