"""Building HTML and CSS. Everything that comes from a file is escaped here."""

import base64
import re
from collections.abc import Mapping
from html import escape

# Characters that text from XML may contain but HTML may not.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_COLOUR = re.compile(r"[0-9A-Fa-f]{6}\Z")
_SPACES = re.compile("  +")
_NOT_IN_FONT_NAMES = re.compile(r"[^\w .-]")
_METRIC_SUBSTITUTES = {"calibri": "Carlito", "cambria": "Caladea"}
_SANS_NAMES = re.compile(
    "arial|calibri|helvetica|verdana|tahoma|segoe|trebuchet|sans|aptos|roboto|century gothic",
    re.IGNORECASE,
)
_MONO_NAMES = re.compile("courier|consolas|mono|lucida console", re.IGNORECASE)
_SERIF = "'Liberation Serif','DejaVu Serif','DejaVu Sans',serif"
_SANS = "'Liberation Sans','DejaVu Sans',sans-serif"
_MONO = "'Liberation Mono','DejaVu Sans Mono',monospace"

Style = dict[str, str]


def text(value: str) -> str:
    """``value`` as HTML text."""
    return escape(_CONTROL.sub("", value), quote=True)


def preformatted_text(value: str) -> str:
    """``value`` as HTML text that keeps its line breaks and runs of spaces.

    The CSS property white-space would keep them, too, but then WeasyPrint moves the whole text to
    the next line if it does not fit beside the box before it.
    """
    with_spaces = _SPACES.sub(lambda run: "\u00a0" * (len(run[0]) - 1) + " ", value)
    return text(with_spaces).replace("\n", "<br>")


def element(tag: str, content: str, style: Mapping[str, str] | None = None, **extra: str) -> str:
    """An element with escaped attributes; ``content`` is HTML."""
    return f"<{tag}{_attributes(style, extra)}>{content}</{tag}>"


def void_element(tag: str, style: Mapping[str, str] | None = None, **extra: str) -> str:
    """An element without content, such as <img>."""
    return f"<{tag}{_attributes(style, extra)}>"


def _attributes(style: Mapping[str, str] | None, extra: Mapping[str, str]) -> str:
    attributes = {name.rstrip("_"): value for name, value in extra.items()}
    if style:
        attributes["style"] = css(style)
    return "".join(f' {name}="{text(value)}"' for name, value in attributes.items())


def data_url(content_type: str, data: bytes) -> str:
    """A data: URL with ``data``."""
    return f"data:{content_type};base64,{base64.b64encode(data).decode()}"


def css(style: Mapping[str, str]) -> str:
    """``style`` as CSS declarations."""
    return ";".join(f"{name}:{value}" for name, value in style.items())


def points(value: float) -> str:
    """A CSS length in points. CSS accepts no exponents."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + "pt"


def colour(value: str | None) -> str | None:
    """«1F497D» as a CSS colour; None for «auto» and for anything else."""
    return f"#{value}" if value and _COLOUR.match(value) else None


def font_family(name: str | None) -> str:
    """A CSS font list: the font itself, a substitute with the same widths, and a generic one."""
    if name is None:
        return _SERIF
    safe_name = _NOT_IN_FONT_NAMES.sub("", name)
    substitute = _METRIC_SUBSTITUTES.get(safe_name.lower())
    fonts = f"'{safe_name}','{substitute}'" if substitute else f"'{safe_name}'"
    if _MONO_NAMES.search(safe_name):
        return f"{fonts},{_MONO}"
    return f"{fonts},{_SANS if _SANS_NAMES.search(safe_name) else _SERIF}"
