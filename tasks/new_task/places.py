"""«Регион инсталляции», «ЛК ЭДО», «Подписант»: what fits one another and the user's regions."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import md5
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Max, Model, Prefetch

from accounts.models import User
from clients.models import Region
from econtract.common import clock
from econtract.common.errors import Unavailable
from edo.exchanges import preflight
from edo.models import Box, Signatory

Row = TypeVar("Row", bound=Model)
JUDGED_FOR_SECONDS = 30
POWERS_MARK = {
    "power_added_at": Max("powers__created_at"),
    "power_revoked_at": Max("powers__revoked_at"),
    "power_until": Max("powers__valid_until"),
}


@dataclass(frozen=True)
class Signer:
    """A signatory as the list offers him; ``reason`` says why he cannot be chosen."""

    signatory: Signatory
    reason: str = ""


@dataclass(frozen=True)
class Places:
    """What each of the three lists offers, and what is chosen in it."""

    regions: list[Region]
    boxes: list[Box]
    signers: list[Signer]
    region: Region | None
    box: Box | None
    signer: Signer | None

    @property
    def signatory(self) -> Signatory | None:
        """The chosen one, when he may sign."""
        return self.signer.signatory if self.signer and not self.signer.reason else None


def has_regions(user: User) -> bool:
    """Whether the user has a region at all: without one no task can be made."""
    return user.regions.filter(active=True).exists()


def places_for(user: User, region: str, box: str, signatory: str, *, fresh: bool = False) -> Places:
    """The lists for what is chosen now (keys as they were sent; "" and nonsense: nothing).

    A choice that does not fit the one above it is dropped; the only one left is made. What is
    not chosen yet offers only what fits the choices below it, so the lists narrow one another.
    Signatories are judged anew with ``fresh``, else as of the last JUDGED_FOR_SECONDS.
    """
    boxes = _boxes_of(user)
    regions = _regions_of(user, boxes)
    chosen_region, chosen_box = _pick(regions, region), _pick(boxes, box)
    if chosen_region is None:
        regions = _fitting_regions(regions, boxes, chosen_box, signatory)
        chosen_region = _only(regions)
    if chosen_region is not None:
        boxes = [each for each in boxes if chosen_region in each.regions.all()]
    offered = [each for each in boxes if _signs_in(each, signatory)] or boxes
    chosen_box = _pick(boxes, box)
    if chosen_box is None:
        boxes = offered
        chosen_box = _only(boxes)
    signers = _judged(chosen_box, fresh=fresh) if chosen_box else _candidates(boxes)
    return Places(regions, boxes, signers, chosen_region, chosen_box, _signer(signers, signatory))


def _boxes_of(user: User) -> list[Box]:
    """Active boxes that serve any of the user's regions, with those regions and their signers."""
    regions = user.regions.filter(active=True)
    people = Signatory.objects.filter(active=True)
    active = Prefetch("signatories", people.annotate(**POWERS_MARK))
    boxes = Box.objects.filter(active=True, regions__in=regions).distinct()
    return list(boxes.prefetch_related(Prefetch("regions", regions), active))


def _regions_of(user: User, boxes: list[Box]) -> list[Region]:
    served = {region.pk: region for box in boxes for region in box.regions.all()}
    return sorted(served.values(), key=lambda region: region.name)


def _fitting_regions(
    regions: list[Region], boxes: list[Box], box: Box | None, signatory: str
) -> list[Region]:
    fitting = [box] if box else [each for each in boxes if _signs_in(each, signatory)]
    if not fitting:
        return regions
    served = {region.pk for each in fitting for region in each.regions.all()}
    return [region for region in regions if region.pk in served]


def _signs_in(box: Box, signatory: str) -> bool:
    return any(str(each.pk) == signatory for each in box.signatories.all())


def _candidates(boxes: list[Box]) -> list[Signer]:
    """Those who sign in any of ``boxes``; in which is not known yet, so nobody is judged."""
    found = {each.pk: each for box in boxes for each in box.signatories.all()}
    people = sorted(found.values(), key=lambda each: (each.surname, each.given_name))
    return [Signer(each) for each in people]


def _judged(box: Box, *, fresh: bool) -> list[Signer]:
    """Those who sign in ``box``, each with the reason why he cannot now."""
    return [
        Signer(each.signatory, _reason(box, each.signatory, fresh=fresh))
        for each in _candidates([box])
    ]


def _reason(box: Box, signatory: Signatory, *, fresh: bool) -> str:
    """`_judge`, remembered for a while: a form is drawn at every pause of the one who types."""
    key = "signer:" + md5(repr(_facts(box, signatory)).encode(), usedforsecurity=False).hexdigest()
    known: str | None = None if fresh else cache.get(key)
    if known is None:
        known = _judge(box, signatory)
        cache.set(key, known, JUDGED_FOR_SECONDS)
    return known


def _facts(box: Box, signatory: Signatory) -> tuple[object, ...]:
    """What a judgement rests on besides the time: a change of any asks for a new one."""
    marks = [getattr(signatory, name) for name in POWERS_MARK]
    return box.pk, box.inn, signatory.pk, signatory.certificate_pem, signatory.inn, *marks


def _judge(box: Box, signatory: Signatory) -> str:
    """Why he cannot sign in the box now: certificate or power of attorney."""
    try:
        problems = preflight(
            box=box, signatory=signatory, recipient_inn="", recipient_kpp="", at=clock.now()
        )
    except Unavailable:
        # Nothing can be judged now; the door asks again before the document goes out.
        return ""
    return problems[0].text.rstrip(".") if problems else ""


def _signer(signers: list[Signer], wanted: str) -> Signer | None:
    chosen = next((each for each in signers if str(each.signatory.pk) == wanted), None)
    if chosen is not None:
        return chosen
    usable = [each for each in signers if not each.reason]
    return usable[0] if len(usable) == 1 else None


def _pick(rows: Iterable[Row], wanted: str) -> Row | None:
    return next((row for row in rows if str(row.pk) == wanted), None)


def _only(rows: list[Row]) -> Row | None:
    return rows[0] if len(rows) == 1 else None
