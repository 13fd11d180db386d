"""The shelf: files uploaded whole or in parts under a generated name (docs/protocols.md, 9.3)."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
import uuid

from django.db.models import Sum
from django.db.models.functions import Length
from django.http import HttpResponse

from econtract.sandbox.api.protocol import JsonFields
from econtract.sandbox.edo.protocol import EdoCall, EdoError, endpoint, invalid_request
from econtract.sandbox.models import EdoShelfPart

MAX_SIZE = 70 * 1024 * 1024
MAX_INLINE_SIZE = 500 * 1024
MAX_PART_SIZE = 3 * 1024 * 1024
_MAX_ITEM_SIZE = 400 * 1024 * 1024
_RETENTION = dt.timedelta(days=7)
_MAX_PARTS = 400
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,19}")


@endpoint("POST")
def shelf_upload(call: EdoCall) -> HttpResponse:
    """POST /V2/ShelfUpload?fileExtension=: a whole file; the response is its generated name."""
    return _store_first_part(call, is_last=True)


@endpoint("POST")
def shelf_upload_part_init(call: EdoCall) -> HttpResponse:
    """POST /ShelfUploadPartInit: the first part; the response is the file's generated name."""
    return _store_first_part(call, is_last=_read_flag(call, "isLastPart"))


@endpoint("POST")
def shelf_upload_part(call: EdoCall) -> HttpResponse:
    """POST /ShelfUploadPart?fileName=&partIndex=&isLastPart=: any part after the first."""
    owner, name = call.caller.shelf, call.argument("fileName")
    parts = EdoShelfPart.objects.filter(owner=owner, name=name)
    first = parts.filter(index=0).first()
    if first is None:
        raise EdoError(404, "DiadocApi.NotFound", "No such file on the shelf")
    index, content = _read_part_index(call), _read_part(call)
    if index == 0:
        raise invalid_request("partIndex: 1 or more expected")
    size = parts.exclude(index=index).aggregate(size=Sum(Length("content")))["size"]
    if size + len(content) > _MAX_ITEM_SIZE:
        raise invalid_request("The file is larger than 400 MB")
    values = {"content": content, "is_last": _read_flag(call, "isLastPart"), "at": call.now}
    parts.update_or_create(owner=owner, name=name, index=index, defaults=values)
    return HttpResponse(status=200)


@endpoint("GET")
def shelf_download(call: EdoCall) -> HttpResponse:
    """GET /V2/ShelfDownload?fileName=."""
    owner, name = call.caller.shelf, call.argument("fileName")
    response = HttpResponse(read_item(owner, name), content_type="application/octet-stream")
    first = EdoShelfPart.objects.get(owner=owner, name=name, index=0)
    response["Content-Disposition"] = f'attachment; filename="{name}{first.extension}"'
    return response


def read_item(owner: str, name: str, *, status: int = 404) -> bytes:
    """A complete file; raises an error with that status while a part is missing."""
    parts = list(EdoShelfPart.objects.filter(owner=owner, name=name).order_by("index"))
    is_complete = bool(parts) and parts[-1].is_last and len(parts) == parts[-1].index + 1
    if not is_complete:
        code = "DiadocApi.NotFound" if status == 404 else "DiadocApi.BadRequest"
        raise EdoError(status, code, "No such file on the shelf")
    return b"".join(bytes(part.content) for part in parts)


def put_item(owner: str, name: str, content: bytes, now: dt.datetime) -> str:
    """Put a complete file on the shelf; returns the name for downloading it."""
    EdoShelfPart.objects.update_or_create(
        owner=owner,
        name=name,
        index=0,
        defaults={"content": content, "is_last": True, "at": now},
    )
    return name


def read_content_field(fields: JsonFields, owner: str) -> bytes:
    """The bytes of `Content` (inline) or of `NameOnShelf`; raises a 400 unless exactly one is set.

    `owner` is the name space of the caller on the shelf. Too many bytes are a 400 as well.
    """
    inline = fields.text("Content", required=False, limit=140_000_000)
    name = fields.text("NameOnShelf", required=False)
    if bool(inline) == bool(name):
        raise invalid_request("Exactly one of Content and NameOnShelf expected")
    content = read_item(owner, name, status=400) if name else fields.bytes("Content")
    if len(content) > MAX_SIZE or (inline and len(content) > MAX_INLINE_SIZE):
        raise EdoError(413, "DiadocApi.RequestEntityTooLarge", "Use the shelf over 500 KB")
    return content


def _store_first_part(call: EdoCall, *, is_last: bool) -> HttpResponse:
    """Store the first part under a new name; the response is that name as text."""
    extension = call.request.GET.get("fileExtension", "")
    if extension and not _EXTENSION.fullmatch(extension):
        raise invalid_request("fileExtension: a dot and the extension expected")
    EdoShelfPart.objects.filter(at__lt=call.now - _RETENTION).delete()
    part = EdoShelfPart.objects.create(
        owner=call.caller.shelf,
        name=f"dd-api-{uuid.uuid4()}",
        index=0,
        is_last=is_last,
        content=_read_part(call),
        extension=extension,
        at=call.now,
    )
    return HttpResponse(part.name, content_type="text/plain; charset=utf-8")


def _read_part(call: EdoCall) -> bytes:
    """The body, raw or in base64 as its Content-Type says."""
    content_type = call.request.content_type or ""
    if content_type not in ("application/octet-stream", "base64"):
        raise EdoError(415, "DiadocApi.UnsupportedMediaType", "application/octet-stream or base64")
    content = call.request.body
    if content_type == "base64":
        try:
            content = base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            raise invalid_request("The body is not base64") from None
    if not 0 < len(content) <= MAX_PART_SIZE:
        raise invalid_request("The body: 1 byte to 3 MB expected")
    return content


def _read_flag(call: EdoCall, name: str) -> bool:
    value = call.request.GET.get(name, "false").lower()
    if value not in ("true", "false"):
        raise invalid_request(f"{name}: true or false expected")
    return value == "true"


def _read_part_index(call: EdoCall) -> int:
    index = call.argument("partIndex")
    if not (index.isascii() and index.isdigit() and int(index[:9]) < _MAX_PARTS):
        raise invalid_request(f"partIndex: 0..{_MAX_PARTS - 1} expected")
    return int(index)
