"""Our side of `archive.document_templates.rendering`, which runs in a confined process."""

import io
import json
import logging
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from archive import isolation
from archive.document_templates import refusals
from archive.document_templates.refusals import FillingFailed
from archive.models import TemplateField

log = logging.getLogger(__name__)

Value = str | list[str]

# An act of two pages takes 25 ms and 115 MB; only a template that misuses loops meets a limit.
LIMITS = isolation.Limits(seconds=20, cpu_seconds=4, memory=512 * isolation.MEBIBYTE, file_size=0)


@dataclass(frozen=True)
class FoundField:
    """A field of a template and what its value must be (`TemplateField.Kind`)."""

    name: str
    kind: str = TemplateField.Kind.TEXT


def fill(content: bytes, values: Mapping[str, Value]) -> bytes:
    """The DOCX file ``content`` with the fields filled; values for no field are ignored.

    A value stays whole, whatever letters it has; a line end becomes one in the document. Raises
    FillingFailed when a field has no value, and when the template asks for anything but values,
    conditions and repetitions, or for too much time or memory.
    """
    _, filled = _run("fill_template", content, json.dumps(dict(values)).encode())
    return filled


def find_fields(content: bytes) -> list[FoundField]:
    """The fields of the DOCX file ``content`` in the order of the text, each once.

    Raises FillingFailed when `fill` would refuse the file.
    """
    result, _ = _run("inspect_template", content)
    return [FoundField(name, kind) for name, kind in result["fields"]]


def _run(function: str, *files: bytes) -> tuple[dict[str, Any], bytes]:
    with ExitStack() as stack:
        descriptors = [
            stack.enter_context(isolation.open_descriptor(io.BytesIO(file))) for file in files
        ]
        try:
            result, body = isolation.run_function(function, descriptors, limits=LIMITS)
        except isolation.LimitExceeded:
            raise FillingFailed(refusals.TOO_COMPLEX) from None
        except isolation.FunctionFailed as error:
            log.warning("template not read function=%s error=%s", function, error)
            raise FillingFailed(refusals.DAMAGED) from None
    if "refused" in result:
        raise FillingFailed(refusals.BY_CODE[result["refused"]], result["place"])
    return result, body
