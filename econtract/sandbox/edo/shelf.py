"""The shelf: files uploaded in parts, downloaded by name (docs/protocols.md, section 9.2)."""

from __future__ import annotations

import datetime as dt
import re

from django.http import HttpResponse, JsonResponse

from econtract.sandbox.api.protocol import JsonFields
from econtract.sandbox.edo.protocol import EdoCall, EdoError, endpoint, invalid_request
from econtract.sandbox.models import EdoShelfPart

MAX_SIZE = 70 * 1024 * 1024
MAX_INLINE_SIZE = 500 * 1024
_RETENTION = dt.timedelta(days=7)
_MAX_PARTS = 400
_OWN_PREFIX = "__userId__/"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


@endpoint("POST", json_body=False)
def shelf_upload(call: EdoCall) -> JsonResponse:
    """POST /V2/ShelfUpload: one part; the response to the last one lists missing parts."""
    owner, name = _read_item_name(call)
    index = call.argument("partIndex")
    if not (index.isascii() and index.isdigit() and int(index[:9]) < _MAX_PARTS):
        raise invalid_request(f"partIndex: 0..{_MAX_PARTS - 1} expected")
    is_last = call.request.GET.get("isLastPart", "0") in ("1", "true", "True")
    EdoShelfPart.objects.filter(at__lt=call.now - _RETENTION).delete()
    EdoShelfPart.objects.update_or_create(
        owner=owner,
        name=name,
        index=int(index),
        defaults={"content": call.request.body, "is_last": is_last, "at": call.now},
    )
    return JsonResponse(_find_missing_parts(owner, name) if is_last else [], safe=False)


@endpoint("GET")
def shelf_download(call: EdoCall) -> HttpResponse:
    """GET /V2/ShelfDownload."""
    content = read_item(*_read_item_name(call))
    return HttpResponse(content, content_type="application/octet-stream")


def read_item(owner: str, name: str, *, status: int = 404) -> bytes:
    """A complete file; raises `Shelf.NotFound` with that status while a part is missing."""
    parts = list(EdoShelfPart.objects.filter(owner=owner, name=name).order_by("index"))
    is_complete = bool(parts) and parts[-1].is_last and len(parts) == parts[-1].index + 1
    if not is_complete:
        raise EdoError(status, "Shelf.NotFound", "No such item on the shelf")
    return b"".join(bytes(part.content) for part in parts)


def put_item(owner: str, name: str, content: bytes, now: dt.datetime) -> str:
    """Put a complete file on the shelf; returns the name for downloading it."""
    EdoShelfPart.objects.update_or_create(
        owner=owner,
        name=name,
        index=0,
        defaults={"content": content, "is_last": True, "at": now},
    )
    return f"{_OWN_PREFIX}{name}"


def read_content_field(fields: JsonFields, owner: str) -> bytes:
    """The bytes of `Content` (inline) or of `NameOnShelf`; raises a 400 unless exactly one is set.

    `owner` is the name space of the caller on the shelf. Too many bytes are a 400 as well.
    """
    inline = fields.text("Content", required=False, limit=140_000_000)
    name = fields.text("NameOnShelf", required=False)
    if bool(inline) == bool(name):
        raise invalid_request("Exactly one of Content and NameOnShelf expected")
    if name:
        content = read_item(owner, name.removeprefix(_OWN_PREFIX), status=400)
    else:
        content = fields.bytes("Content")
    if len(content) > MAX_SIZE or (inline and len(content) > MAX_INLINE_SIZE):
        raise EdoError(400, "Content.TooLarge", "Over 70 MB, or over 500 KB inline")
    return content


def _read_item_name(call: EdoCall) -> tuple[str, str]:
    """Owner and name of the parameter `nameOnShelf`."""
    argument = call.argument("nameOnShelf")
    owner = call.caller.shelf if argument.startswith(_OWN_PREFIX) else "public"
    name = argument.removeprefix(_OWN_PREFIX)
    if not _NAME.fullmatch(name):
        raise invalid_request("nameOnShelf: letters, digits and ._- expected")
    return owner, name


def _find_missing_parts(owner: str, name: str) -> list[int]:
    parts = EdoShelfPart.objects.filter(owner=owner, name=name)
    indexes = set(parts.values_list("index", flat=True))
    return [index for index in range(max(indexes) + 1) if index not in indexes]
