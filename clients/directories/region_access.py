"""«Открыть регионы»: which regions managers may choose, for several of them at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import TextChoices

from accounts.actions import change_rights
from accounts.models import User
from clients.models import Region


class AccessChange(TextChoices):
    """What to do with the chosen regions."""

    OPEN = "open", "Открыть, уже открытые оставить"
    OPEN_ONLY = "open_only", "Открыть только их, остальные закрыть"
    CLOSE = "close", "Закрыть"


@dataclass(frozen=True)
class RegionAccessResult:
    """How many regions were opened and closed, counted for each user by itself."""

    opened_count: int
    closed_count: int


def change_region_access(
    users: Collection[User], regions: Iterable[Region], change: AccessChange, *, actor: User
) -> RegionAccessResult:
    """Opens or closes ``regions`` to all ``users``; the rights journal says what has changed."""
    link = Region.managers.through
    region_ids = {region.pk for region in regions}
    with change_rights([user.pk for user in users], actor=actor):
        links = link.objects.filter(user__in=users)
        existing = set(links.values_list("user_id", "region_id"))
        chosen = {(user.pk, region_id) for user in users for region_id in region_ids}
        opened = set() if change == AccessChange.CLOSE else chosen - existing
        link.objects.bulk_create(
            [link(user_id=user_id, region_id=region_id) for user_id, region_id in sorted(opened)]
        )
        match change:
            case AccessChange.CLOSE:
                closed = links.filter(region__in=region_ids)
            case AccessChange.OPEN_ONLY:
                closed = links.exclude(region__in=region_ids)
            case AccessChange.OPEN:
                closed = links.none()
        closed_count, _ = closed.delete()
    return RegionAccessResult(len(opened), closed_count)
