"""CDI and ЕИП over HTTP (docs/protocols.md, sections 2 and 3)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, Value, When

from econtract.sandbox.api.protocol import Call, Json, Refused, bad_request, query
from econtract.sandbox.models import EipAccount, Organisation
from econtract.sandbox.models.registry import OrganisationQuerySet
from econtract.sandbox.text import normalise

_SHORTEST = 2
_WORDS = 6


@query
def organisations(call: Call) -> Json:
    """GET /cdi/v1/organisations?q=&limit=."""
    limit = call.request.GET.get("limit") or "20"
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= 50):
        raise bad_request("limit: 1..50 expected")
    found = search(call.request.GET.get("q", ""), call.now.date())[: int(limit)]
    return {"items": [render(organisation) for organisation in found]}


def search(text: str, today: dt.date) -> OrganisationQuerySet:
    """Organisations of CDI by any part of name, ИНН or ОГРН; nothing for a text too short."""
    sought = normalise(text[:200])
    if len(sought) < _SHORTEST:
        return Organisation.objects.none()
    found = Organisation.objects.in_cdi(today)
    for word in sought.split()[:_WORDS]:
        found = found.filter(search__contains=word)
    begins = Case(When(search__startswith=sought, then=Value(0)), default=Value(1))
    return found.order_by(begins, "id")


@query
def organisation(call: Call, inn: str) -> Json:
    """GET /cdi/v1/organisations/<inn>?kpp=."""
    found = Organisation.objects.in_cdi(call.now.date()).filter(inn=inn).order_by("is_branch", "id")
    if kpp := call.request.GET.get("kpp"):
        found = found.filter(kpp=kpp)
    row = found.first()
    if row is None:
        raise Refused(404, "not_found")
    return render(row)


def render(row: Organisation) -> Json:
    """An organisation as CDI tells it."""
    return {
        "kind": row.kind,
        "inn": row.inn,
        "kpp": row.kpp,
        "ogrn": row.ogrn,
        "short_name": row.short_name,
        "full_name": row.full_name,
        "registered_on": row.registered_on.isoformat(),
        "legal_address": row.legal_address,
        "city": row.city,
        "head_name": row.head_name,
        "head_position": row.head_position,
        "state": row.state,
    }


@query
def account(call: Call, account: str) -> Json:
    """GET /eip/v1/accounts/<account>?inn=: whether the account is that client's."""
    inn = call.request.GET.get("inn", "")
    if not (account.isascii() and account.isdigit() and len(account) == 12):
        raise bad_request("account: 12 digits expected")
    if not (inn.isascii() and inn.isdigit() and len(inn) in (10, 12)):
        raise bad_request("inn: 10 or 12 digits expected")
    return {"found": account[3:] == inn[:9] or _added(account, inn, call)}


def _added(account: str, inn: str, call: Call) -> bool:
    rows = EipAccount.objects.filter(account=account, inn=inn, visible_at__lte=call.now)
    return rows.exists()
