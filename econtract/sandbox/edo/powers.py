"""Powers of attorney that came with signatures: read them, check them, render them."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from dataclasses import dataclass

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from econtract.sandbox import cms
from econtract.sandbox.api.protocol import Json, JsonFields
from econtract.sandbox.clock import ticks
from econtract.sandbox.edo.protocol import invalid_request
from econtract.sandbox.edo.shelf import read_content_field
from econtract.sandbox.models import EdoDocument, EdoEntity, EdoPowerOfAttorney

_SEVERITIES = {"IsValid": "Success", "HasWarnings": "Warning", "CanNotBeValidated": "Info"}
_STATUS_TEXTS = {
    "IsValid": "Доверенность действительна",
    "IsNotValid": "Доверенность недействительна",
    "CanNotBeValidated": "Доверенность не проверена",
    "IsNotAttached": "Доверенность не приложена",
}


@dataclass(frozen=True)
class PowerOfAttorneyToPost:
    """A validated `PowerOfAttorneyToPost`. `content` is None when it is sent by number only."""

    full_id: Json
    content: bytes | None = None
    signature: bytes | None = None


def parse_power_of_attorney(signed_content: JsonFields, owner: str) -> PowerOfAttorneyToPost | None:
    """The power of attorney of a signature, if any; raises a 400 unless it is sent in one way."""
    if signed_content.data.get("PowerOfAttorney") is None:
        return None
    fields = signed_content.subfields("PowerOfAttorney")
    full_id, contents = fields.subfields("FullId"), fields.data.get("Contents") or []
    use_default = fields.data.get("UseDefault") is True
    if sum((bool(full_id.data), use_default, bool(contents))) != 1:
        raise invalid_request("PowerOfAttorney: exactly one of FullId, UseDefault and Contents")
    if use_default:
        raise invalid_request("PowerOfAttorney: no default power of attorney is set")
    return _parse_contents(contents, owner) if contents else _parse_full_id(full_id)


def store_power(
    signature: EdoEntity, power: PowerOfAttorneyToPost, check_at: dt.datetime, *, fails: bool
) -> EdoPowerOfAttorney:
    """Store the power of attorney of a signature, to be checked at that time."""
    return EdoPowerOfAttorney.objects.create(
        entity_id=str(uuid.uuid4()),
        signature=signature,
        full_id=power.full_id,
        check_at=check_at,
        fails_check=fails,
        content=power.content,
        content_signature=power.signature,
    )


def check_power(power: EdoPowerOfAttorney, signer_inn: str, now: dt.datetime) -> None:
    """Check a power of attorney against the person who has signed, and save the result."""
    if power.content is None or power.content_signature is None:
        status = "CanNotBeValidated"
    elif power.fails_check or not _is_authorised(
        bytes(power.content), bytes(power.content_signature), signer_inn, now.date()
    ):
        status = "IsNotValid"
    else:
        status = "IsValid"
    power.status, power.check_at = status, None
    power.status_entity_id = str(uuid.uuid4())
    power.save(update_fields=["status", "check_at", "status_entity_id"])


def render_power(power: EdoPowerOfAttorney, signature: EdoEntity) -> Json:
    """The `Entity` of a power of attorney; its parent is the signature."""
    info = {"FullId": power.full_id, "SendingType": _sending_type(power)}
    return {
        "EntityType": "Attachment",
        "EntityId": power.entity_id,
        "ParentEntityId": signature.entity_id,
        "AttachmentType": "PowerOfAttorney",
        "RawCreationDate": ticks(signature.at),
        "PowerOfAttorneyInfo": info,
    }


def render_power_status(power: EdoPowerOfAttorney) -> Json:
    """The `Entity` with the result of the check; its parent is the power of attorney."""
    info = {
        "FullId": power.full_id,
        "Status": _render_status(power.status),
        "SendingType": _sending_type(power),
    }
    return {
        "EntityType": "Attachment",
        "EntityId": power.status_entity_id,
        "ParentEntityId": power.entity_id,
        "AttachmentType": "PowerOfAttorneyStatus",
        "RawCreationDate": ticks(power.signature.at),
        "PowerOfAttorneyInfo": info,
    }


def render_general_status(document: EdoDocument) -> Json | None:
    """`PowerOfAttorneyGeneralStatus` over all signatures; None while nothing has been checked."""
    signatures = document.entities.filter(entity_type="Signature", is_approval=False)
    rows = list(EdoPowerOfAttorney.objects.filter(signature__in=signatures))
    if not rows:
        return _render_status("IsNotAttached")
    statuses = {row.status for row in rows}
    worst = ("IsNotValid", "", "CanNotBeValidated", "IsValid")
    status = next(name for name in worst if name in statuses)
    return _render_status(status) if status else None


def _render_status(status: str) -> Json:
    body: Json = {
        "Severity": _SEVERITIES.get(status, "Error"),
        "StatusNamedId": status,
        "StatusText": _STATUS_TEXTS[status],
    }
    if status == "IsNotValid":
        error = {"Code": "PowerIsNotValid", "Text": "Представитель не указан или подпись неверна"}
        check = {"Status": "Error", "Name": "Representative", "Error": error}
        body["ValidationProtocol"] = {"CheckResults": [check]}
    elif status == "IsValid":
        check = {"Status": "Ok", "Name": "Representative"}
        body["ValidationProtocol"] = {"CheckResults": [check]}
    elif status == "CanNotBeValidated":
        body["OperationError"] = {"Code": "ContentNotFound", "Text": "Файл доверенности не получен"}
    return body


def _sending_type(power: EdoPowerOfAttorney) -> str:
    return "Metadata" if power.content is None else "File"


@functools.lru_cache(maxsize=256)
def _is_authorised(xml: bytes, signature: bytes, representative_inn: str, day: dt.date) -> bool:
    """Whether the XML has a valid signature and names the signing company and the representative.

    Cached: a signatory sends the same power of attorney with every document.
    """
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    check = cms.verify(xml, signature, noon)
    return check.valid and {check.company_inn, representative_inn} <= _xml_values(xml)


def _xml_values(xml: bytes) -> set[str]:
    """All attribute values and texts of an XML document; empty when it cannot be parsed."""
    try:
        root = ElementTree.fromstring(xml)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        return set()
    values = {value for node in root.iter() for value in node.attrib.values()}
    return values | {(node.text or "").strip() for node in root.iter()}


def _parse_full_id(full_id: JsonFields) -> PowerOfAttorneyToPost:
    names = ("RegistrationNumber", "IssuerInn", "RepresentativeInn")
    values = {name: full_id.text(name, required=name != "RepresentativeInn") for name in names}
    return PowerOfAttorneyToPost({name: value for name, value in values.items() if value})


def _parse_contents(contents: object, owner: str) -> PowerOfAttorneyToPost:
    if not isinstance(contents, list) or not isinstance(contents[0], dict):
        raise invalid_request("PowerOfAttorney.Contents: list of objects expected")
    pair = JsonFields(contents[0])
    xml, signature = (
        read_content_field(pair.subfields(name), owner) for name in ("Content", "Signature")
    )
    return PowerOfAttorneyToPost(_full_id_from_xml(xml), xml, signature)


def _full_id_from_xml(xml: bytes) -> Json:
    """Number and parties of a power of attorney, from its XML attributes; empty when missing."""
    try:
        nodes = list(ElementTree.fromstring(xml).iter())
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        nodes = []
    values: dict[str, str] = {}
    for node in nodes:
        for name, value in node.attrib.items():
            values.setdefault(name, value)
    return {
        "RegistrationNumber": values.get("НомДовер", ""),
        "IssuerInn": values.get("ИННЮЛ", ""),
        "RepresentativeInn": values.get("ИННФЛ", ""),
    }
