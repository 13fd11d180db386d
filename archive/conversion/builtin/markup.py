"""Building HTML and CSS: everything from a file is escaped on its way in."""

import base64
import re
from collections.abc import Mapping
from html import escape

# Characters that XML-derived text may hold but HTML may not.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_COLOUR = re.compile(r"[0-9A-Fa-f]{6}\Z")
_SPACES = re.compile("  +")
_NOT_IN_NAMES = re.compile(r"[^\w .-]")
_TWINS = {"calibri": "Carlito", "cambria": "Caladea"}
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


def flowing(value: str) -> str:
    """``value`` as HTML text that keeps its line breaks and runs of spaces by itself.

    The property white-space could keep them, too, but then WeasyPrint moves a whole text to the
    next line when it does not fit beside a box before it.
    """
    kept = _SPACES.sub(lambda run: "\u00a0" * (len(run[0]) - 1) + " ", value)
    return text(kept).replace("\n", "<br>")


def element(tag: str, content: str, style: Mapping[str, str] | None = None, **extra: str) -> str:
    """An element with escaped attributes; ``content`` is HTML already."""
    return f"<{tag}{_attributes(style, extra)}>{content}</{tag}>"


def void(tag: str, style: Mapping[str, str] | None = None, **extra: str) -> str:
    """An element without content."""
    return f"<{tag}{_attributes(style, extra)}>"


def _attributes(style: Mapping[str, str] | None, extra: Mapping[str, str]) -> str:
    named = {name.rstrip("_"): value for name, value in extra.items()}
    if style:
        named["style"] = css(style)
    return "".join(f' {name}="{text(value)}"' for name, value in named.items())


def data_address(content_type: str, data: bytes) -> str:
    """A picture inside the page itself."""
    return f"data:{content_type};base64,{base64.b64encode(data).decode()}"


def css(style: Mapping[str, str]) -> str:
    """Declarations in one line."""
    return ";".join(f"{name}:{value}" for name, value in style.items())


def points(value: float) -> str:
    """A length; CSS takes no exponents."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + "pt"


def colour(value: str | None) -> str | None:
    """«1F497D» as a CSS colour; None for «auto» and for anything else."""
    return f"#{value}" if value and _COLOUR.match(value) else None


def font_family(name: str | None) -> str:
    """A font list: the font asked for, one of the same widths, and one of its kind."""
    if name is None:
        return _SERIF
    safe = _NOT_IN_NAMES.sub("", name)
    twin = _TWINS.get(safe.lower())
    asked = f"'{safe}','{twin}'" if twin else f"'{safe}'"
    if _MONO_NAMES.search(safe):
        return f"{asked},{_MONO}"
    return f"{asked},{_SANS if _SANS_NAMES.search(safe) else _SERIF}"
