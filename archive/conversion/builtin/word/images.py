"""Pictures of a document, drawn from its own parts only."""

import io
from typing import Any

from docx.oxml.ns import qn
from PIL import Image, UnidentifiedImageError

from archive.conversion.builtin import markup
from archive.conversion.builtin.markup import Style, data_address, points, void
from archive.conversion.builtin.word.xml import VML, Node, R, number, twips

EMU_A_POINT = 12_700
# What a PDF page can show as it is; anything else is redrawn as PNG, or left out if it cannot be.
_AS_IS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
_MISSING = "[изображение не показано]"


def drawing(node: Node, part: Any) -> str:
    """The pictures of a w:drawing."""
    holder = next(iter(node), None)
    extent = None if holder is None else holder.find(qn("wp:extent"))
    across = number(extent.get("cx")) / EMU_A_POINT if extent is not None else 0
    down = number(extent.get("cy")) / EMU_A_POINT if extent is not None else 0
    blips = list(node.iter(qn("a:blip")))
    style = _size(across, down) if len(blips) == 1 else {}
    if holder is not None and holder.tag == qn("wp:anchor"):
        style |= _floating(holder)
    return "".join(_picture(blip.get(qn("r:embed")), part, style) for blip in blips)


def vml(node: Node, part: Any) -> str:
    """The pictures of a w:pict or w:object, with the size that their shape states."""
    drawn = []
    for data in node.iter(f"{VML}imagedata"):
        shape = data.getparent()
        stated = (shape.get("style") or "") if shape is not None else ""
        sizes = dict(item.strip().split(":", 1) for item in stated.split(";") if ":" in item)
        style = _size(twips(sizes.get("width")), twips(sizes.get("height")))
        drawn.append(_picture(data.get(f"{R}id"), part, style))
    return "".join(drawn)


def _size(across: float, down: float) -> Style:
    style: Style = {}
    if across > 0:
        style["width"] = points(across)
    if down > 0:
        style["height"] = points(down)
    return style


def _floating(anchor: Node) -> Style:
    """Text flows beside a picture that it is told to flow around."""
    if anchor.find(qn("wp:wrapTopAndBottom")) is not None:
        return {"display": "block", "margin": "0 auto"}
    if anchor.find(qn("wp:wrapNone")) is not None:
        return {}
    align = anchor.findtext(f"{qn('wp:positionH')}/{qn('wp:align')}") or "left"
    return {"float": "right" if align in ("right", "outside") else "left"}


def _picture(relation: str | None, part: Any, style: Style) -> str:
    related = part.rels.get(relation) if relation else None
    if related is None or related.is_external:
        return markup.text(_MISSING)
    encoded = _encoded(related.target_part.blob)
    return void("img", style, src=encoded, alt="") if encoded else markup.text(_MISSING)


def _encoded(data: bytes) -> str | None:
    """The picture as a data address; None when it cannot be drawn (a Windows metafile)."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.format in _AS_IS:
                return data_address(_AS_IS[picture.format], data)
            redrawn = io.BytesIO()
            picture.convert("RGBA").save(redrawn, "PNG")
            return data_address("image/png", redrawn.getvalue())
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
