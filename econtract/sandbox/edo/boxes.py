"""The two forms of a box's id: a GUID, and the long one in bodies."""

from __future__ import annotations

import uuid

from econtract.sandbox.models import Organisation

HEAD_DEPARTMENT = "00000000-0000-0000-0000-000000000000"
_SUFFIX = "@diadoc.ru"


def long_box_id(box_id: str) -> str:
    """`BoxId` as the operator writes it in bodies; methods want the GUID."""
    return f"{box_id.replace('-', '')}{_SUFFIX}" if box_id else ""


def parse_box_id(text: str) -> str:
    """The GUID of a box given in either form; empty for anything else."""
    try:
        return str(uuid.UUID(text.removesuffix(_SUFFIX)))
    except ValueError:
        return ""


def build_participant_id(organisation: Organisation) -> str:
    """`FnsParticipantId` of an organisation, at most 46 characters."""
    numbers = "-".join(filter(None, (organisation.inn, organisation.kpp)))
    return f"2BM-{numbers}-2024071011{organisation.pk:011d}"
