"""The shelf: content uploaded in parts, fetched by name (docs/protocols.md, section 9.2)."""

from __future__ import annotations

import datetime as dt
import re

from django.http import HttpResponse, JsonResponse

from econtract.sandbox.api.protocol import Fields
from econtract.sandbox.edo.protocol import EdoCall, EdoRefused, endpoint, malformed
from econtract.sandbox.models import EdoShelfPart

LARGEST = 70 * 1024 * 1024
LARGEST_INLINE = 500 * 1024
_KEPT = dt.timedelta(days=7)
_PARTS = 400
_OWN = "__userId__/"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


@endpoint("POST", json_body=False)
def upload(call: EdoCall) -> JsonResponse:
    """POST /V2/ShelfUpload: one part; the last tells which are missing."""
    owner, name = _place(call)
    index = call.argument("partIndex")
    if not (index.isascii() and index.isdigit() and int(index[:9]) < _PARTS):
        raise malformed(f"partIndex: 0..{_PARTS - 1} expected")
    is_last = call.request.GET.get("isLastPart", "0") in ("1", "true", "True")
    EdoShelfPart.objects.filter(at__lt=call.now - _KEPT).delete()
    EdoShelfPart.objects.update_or_create(
        owner=owner,
        name=name,
        index=int(index),
        defaults={"content": call.request.body, "is_last": is_last, "at": call.now},
    )
    return JsonResponse(_missing(owner, name) if is_last else [], safe=False)


@endpoint("GET")
def download(call: EdoCall) -> HttpResponse:
    """GET /V2/ShelfDownload."""
    content = read(*_place(call))
    return HttpResponse(content, content_type="application/octet-stream")


def read(owner: str, name: str, *, status: int = 404) -> bytes:
    """A whole item; `Shelf.NotFound` with that status while any part of it is missing."""
    parts = list(EdoShelfPart.objects.filter(owner=owner, name=name).order_by("index"))
    whole = bool(parts) and parts[-1].is_last and len(parts) == parts[-1].index + 1
    if not whole:
        raise EdoRefused(status, "Shelf.NotFound", "No such item on the shelf")
    return b"".join(bytes(part.content) for part in parts)


def put(owner: str, name: str, content: bytes, now: dt.datetime) -> str:
    """Lay a finished item on the shelf; the name to download it by."""
    EdoShelfPart.objects.update_or_create(
        owner=owner,
        name=name,
        index=0,
        defaults={"content": content, "is_last": True, "at": now},
    )
    return f"{_OWN}{name}"


def content_of(fields: Fields, owner: str) -> bytes:
    """Bytes given inline (`Content`) or by `NameOnShelf`: exactly one of the two, within limits."""
    inline = fields.text("Content", required=False, limit=140_000_000)
    name = fields.text("NameOnShelf", required=False)
    if bool(inline) == bool(name):
        raise malformed("Exactly one of Content and NameOnShelf expected")
    content = read(owner, name.removeprefix(_OWN), status=400) if name else fields.bytes("Content")
    if len(content) > LARGEST or (inline and len(content) > LARGEST_INLINE):
        raise EdoRefused(400, "Content.TooLarge", "Over 70 MB, or over 500 KB inline")
    return content


def _place(call: EdoCall) -> tuple[str, str]:
    """Owner and name of `nameOnShelf`."""
    given = call.argument("nameOnShelf")
    owner = call.caller.shelf if given.startswith(_OWN) else "public"
    name = given.removeprefix(_OWN)
    if not _NAME.fullmatch(name):
        raise malformed("nameOnShelf: letters, digits and ._- expected")
    return owner, name


def _missing(owner: str, name: str) -> list[int]:
    there = set(EdoShelfPart.objects.filter(owner=owner, name=name).values_list("index", flat=True))
    return [index for index in range(max(there) + 1) if index not in there]
