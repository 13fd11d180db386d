"""Questions asked of tasks; they compose, and visibility is always the first."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.visibility import sight_of
from econtract.common.text import digits, search_key
from tasks.statuses import (
    FINISHED,
    IN_WORK,
    QuickFilter,
    Stage,
    quick_filters,
    statuses_of,
)

if TYPE_CHECKING:
    from tasks.models import SigningTask  # noqa: F401


class SigningTaskQuerySet(models.QuerySet["SigningTask"]):
    def visible_to(self, user: User) -> Self:
        """The tasks that ``user`` may see (`accounts.visibility`)."""
        sight = sight_of(user)
        if sight.everything:
            return self.all()
        if not sight.manager_ids:
            return self.none()
        return self.filter(manager_id__in=sorted(sight.manager_ids))

    def of_manager(self, user: User) -> Self:
        return self.filter(manager=user)

    def in_work(self) -> Self:
        return self.filter(status__in=IN_WORK)

    def finished(self) -> Self:
        return self.filter(status__in=FINISHED)

    def in_stage(self, stage: Stage) -> Self:
        return self.filter(status__in=statuses_of(stage))

    def with_quick_filter(self, code: str) -> Self:
        """The tasks under a chip. Raises KeyError for a chip that the table has not."""
        return self.filter(quick_filter_rule(quick_filters()[code]))

    def created_between(self, start: datetime | None, end: datetime | None) -> Self:
        found = self
        if start is not None:
            found = found.filter(created_at__gte=start)
        if end is not None:
            found = found.filter(created_at__lt=end)
        return found

    def search(self, text: str) -> Self:
        """By task number, client, ИНН, document number, account number, phone or archive code.

        Long numbers are matched whole; words match anywhere in the client's name.
        """
        wanted = text.strip()
        if not wanted:
            return self
        rule = Q(document_number__iexact=wanted) | Q(package__archive_code__iexact=wanted)
        rule |= Q(document_version__archive_code__iexact=wanted)
        number = digits(wanted)
        if number and len(number) >= len(wanted) - 6:
            rule |= Q(client__inn=number) | Q(client__ogrn=number) | Q(account_number=number)
            if len(number) < 10:
                rule |= Q(pk=int(number))
            if len(number) >= 10:
                rule |= Q(contact_version__phone=f"+7{number[-10:]}")
        elif key := search_key(wanted):
            rule |= Q(client__search_key__contains=key)
        return self.filter(pk__in=self.model.objects.filter(rule).values("pk"))


def quick_filter_rule(chip: QuickFilter) -> Q:
    """`stage in stages AND (status in statuses OR resolution in resolutions)` as a query.

    Where the table names no resolutions the stage alone decides («На согласовании»).
    """
    stage = Q(status__in=statuses_of(*chip.stages))
    if chip.by_stage_alone:
        return stage
    return stage & (Q(status__in=chip.statuses) | Q(resolution__in=chip.resolutions))
