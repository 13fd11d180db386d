"""Joining PDFs into one. Runs in a confined process: no Django, no database."""

import io
import os
from contextlib import ExitStack
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem

from archive.joining.protocol import LAYERS, LINK_PREFIX, SIGNATURES
from archive.pdf_content.layer_states import LayerStates
from archive.pdf_content.layers import remove_hidden_content
from archive.pdf_content.signatures import remove_signatures


class _TooLarge(Exception):
    pass


class _LimitedBuffer(io.BytesIO):
    """Raises _TooLarge instead of growing beyond ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > self._limit:
            raise _TooLarge
        return super().write(data)


def join_in_child(
    *descriptors: int, titles: list[str], max_size: int
) -> tuple[dict[str, Any], bytes]:
    """The function "join": the PDFs in their order as one PDF, the same bytes for the same input.

    ``titles`` are those of the parts, which become bookmarks. One descriptor more is that of the
    page of contents: it comes first, and its links lead to the parts. The head is {"pages",
    "losses"}: what each part has lost ("signatures", "layers"); or {"too_large": true} when the
    result has more than ``max_size`` bytes.
    """
    with ExitStack() as stack:
        parts = [_open(stack, descriptor) for descriptor in descriptors]
        contents = parts.pop(0) if len(parts) > len(titles) else None
        joined = stack.enter_context(pikepdf.new())
        if contents is not None:
            joined.pages.extend(contents.pages)
        contents_pages = len(joined.pages)
        losses, starts = [], []
        for part in parts:
            losses.append(_remove_what_gets_lost(part))
            starts.append(len(joined.pages))
            joined.add_pages_from(part)
        _keep_redrawing(joined, parts)
        _link_contents(joined, contents_pages, starts)
        with joined.open_outline() as outline:
            outline.root.extend(map(OutlineItem, titles, starts))
        result = _LimitedBuffer(max_size)
        try:
            joined.save(result, deterministic_id=True)
        except _TooLarge:
            return {"too_large": True}, b""
        return {"pages": len(joined.pages), "losses": losses}, result.getvalue()


def _open(stack: ExitStack, descriptor: int) -> pikepdf.Pdf:
    file = stack.enter_context(os.fdopen(descriptor, "rb"))
    file.seek(0)
    # Mapped into memory, all files together would count against the limit of this process.
    mode = pikepdf.AccessMode.stream
    return stack.enter_context(pikepdf.open(file, access_mode=mode, suppress_warnings=True))


def _remove_what_gets_lost(part: pikepdf.Pdf) -> list[str]:
    """Makes signatures pictures and removes hidden layers: a joined PDF has neither."""
    losses = []
    if remove_signatures(part):
        losses.append(SIGNATURES)
    states = LayerStates(part)
    if states:
        losses.append(LAYERS)
        for page in part.pages:
            remove_hidden_content(part, page, states)
    return losses


def _keep_redrawing(joined: pikepdf.Pdf, parts: list[pikepdf.Pdf]) -> None:
    """Has readers draw the form fields themselves if one of the parts asks them to."""
    forms = [part.Root.get("/AcroForm", Dictionary()) for part in parts]
    if "/AcroForm" in joined.Root and any(form.get("/NeedAppearances", False) for form in forms):
        joined.Root.AcroForm.NeedAppearances = True


def _link_contents(joined: pikepdf.Pdf, contents_pages: int, starts: list[int]) -> None:
    for index in range(contents_pages):
        for annotation in joined.pages[index].obj.get("/Annots", []):
            address = str(annotation.get("/A", Dictionary()).get("/URI", ""))
            if address.startswith(LINK_PREFIX):
                target = joined.pages[starts[int(address.removeprefix(LINK_PREFIX)) - 1]]
                del annotation.A
                annotation.Dest = Array([target.obj, Name.Fit])
