"""Entities of a document and the events of boxes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from econtract.sandbox.api.protocol import Json
from econtract.sandbox.models import EdoContent, EdoDocument, EdoEntity, EdoEvent


def store_content(data: bytes) -> str:
    """Store bytes under a new entity id and return it."""
    return EdoContent.objects.create(entity_id=str(uuid.uuid4()), data=data).entity_id


def add_entity(
    document: EdoDocument,
    data: bytes,
    now: dt.datetime,
    *,
    entity_type: str = "Attachment",
    attachment_type: str = "",
    box_id: str = "",
    only_box: str = "",
    file_name: str = "",
    parent: str = "",
    info: Json | None = None,
    is_approval: bool = False,
) -> EdoEntity:
    """Add an entity to a document; `parent` defaults to the document itself."""
    return EdoEntity.objects.create(
        document=document,
        entity_id=store_content(data),
        parent_entity_id=parent or document.entity_id,
        entity_type=entity_type,
        attachment_type=attachment_type,
        signer_box=box_id,
        only_box=only_box,
        file_name=file_name,
        size=len(data),
        at=now,
        info=info or {},
        is_approval=is_approval,
    )


def add_signature(
    document: EdoDocument,
    box_id: str,
    signature: bytes,
    now: dt.datetime,
    **values: Any,
) -> EdoEntity:
    """Add a detached signature that has not been checked yet; `values` as in `add_entity`."""
    return add_entity(document, signature, now, entity_type="Signature", box_id=box_id, **values)


def add_signed_attachment(
    document: EdoDocument,
    attachment_type: str,
    xml: bytes,
    signature: bytes,
    box_id: str,
    now: dt.datetime,
    *,
    parent: str = "",
    info: Json | None = None,
) -> list[EdoEntity]:
    """Add a rejection or a revocation request with its signature."""
    attachment = add_entity(
        document,
        xml,
        now,
        attachment_type=attachment_type,
        file_name=f"{attachment_type}_{document.entity_id}.xml",
        parent=parent,
        info=info,
    )
    signature_entity = add_signature(document, box_id, signature, now, parent=attachment.entity_id)
    set_attachment_status(signature_entity, "PowerOfAttorneyNotRequired")
    return [attachment, signature_entity]


def set_attachment_status(signature: EdoEntity, name: str) -> None:
    """Say whether the signature needs a power of attorney and has one."""
    status = {"StatusName": name}
    if name == "PowerOfAttorneyRequired":
        status["Comment"] = "Подписант не руководитель, МЧД не приложена"
    signature.info = {**signature.info, "PowerOfAttorneyAttachmentStatus": status}
    signature.save(update_fields=["info"])


def read_content(entity_id: str) -> bytes:
    """The bytes of a document or entity."""
    return bytes(EdoContent.objects.get(pk=entity_id).data)


def visible_entities(document: EdoDocument, box_id: str) -> Iterable[EdoEntity]:
    """The entities of a document that the box sees, oldest first."""
    rows = document.entities.filter(Q(only_box="") | Q(only_box=box_id))
    return rows.select_related("power_of_attorney").order_by("id")


def append_event(box_id: str, **content: Json) -> None:
    """Append an event (`Message=…` or `Patch=…`) to the box's feed."""
    EdoEvent.objects.create(box_id=box_id, event_id=str(uuid.uuid4()), body=content)
