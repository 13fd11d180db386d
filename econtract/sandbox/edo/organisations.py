"""Organisations and their boxes (docs/protocols.md, section 9.2)."""

from __future__ import annotations

from econtract.sandbox.api.protocol import Json
from econtract.sandbox.edo.protocol import EdoCall, endpoint
from econtract.sandbox.models import Organisation

_TYPES = {"legal": "Juridical", "sole_proprietor": "Individual"}


@endpoint("GET")
def get_my_organizations(call: EdoCall) -> Json:
    """GET /GetMyOrganizations."""
    return {"Organizations": [render_organization(row) for row in call.caller.organisations()]}


@endpoint("GET")
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
        "Ogrn": row.ogrn,
        "FullName": row.full_name,
        "ShortName": row.short_name,
        "IsActive": True,
        "IsBranch": row.is_branch,
        "IsTest": True,
        "IsRoaming": False,
        "Sociability": "CounteragentsOnly" if row.partners_only else "AllOrganizations",
        "OrganizationType": _TYPES.get(row.kind, "PhysicalPerson"),
        "ReadyForEpdStatus": "UndefinedEpdStatus",
        "Boxes": [
            {
                "BoxId": row.box_id,
                "BoxIdGuid": row.box_id,
                "Title": row.short_name,
                "InvoiceFormatVersion": "v5_02",
            }
        ],
    }
