"""CDI and ЕИП over HTTP (docs/protocols.md, sections 2 and 3)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, Value, When

from econtract.sandbox.api.protocol import ApiCall, ApiError, Json, bad_request, query
from econtract.sandbox.models import EipAccount, Organisation
from econtract.sandbox.models.registry import OrganisationQuerySet
from econtract.sandbox.text import normalise_name

_MIN_QUERY = 2
_MAX_WORDS = 6


@query
def search_organisations(call: ApiCall) -> Json:
    """GET /cdi/v1/organisations?q=&limit=."""
    limit = call.request.GET.get("limit") or "20"
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= 50):
        raise bad_request("limit: 1..50 expected")
    rows = find_organisations(call.request.GET.get("q", ""), call.now.date())[: int(limit)]
    return {"items": [render_organisation(row) for row in rows]}


def find_organisations(text: str, today: dt.date) -> OrganisationQuerySet:
    """Organisations of CDI whose name, ИНН or ОГРН contains every word; none for a short text."""
    name = normalise_name(text[:200])
    if len(name) < _MIN_QUERY:
        return Organisation.objects.none()
    rows = Organisation.objects.in_cdi(today)
    for word in name.split()[:_MAX_WORDS]:
        rows = rows.filter(search__contains=word)
    rank = Case(When(search__startswith=name, then=Value(0)), default=Value(1))
    return rows.order_by(rank, "id")


@query
def get_organisation(call: ApiCall, inn: str) -> Json:
    """GET /cdi/v1/organisations/<inn>?kpp=."""
    rows = Organisation.objects.in_cdi(call.now.date()).filter(inn=inn).order_by("is_branch", "id")
    if kpp := call.request.GET.get("kpp"):
        rows = rows.filter(kpp=kpp)
    row = rows.first()
    if row is None:
        raise ApiError(404, "not_found")
    return render_organisation(row)


def render_organisation(row: Organisation) -> Json:
    """An organisation in CDI's format."""
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
def check_account(call: ApiCall, account: str) -> Json:
    """GET /eip/v1/accounts/<account>?inn=: whether the account belongs to that client."""
    inn = call.request.GET.get("inn", "")
    if not (account.isascii() and account.isdigit() and len(account) == 12):
        raise bad_request("account: 12 digits expected")
    if not (inn.isascii() and inn.isdigit() and len(inn) in (10, 12)):
        raise bad_request("inn: 10 or 12 digits expected")
    return {"found": account[3:] == inn[:9] or _is_added_by_hand(account, inn, call)}


def _is_added_by_hand(account: str, inn: str, call: ApiCall) -> bool:
    rows = EipAccount.objects.filter(account=account, inn=inn, visible_at__lte=call.now)
    return rows.exists()
