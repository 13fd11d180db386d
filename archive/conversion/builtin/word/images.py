"""Images of a document. Only images that are parts of the document itself are shown."""

import io
from typing import Any

from docx.oxml.ns import qn
from PIL import Image, UnidentifiedImageError

from archive.conversion.builtin import markup
from archive.conversion.builtin.markup import Style, data_url, points, void_element
from archive.conversion.builtin.word.xml import VML, Node, R, length, number

EMU_PER_POINT = 12_700
# Formats that are embedded unchanged. Others are converted to PNG, or omitted if that fails.
_EMBEDDABLE = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
_OMITTED = "[изображение не показано]"


def render_drawing(node: Node, part: Any) -> str:
    """The images of a w:drawing."""
    container = next(iter(node), None)
    extent = None if container is None else container.find(qn("wp:extent"))
    width = number(extent.get("cx")) / EMU_PER_POINT if extent is not None else 0
    height = number(extent.get("cy")) / EMU_PER_POINT if extent is not None else 0
    blips = list(node.iter(qn("a:blip")))
    style = _size_style(width, height) if len(blips) == 1 else {}
    if container is not None and container.tag == qn("wp:anchor"):
        style |= _wrap_style(container)
    return "".join(_render_image(blip.get(qn("r:embed")), part, style) for blip in blips)


def render_vml(node: Node, part: Any) -> str:
    """The images of a w:pict or w:object, in the size of their shape."""
    images = []
    for data in node.iter(f"{VML}imagedata"):
        shape = data.getparent()
        shape_style = (shape.get("style") or "") if shape is not None else ""
        sizes = dict(item.strip().split(":", 1) for item in shape_style.split(";") if ":" in item)
        style = _size_style(length(sizes.get("width")), length(sizes.get("height")))
        images.append(_render_image(data.get(f"{R}id"), part, style))
    return "".join(images)


def _size_style(width: float, height: float) -> Style:
    style: Style = {}
    if width > 0:
        style["width"] = points(width)
    if height > 0:
        style["height"] = points(height)
    return style


def _wrap_style(anchor: Node) -> Style:
    """Floats an image that text wraps around."""
    if anchor.find(qn("wp:wrapTopAndBottom")) is not None:
        return {"display": "block", "margin": "0 auto"}
    if anchor.find(qn("wp:wrapNone")) is not None:
        return {}
    align = anchor.findtext(f"{qn('wp:positionH')}/{qn('wp:align')}") or "left"
    return {"float": "right" if align in ("right", "outside") else "left"}


def _render_image(relationship_id: str | None, part: Any, style: Style) -> str:
    relationship = part.rels.get(relationship_id) if relationship_id else None
    if relationship is None or relationship.is_external:
        return markup.text(_OMITTED)
    url = _image_url(relationship.target_part.blob)
    return void_element("img", style, src=url, alt="") if url else markup.text(_OMITTED)


def _image_url(data: bytes) -> str | None:
    """The image as a data: URL; None if it cannot be decoded (a Windows metafile)."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.format in _EMBEDDABLE:
                return data_url(_EMBEDDABLE[image.format], data)
            png = io.BytesIO()
            image.convert("RGBA").save(png, "PNG")
            return data_url("image/png", png.getvalue())
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
