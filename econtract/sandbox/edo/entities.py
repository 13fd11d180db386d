"""Storing what belongs to a document: signatures, reports, powers of attorney."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from dataclasses import dataclass

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from econtract.sandbox import cms
from econtract.sandbox.api.protocol import Fields, Json
from econtract.sandbox.edo.protocol import EdoRefused, malformed
from econtract.sandbox.edo.shelf import content_of
from econtract.sandbox.models import EdoContent, EdoDocument, EdoEntity, EdoPowerOfAttorney


@dataclass(frozen=True)
class PowerOfAttorney:
    """A judged `PowerOfAttorneyToPost`; no bytes when given by its number."""

    full_id: Json
    content: bytes | None = None
    signature: bytes | None = None


def power_of_attorney(signed: Fields, owner: str) -> PowerOfAttorney | None:
    """The power of attorney of a signature: none at all, or exactly one way of giving it."""
    if signed.data.get("PowerOfAttorney") is None:
        return None
    given = signed.section("PowerOfAttorney")
    full_id, contents = given.section("FullId"), given.data.get("Contents") or []
    use_default = given.data.get("UseDefault") is True
    if sum((bool(full_id.data), use_default, bool(contents))) != 1:
        raise EdoRefused(
            400, "PowerOfAttorney.ExactlyOne", "FullId, UseDefault or Contents, and one of them"
        )
    if use_default:
        raise EdoRefused(400, "PowerOfAttorney.NoDefault", "No default power of attorney is set")
    return _with_content(contents, owner) if contents else _by_number(full_id)


def store_content(data: bytes) -> str:
    """Keep bytes under a fresh entity id."""
    return EdoContent.objects.create(entity_id=str(uuid.uuid4()), data=data).entity_id


def add(
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
    power: PowerOfAttorney | None,
    now: dt.datetime,
    *,
    parent: str = "",
) -> EdoEntity:
    """Add a detached signature with its power of attorney, not judged yet."""
    entity = add(document, signature, now, entity_type="Signature", box_id=box_id, parent=parent)
    if power:
        EdoPowerOfAttorney.objects.create(
            entity_id=str(uuid.uuid4()),
            signature=entity,
            full_id=power.full_id,
            status="CanNotBeValidated",
            content=power.content,
            content_signature=power.signature,
        )
    return entity


def content(entity_id: str) -> bytes:
    """The bytes of a document or entity."""
    return bytes(EdoContent.objects.get(pk=entity_id).data)


def judge_power(entity: EdoEntity, signer: cms.Verdict, now: dt.datetime) -> None:
    """Check the power of attorney that came with a signature, and note the outcome."""
    power = EdoPowerOfAttorney.objects.filter(signature=entity).first()
    if power is None or power.content is None or power.content_signature is None:
        return
    good = _empowers(
        bytes(power.content), bytes(power.content_signature), signer.person_inn, now.date()
    )
    power.status = "IsValid" if good else "IsNotValid"
    power.save(update_fields=["status"])


@functools.lru_cache(maxsize=256)
def _empowers(xml: bytes, signature: bytes, representative_inn: str, day: dt.date) -> bool:
    """Signed by the company's head over that very XML, and naming the signer by ИНН.

    Cached, for a signatory sends the same power of attorney with every document.
    """
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    verdict = cms.verify(xml, signature, noon)
    numbers = _numbers(xml)
    return verdict.valid and {verdict.company_inn, representative_inn} <= numbers


def _numbers(xml: bytes) -> set[str]:
    """All attribute values and texts of an XML document; empty when it is not well-formed."""
    try:
        root = ElementTree.fromstring(xml)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        return set()
    values = {value for node in root.iter() for value in node.attrib.values()}
    return values | {(node.text or "").strip() for node in root.iter()}


def _by_number(full_id: Fields) -> PowerOfAttorney:
    return PowerOfAttorney(
        {
            name: full_id.text(name, required=name != "RepresentativeInn")
            for name in ("RegistrationNumber", "IssuerInn", "RepresentativeInn")
        }
    )


def _with_content(contents: object, owner: str) -> PowerOfAttorney:
    if not isinstance(contents, list) or not isinstance(contents[0], dict):
        raise malformed("PowerOfAttorney.Contents: list of objects expected")
    pair = Fields(contents[0])
    xml, signature = (content_of(pair.section(name), owner) for name in ("Content", "Signature"))
    return PowerOfAttorney(_full_id(xml), xml, signature)


def _full_id(xml: bytes) -> Json:
    """Number and parties of a power of attorney as its attributes name them; empty when unknown."""
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
