"""Organisations and their boxes in Diadoc's JSON. No calls, no state."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from edo.channels.operator.diadoc.messages import parse_ticks
from edo.channels.operator.values import Partnership, PartnershipStatus, RecipientBox

DiadocJson = dict[str, Any]

# A box has two ids: «2a20…@diadoc.ru» and the GUID that the methods want.
BOX_DOMAIN = "@diadoc.ru"
OPEN_TO_ALL = "AllOrganizations"
NATURAL_PERSON = "PhysicalPerson"
PARTNERSHIP_STATUSES = {
    "IsMyCounteragent": PartnershipStatus.PARTNERS,
    "InvitesMe": PartnershipStatus.INVITES_US,
    "IsInvitedByMe": PartnershipStatus.INVITED,
    "RejectsMe": PartnershipStatus.REJECTED_BY_CLIENT,
    "IsRejectedByMe": PartnershipStatus.REJECTED_BY_US,
}


@dataclass(frozen=True)
class OwnBox:
    """Our box. `is_test` as its organisation is in Diadoc."""

    box_id: str
    is_test: bool


def to_box_guid(box_id: str) -> str:
    """The GUID of a box, from either of its ids. Other text is returned as it is."""
    try:
        return str(UUID(box_id.removesuffix(BOX_DOMAIN)))
    except ValueError:
        return box_id


def parse_own_boxes(body: DiadocJson) -> dict[str, OwnBox]:
    """Our boxes of `GetMyOrganizations` by GUID."""
    boxes = (
        OwnBox(_get_box_guid(box), bool(item.get("IsTest")))
        for item in body["Organizations"]
        for box in item.get("Boxes") or []
    )
    return {box.box_id: box for box in boxes}


def parse_recipient_boxes(
    organisations: Iterable[DiadocJson], *, own_is_test: bool
) -> list[RecipientBox]:
    """Every box and department of `GetOrganizationsByInnKpp`, usable or not."""
    return [
        place
        for organisation in organisations
        for place in _parse_organisation(organisation, own_is_test)
    ]


def parse_partnership(body: DiadocJson) -> Partnership:
    """The relation in a `Counteragent`. An unknown status counts as no relation."""
    status = PARTNERSHIP_STATUSES.get(body["CurrentStatus"], PartnershipStatus.NONE)
    return Partnership(status, parse_ticks(body.get("LastEventTimestampTicks")))


def _parse_organisation(item: DiadocJson, own_is_test: bool) -> Iterator[RecipientBox]:
    is_roaming = bool(item.get("IsRoaming"))
    for box in item.get("Boxes") or []:
        values: dict[str, Any] = {
            "box_id": _get_box_guid(box),
            "accepts_strangers": item["Sociability"] == OPEN_TO_ALL and not is_roaming,
            "is_active": bool(item.get("IsActive")),
            "is_branch": bool(item.get("IsBranch")),
            "is_roaming": is_roaming,
            "is_natural_person": item.get("OrganizationType") == NATURAL_PERSON,
            "liquidated_on": item.get("LiquidationDate") or "",
            "has_other_mode": bool(item.get("IsTest")) != own_is_test,
        }
        title = item.get("ShortName") or item["FullName"]
        yield RecipientBox(title=title, kpp=item.get("Kpp") or "", **values)
        for department in item.get("Departments") or []:
            if not department.get("IsDisabled"):
                yield RecipientBox(
                    title=f"{title}, {department['Name']}",
                    kpp=department.get("Kpp") or "",
                    department_id=department["DepartmentId"],
                    **values,
                )


def _get_box_guid(box: DiadocJson) -> str:
    return to_box_guid(box.get("BoxIdGuid") or box["BoxId"])
