"""Decompression bombs: the declared size of an image is checked before anything decodes it."""

import zipfile

from PIL import Image, UnidentifiedImageError

from archive.intake import refusals
from archive.intake.refusals import IntakeRefused

MAX_PIXELS = 100_000_000
Image.MAX_IMAGE_PIXELS = None  # we check the size ourselves, below


def validate(archive: zipfile.ZipFile, name: str) -> None:
    """Raises IntakeRefused for an image of over 100 million pixels. Decodes no pixel."""
    try:
        with archive.open(name) as part, Image.open(part) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError):
        return  # a metafile or a broken image: the converter omits it or draws it by itself
    if width * height > MAX_PIXELS:
        raise IntakeRefused(refusals.TOO_LARGE_UNPACKED)
