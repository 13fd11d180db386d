"""«Регион инсталляции», «ЛК ЭДО», «Подписант»: what fits one another and the user's regions."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import md5
from typing import TypeVar

from django.core.cache import cache
from django.db.models import F, Max, Model, Prefetch, prefetch_related_objects

from accounts.models import User
from clients.models import Region
from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from edo.channels.operator.preflight import find_sender_problems
from edo.models import Box, Signatory
from edo.powers.verification import POWER_CHECK_CACHE_SECONDS

Row = TypeVar("Row", bound=Model)
POWERS_MARK = {
    "power_added_at": Max("powers__created_at"),
    "power_revoked_at": Max("powers__revoked_at"),
    "power_until": Max("powers__valid_until"),
}


@dataclass(frozen=True)
class SignatoryOption:
    """A signatory as the list offers him, judged when that is asked: it takes a signature check.

    Without ``box`` it is not known yet where he would sign, so he is not judged.
    """

    signatory: Signatory
    box: Box | None = None
    fresh: bool = False

    @cached_property
    def reason(self) -> str:
        """Why he cannot be chosen now, "" when he can."""
        return _reason(self.box, self.signatory, fresh=self.fresh) if self.box else ""


@dataclass(frozen=True)
class SigningOptions:
    """What each of the three lists offers, and what is chosen in it.

    ``regionless``: the user has no region at all; without one no task can be made.
    """

    regions: list[Region]
    boxes: list[Box]
    signers: list[SignatoryOption]
    region: Region | None
    box: Box | None
    signer: SignatoryOption | None
    regionless: bool

    @property
    def signatory(self) -> Signatory | None:
        """The chosen one, when he may sign."""
        return self.signer.signatory if self.signer and not self.signer.reason else None


def find_signing_options(
    user: User, region: str, box: str, signatory: str, *, fresh: bool = False
) -> SigningOptions:
    """The lists for what is chosen now (keys as they were sent; "" and nonsense: nothing).

    A choice that does not fit the one above it is dropped; the only one left is made. What is
    not chosen yet offers only what fits the choices below it, so the lists narrow one another.
    Signatories are judged anew with ``fresh``, else as of the last POWER_CHECK_CACHE_SECONDS.
    """
    served = _served(user)
    regions = list(served)
    boxes = _distinct(served.values())
    chosen_region, chosen_box = _pick(regions, region), _pick(boxes, box)
    if chosen_region is None:
        fitting = [chosen_box] if chosen_box else _signed_in_by(boxes, signatory)
        regions = [each for each in regions if not {*fitting}.isdisjoint(served[each])] or regions
        chosen_region = _only(regions)
    if chosen_region is not None:
        boxes = served[chosen_region]
    chosen_box = _pick(boxes, box)
    if chosen_box is None:
        boxes = _signed_in_by(boxes, signatory) or boxes
        chosen_box = _only(boxes)
    signers = _signers_in([chosen_box] if chosen_box else boxes, chosen_box, fresh=fresh)
    signer = _signer(signers, signatory)
    regionless = not served and not user.regions.filter(active=True).exists()
    return SigningOptions(regions, boxes, signers, chosen_region, chosen_box, signer, regionless)


def _served(user: User) -> dict[Region, list[Box]]:
    """The user's active regions that active boxes serve, each with those; all by name."""
    regions = user.regions.filter(active=True, boxes__active=True)
    # A row for each box of a region.
    pairs = list(regions.annotate(box=F("boxes")).order_by("name", "boxes__name"))
    boxes = Box.objects.in_bulk({each.box for each in pairs})
    served: dict[Region, list[Box]] = {}
    for each in pairs:
        served.setdefault(each, []).append(boxes[each.box])
    return served


def _distinct(lists: Iterable[list[Box]]) -> list[Box]:
    return sorted({box for boxes in lists for box in boxes}, key=lambda box: box.name)


def _with_people(boxes: list[Box]) -> list[Box]:
    """The boxes with their active signatories at hand; those that have them are not asked again."""
    people = Signatory.objects.filter(active=True).annotate(**POWERS_MARK)
    prefetch_related_objects(boxes, Prefetch("signatories", people))
    return boxes


def _signed_in_by(boxes: list[Box], signatory: str) -> list[Box]:
    if not signatory:
        return []
    return [box for box in _with_people(boxes) if _pick(box.signatories.all(), signatory)]


def _signers_in(boxes: list[Box], chosen: Box | None, *, fresh: bool) -> list[SignatoryOption]:
    """Those who sign in any of ``boxes``, to be judged for the ``chosen`` one."""
    found = {each.pk: each for box in _with_people(boxes) for each in box.signatories.all()}
    people = sorted(found.values(), key=lambda each: (each.surname, each.given_name))
    return [SignatoryOption(each, chosen, fresh) for each in people]


def _reason(box: Box, signatory: Signatory, *, fresh: bool) -> str:
    """`_judge`, remembered for a while: a form is drawn at every pause of the one who types."""
    key = "signer:" + md5(repr(_facts(box, signatory)).encode(), usedforsecurity=False).hexdigest()
    known: str | None = None if fresh else cache.get(key)
    if known is None:
        known = _judge(box, signatory)
        cache.set(key, known, POWER_CHECK_CACHE_SECONDS)
    return known


def _facts(box: Box, signatory: Signatory) -> tuple[object, ...]:
    """What a judgement rests on besides the time: a change of any asks for a new one."""
    marks = [getattr(signatory, name) for name in POWERS_MARK]
    return box.pk, box.inn, signatory.pk, signatory.certificate_pem, signatory.inn, *marks


def _judge(box: Box, signatory: Signatory) -> str:
    """Why he cannot sign in the box now: certificate or power of attorney."""
    try:
        problems = find_sender_problems(box=box, signatory=signatory, at=clock.now(), fresh=True)
    except Unavailable:
        # Nothing can be judged now; the door asks again before the document goes out.
        return ""
    return problems[0].text.rstrip(".") if problems else ""


def _signer(signers: list[SignatoryOption], wanted: str) -> SignatoryOption | None:
    chosen = next((each for each in signers if str(each.signatory.pk) == wanted), None)
    if chosen is not None:
        return chosen
    usable = [each for each in signers if not each.reason]
    return usable[0] if len(usable) == 1 else None


def _pick(rows: Iterable[Row], wanted: str) -> Row | None:
    return next((row for row in rows if str(row.pk) == wanted), None)


def _only(rows: list[Row]) -> Row | None:
    return rows[0] if len(rows) == 1 else None
