"""Organisations and their boxes (docs/protocols.md, section 9.2)."""

from __future__ import annotations

from econtract.sandbox.api.protocol import Json
from econtract.sandbox.edo.boxes import HEAD_DEPARTMENT, build_participant_id, long_box_id
from econtract.sandbox.edo.protocol import EdoCall, endpoint
from econtract.sandbox.models import Organisation

_TYPES = {"legal": "Juridical", "sole_proprietor": "Individual"}


@endpoint("GET", answer="OrganizationList")
def get_my_organizations(call: EdoCall) -> Json:
    """GET /GetMyOrganizations."""
    return {"Organizations": [render_organization(row) for row in call.caller.organisations()]}


@endpoint("GET", answer="OrganizationList")
def get_organizations_by_inn_kpp(call: EdoCall) -> Json:
    """GET /GetOrganizationsByInnKpp?inn=&kpp=."""
    rows = Organisation.objects.with_box().filter(inn=call.argument("inn"))
    if kpp := call.request.GET.get("kpp"):
        rows = rows.filter(kpp=kpp)
    rows = rows.order_by("is_branch", "id")
    return {"Organizations": [render_organization(row) for row in rows]}


def render_organization(row: Organisation) -> Json:
    """Diadoc's structure `Organization`."""
    return {
        "OrgId": row.org_id,
        "Inn": row.inn,
        "Kpp": row.kpp,
        **({"Ogrn": row.ogrn} if row.ogrn else {}),
        "FullName": row.full_name,
        "ShortName": row.short_name,
        "Boxes": [_render_box(row)],
        "FnsParticipantId": build_participant_id(row),
        "Departments": [_render_department(item) for item in row.departments],
        "IsActive": row.is_active_box,
        "IsTest": row.is_test_box,
        "IsBranch": row.is_branch,
        "IsRoaming": row.is_roaming,
        "IsEmployee": row.is_ours,
        **({"LiquidationDate": f"{row.liquidated_on:%d.%m.%Y}"} if row.liquidated_on else {}),
        "Sociability": "CounteragentsOnly" if row.partners_only else "AllOrganizations",
        "OrganizationType": _TYPES.get(row.kind, "PhysicalPerson"),
        "ReadyForEpdStatus": "UndefinedEpdStatus",
    }


def _render_box(row: Organisation) -> Json:
    return {
        "BoxId": long_box_id(row.box_id or ""),
        "BoxIdGuid": row.box_id,
        "Title": row.short_name,
        "InvoiceFormatVersion": "v5_02",
        "EncryptedDocumentsAllowed": False,
    }


def _render_department(item: dict[str, str]) -> Json:
    return {
        "DepartmentId": item["DepartmentId"],
        "ParentDepartmentId": HEAD_DEPARTMENT,
        "Name": item["Name"],
        "IsDisabled": False,
    }
