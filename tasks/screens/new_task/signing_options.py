"""«Регион инсталляции», «ЛК ЭДО», «Подписант»: the options that fit together for a user."""

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
from edo.channels.operator.preflight import find_sender_problems
from edo.models import Box, Signatory
from edo.powers.verification import POWER_CHECK_CACHE_SECONDS
from tasks.screens.new_task.field_values import FieldValues

Option = TypeVar("Option")
ModelRow = TypeVar("ModelRow", bound=Model)
SIGNING_FIELDS = ("region", "box", "signatory")
# They change when a signatory gets or loses a power of attorney.
POWER_ANNOTATIONS = {
    "power_added_at": Max("powers__created_at"),
    "power_revoked_at": Max("powers__revoked_at"),
    "power_until": Max("powers__valid_until"),
}


@dataclass(frozen=True)
class SignatoryOption:
    """A signatory in the list. Without ``box`` it is not known yet where they would sign.

    ``reason`` is computed when it is first read: it verifies signatures.
    """

    signatory: Signatory
    box: Box | None = None
    refresh: bool = False

    @cached_property
    def reason(self) -> str:
        """Why they cannot be chosen now; "" if they can, or if there is no box yet."""
        if self.box is None:
            return ""
        return _find_problem_cached(self.box, self.signatory, refresh=self.refresh)


@dataclass(frozen=True)
class SigningOptions:
    """The options of the three lists, and the chosen one of each."""

    regions: list[Region]
    boxes: list[Box]
    signatories: list[SignatoryOption]
    region: Region | None
    box: Box | None
    signatory_option: SignatoryOption | None
    user_has_no_regions: bool

    @property
    def signatory(self) -> Signatory | None:
        """The chosen signatory, if they may sign."""
        option = self.signatory_option
        return option.signatory if option and not option.reason else None

    @property
    def field_values(self) -> FieldValues:
        """The chosen options as values of the form's fields."""
        signatory = self.signatory_option.signatory if self.signatory_option else None
        rows = zip(SIGNING_FIELDS, (self.region, self.box, signatory), strict=True)
        return {name: [str(row.pk) if row else ""] for name, row in rows}


def find_signing_options(
    user: User, region: str, box: str, signatory: str, *, refresh: bool = False
) -> SigningOptions:
    """The options for the current choice (primary keys as posted; invalid ones are ignored).

    A choice that does not fit the list above it is dropped; an only option is chosen. A list
    without a choice offers only what fits the choices below it, so the lists narrow one another.
    Signatories are verified now with ``refresh``, else at most POWER_CHECK_CACHE_SECONDS ago.
    """
    boxes_by_region = _find_boxes_by_region(user)
    regions = list(boxes_by_region)
    boxes = _merge_boxes(boxes_by_region.values())
    chosen_region, chosen_box = _find_by_pk(regions, region), _find_by_pk(boxes, box)
    if chosen_region is None:
        matching_boxes = [chosen_box] if chosen_box else _boxes_of_signatory(boxes, signatory)
        regions = [
            option
            for option in regions
            if not {*matching_boxes}.isdisjoint(boxes_by_region[option])
        ] or regions
        chosen_region = _get_only(regions)
    if chosen_region is not None:
        boxes = boxes_by_region[chosen_region]
    chosen_box = _find_by_pk(boxes, box)
    if chosen_box is None:
        boxes = _boxes_of_signatory(boxes, signatory) or boxes
        chosen_box = _get_only(boxes)
    signatories = _build_signatory_options(
        [chosen_box] if chosen_box else boxes, chosen_box, refresh=refresh
    )
    return SigningOptions(
        regions=regions,
        boxes=boxes,
        signatories=signatories,
        region=chosen_region,
        box=chosen_box,
        signatory_option=_choose_signatory(signatories, signatory),
        user_has_no_regions=not boxes_by_region and not user.regions.filter(active=True).exists(),
    )


def _find_boxes_by_region(user: User) -> dict[Region, list[Box]]:
    """The user's active regions with their active boxes, by name; regions without one are left
    out."""
    regions = user.regions.filter(active=True, boxes__active=True)
    # One row for each pair of region and box.
    rows = list(regions.annotate(box=F("boxes")).order_by("name", "boxes__name"))
    boxes = Box.objects.in_bulk({row.box for row in rows})
    boxes_by_region: dict[Region, list[Box]] = {}
    for row in rows:
        boxes_by_region.setdefault(row, []).append(boxes[row.box])
    return boxes_by_region


def _merge_boxes(lists: Iterable[list[Box]]) -> list[Box]:
    return sorted({box for boxes in lists for box in boxes}, key=lambda box: box.name)


def _with_signatories(boxes: list[Box]) -> list[Box]:
    """Prefetch the active signatories of ``boxes``; boxes that have them are not read again."""
    signatories = Signatory.objects.filter(active=True).annotate(**POWER_ANNOTATIONS)
    prefetch_related_objects(boxes, Prefetch("signatories", signatories))
    return boxes


def _boxes_of_signatory(boxes: list[Box], signatory: str) -> list[Box]:
    if not signatory:
        return []
    return [
        box for box in _with_signatories(boxes) if _find_by_pk(box.signatories.all(), signatory)
    ]


def _build_signatory_options(
    boxes: list[Box], chosen_box: Box | None, *, refresh: bool
) -> list[SignatoryOption]:
    """The signatories of any of ``boxes``; they will be checked for ``chosen_box``."""
    by_pk = {
        signatory.pk: signatory
        for box in _with_signatories(boxes)
        for signatory in box.signatories.all()
    }
    signatories = sorted(by_pk.values(), key=lambda row: (row.surname, row.given_name))
    return [SignatoryOption(signatory, chosen_box, refresh) for signatory in signatories]


def _find_problem_cached(box: Box, signatory: Signatory, *, refresh: bool) -> str:
    """`_find_problem`, cached: the form is drawn each time the user pauses in typing."""
    key_input = (
        *(box.pk, box.inn, signatory.pk, signatory.certificate_pem, signatory.inn),
        *(getattr(signatory, name) for name in POWER_ANNOTATIONS),
    )
    key = "signatory:" + md5(repr(key_input).encode(), usedforsecurity=False).hexdigest()
    problem: str | None = None if refresh else cache.get(key)
    if problem is None:
        problem = _find_problem(box, signatory)
        cache.set(key, problem, POWER_CHECK_CACHE_SECONDS)
    return problem


def _find_problem(box: Box, signatory: Signatory) -> str:
    """Why the signatory cannot sign in the box now: certificate or power of attorney."""
    problems = find_sender_problems(box=box, signatory=signatory, at=clock.now(), fresh=True)
    return problems[0].text.rstrip(".") if problems else ""


def _choose_signatory(options: list[SignatoryOption], pk: str) -> SignatoryOption | None:
    """The option that was posted, else the only one who may sign."""
    match = next((option for option in options if str(option.signatory.pk) == pk), None)
    return match or _get_only([option for option in options if not option.reason])


def _find_by_pk(rows: Iterable[ModelRow], pk: str) -> ModelRow | None:
    return next((row for row in rows if str(row.pk) == pk), None)


def _get_only(options: list[Option]) -> Option | None:
    return options[0] if len(options) == 1 else None
