"""«Коды ЛС»: what accounts begin with (docs/rules.md#account-prefix)."""

from dataclasses import dataclass

from clients.models import BillingPrefix, Region, Service
from clients.models.search_text import find_variants
from clients.rules.account_prefix import PREFIX_LENGTH


@dataclass(frozen=True)
class PrefixRow:
    """What the accounts of some services begin with, in one region or in several.

    ``service`` is the only service of the row, "" for all services without a billing system.
    """

    prefix: str
    region: str
    mrf: str
    services: str
    service: str = ""

    def matches(self, text: str) -> bool:
        """Whether ``text`` is an account number, or each of its words is somewhere in the row."""
        if text.isascii() and text.isdigit():
            return self.prefix.startswith(text[:PREFIX_LENGTH])
        row = f"{self.prefix} {self.region} {self.mrf} {self.service}".casefold()
        return all(word in row for word in text.casefold().split())


def find_prefix_rows(query: str) -> list[PrefixRow]:
    """The rows that match, regions first; all of them without a query. Three queries."""
    rows = _list_rows()
    for text in find_variants(query):
        if matches := [row for row in rows if row.matches(text)]:
            return matches
    return [] if query.strip() else rows


def _list_rows() -> list[PrefixRow]:
    services = Service.objects.filter(active=True).order_by("name")
    by_billing = [service.name for service in services if service.billing_system is not None]
    regional_services = "Все услуги"
    if by_billing:
        regional_services += f", кроме: {', '.join(f'«{name}»' for name in by_billing)}"
    prefixes = BillingPrefix.objects.order_by("service", "mrf")
    regions = Region.objects.filter(active=True).order_by("mrf", "name")
    return [
        *(
            PrefixRow(region.account_prefix, region.name, region.mrf, regional_services)
            for region in regions
        ),
        *(_build_billing_row(prefix) for prefix in prefixes),
    ]


def _build_billing_row(prefix: BillingPrefix) -> PrefixRow:
    return PrefixRow(
        prefix=prefix.account_prefix,
        region="Все регионы макрорегиона" if prefix.mrf else "Все регионы",
        mrf=prefix.mrf or "Все",
        services=f"«{prefix.service}» (АСР {prefix.billing_system})",
        service=prefix.service,
    )
