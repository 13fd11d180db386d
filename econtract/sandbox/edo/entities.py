"""Entities of a document (signatures, reports, powers of attorney) and the events of boxes."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from econtract.sandbox import cms
from econtract.sandbox.api.protocol import Json, JsonFields
from econtract.sandbox.edo.protocol import EdoError, invalid_request
from econtract.sandbox.edo.shelf import read_content_field
from econtract.sandbox.models import (
    EdoContent,
    EdoDocument,
    EdoEntity,
    EdoEvent,
    EdoPowerOfAttorney,
)


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
        raise EdoError(
            400, "PowerOfAttorney.ExactlyOne", "Exactly one of FullId, UseDefault and Contents"
        )
    if use_default:
        raise EdoError(400, "PowerOfAttorney.NoDefault", "No default power of attorney is set")
    return _parse_contents(contents, owner) if contents else _parse_full_id(full_id)


def store_content(data: bytes) -> str:
    """Store bytes under a new entity id and return it."""
    return EdoContent.objects.create(entity_id=str(uuid.uuid4()), data=data).entity_id


def add_entity(
    document: EdoDocument,
    data: bytes,
    now: dt.datetime,
    *,
    entity_type: str = "Attachment",
    attachment_type: str = "Nonformalized",
    box_id: str = "",
    file_name: str = "",
    parent: str = "",
) -> EdoEntity:
    """Add an entity to a document; `parent` defaults to the document itself."""
    return EdoEntity.objects.create(
        document=document,
        entity_id=store_content(data),
        parent_entity_id=parent or document.entity_id,
        entity_type=entity_type,
        attachment_type=attachment_type,
        signer_box=box_id,
        file_name=file_name,
        size=len(data),
        at=now,
    )


def add_signature(
    document: EdoDocument,
    box_id: str,
    signature: bytes,
    power_of_attorney: PowerOfAttorneyToPost | None,
    now: dt.datetime,
    *,
    parent: str = "",
) -> EdoEntity:
    """Add a detached signature with its power of attorney, both not checked yet."""
    entity = add_entity(
        document, signature, now, entity_type="Signature", box_id=box_id, parent=parent
    )
    if power_of_attorney:
        EdoPowerOfAttorney.objects.create(
            entity_id=str(uuid.uuid4()),
            signature=entity,
            full_id=power_of_attorney.full_id,
            status="CanNotBeValidated",
            content=power_of_attorney.content,
            content_signature=power_of_attorney.signature,
        )
    return entity


def read_content(entity_id: str) -> bytes:
    """The bytes of a document or entity."""
    return bytes(EdoContent.objects.get(pk=entity_id).data)


def child_entities(document: EdoDocument) -> Iterable[EdoEntity]:
    """Signatures, reports and other entities of a document, oldest first."""
    return document.entities.select_related("power_of_attorney").order_by("id")


def append_event(box_id: str, **content: Json) -> None:
    """Append an event (`Message=…` or `Patch=…`) to the box's feed."""
    EdoEvent.objects.create(box_id=box_id, event_id=str(uuid.uuid4()), body=content)


def check_power_of_attorney(
    entity: EdoEntity, signer: cms.SignatureCheck, now: dt.datetime
) -> None:
    """Check the power of attorney that came with a signature, and save the result."""
    power = EdoPowerOfAttorney.objects.filter(signature=entity).first()
    if power is None or power.content is None or power.content_signature is None:
        return
    is_valid = _is_authorised(
        bytes(power.content), bytes(power.content_signature), signer.person_inn, now.date()
    )
    power.status = "IsValid" if is_valid else "IsNotValid"
    power.save(update_fields=["status"])


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
    return PowerOfAttorneyToPost(
        {
            name: full_id.text(name, required=name != "RepresentativeInn")
            for name in ("RegistrationNumber", "IssuerInn", "RepresentativeInn")
        }
    )


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
