"""Questions asked of tasks; they compose, and visibility is always the first.

What they ask for is written so that an index answers (`tasks.models.list_indexes`).
"""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from itertools import product
from operator import add
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Q, Value, When

from accounts.models import User
from accounts.visibility import sight_of
from clients.models import Client
from econtract.platform.common.compiled import CompiledQuery, Parameter
from econtract.platform.common.id_lists import InBoundIds, InLiteralIds, bind_ids
from econtract.platform.common.query_plans import custom_query_plan
from econtract.platform.common.text import digits
from tasks.statuses import QuickFilter, Resolution, Status, quick_filters, statuses_of

if TYPE_CHECKING:
    from tasks.models import SigningTask

# A text of mostly digits is a number: signs between them (phones, dashes) may be so many.
SIGNS_IN_A_NUMBER = 6
# So many keys that were found are passed on as they are: the planner knows what they cost.
MOST_KEYS, MOST_CLIENTS = 1000, 5000
# Longer ones are no task numbers, shorter ones neither ИНН nor account, ОГРН, phone.
SHORTEST_CODE = 10

# The position of a status in the workflow.
WORKFLOW_RANK = Case(
    *(When(status=status, then=Value(place)) for place, status in enumerate(Status)),
    default=Value(len(Status)),
)


def quick_filter_rule(chip: QuickFilter) -> Q:
    """`stage in stages AND (status in statuses OR resolution in resolutions)` as a query.

    Where the table names no resolutions the stage alone decides («На согласовании»).
    """
    of_stages = Q(status__in=statuses_of(*chip.stages))
    if chip.is_stage_only:
        return of_stages
    named = Q(status__in=sorted(chip.statuses)) | Q(resolution__in=sorted(chip.resolutions))
    return of_stages & named


# A bit per quick filter that a task matches. The mask has few distinct values, so PostgreSQL has
# statistics for each; it has none for the conditions themselves.
QUICK_FILTER_BITS = {code: 1 << place for place, code in enumerate(quick_filters())}
# The masks that contain a quick filter, by its code. Most sums of bits cannot occur.
MASKS_OF_QUICK_FILTER = {
    code: sorted(
        {
            bits
            for bits in (
                sum(
                    QUICK_FILTER_BITS[each]
                    for each, chip in quick_filters().items()
                    if chip.matches(*pair)
                )
                for pair in product(Status, ["", *Resolution.values])
            )
            if bits & bit
        }
    )
    for code, bit in QUICK_FILTER_BITS.items()
}
QUICK_FILTER_MASK = reduce(
    add,
    (
        Case(When(quick_filter_rule(chip), then=Value(QUICK_FILTER_BITS[code])), default=Value(0))
        for code, chip in quick_filters().items()
    ),
)


class SigningTaskQuerySet(models.QuerySet["SigningTask"]):
    # The numbers of all these tasks, where they came to light on the way. What is made of these
    # knows nothing of them.
    numbers: tuple[int, ...] | None = None

    def visible_to(self, user: User) -> Self:
        """The tasks that ``user`` may see (`accounts.visibility`)."""
        sight = sight_of(user)
        if sight.everything:
            return self.all()
        if not sight.manager_ids:
            return self.none()
        return self.filter(InLiteralIds("manager_id", sight.manager_ids))

    def own_of(self, user: User) -> Self:
        """The part of `visible_to` that is his own: without the list of all that he sees."""
        return self.of_manager(user.pk) if sight_of(user).covers(user.pk) else self.none()

    def of_manager(self, key: int | Parameter) -> Self:
        return self.filter(manager_id=key)

    def in_work(self) -> Self:
        """Those that have not come to an end: by the end's time, as the indexes have them."""
        return self.filter(completed_at__isnull=True)

    def finished(self) -> Self:
        return self.filter(completed_at__isnull=False)

    def with_quick_filter(self, code: str) -> Self:
        """The tasks under a chip. Raises KeyError for a chip that the table has not."""
        return self.filter(quick_filter_mask__in=MASKS_OF_QUICK_FILTER[code])

    def created_between(self, start: datetime | None, end: datetime | None) -> Self:
        found = self
        if start is not None:
            found = found.filter(created_at__gte=start)
        if end is not None:
            found = found.filter(created_at__lt=end)
        return found

    def search(self, text: str) -> Self:
        """By task number, client, ИНН, ОГРН, document, account, phone or archive code.

        Whatever is exactly ``text`` wins; only where nothing is, words are looked for anywhere in
        the client's names. At most four queries to find that out.
        """
        wanted = text.strip()
        if not wanted:
            return self
        exactly, values = _exact_query(wanted)
        keys = [task.pk for task in exactly(**values)]
        if len(keys) > MOST_KEYS:
            exact = self.filter(pk__in=_exactly(**values))
            found = exact.exists()
        else:
            exact = self._of_numbers(
                self.filter(InLiteralIds("number", keys)).pks() if keys else ()
            )
            found = bool(exact.numbers)
        whole = is_number(wanted) and len(digits(wanted)) >= SHORTEST_CODE
        return exact if found or whole else self._of_clients_named(wanted)

    def _of_clients_named(self, wanted: str) -> Self:
        """Clients first, then the numbers of their tasks: the list need not look for them."""
        clients = Client.objects.search(wanted).order_by().values_list("pk", flat=True)
        with custom_query_plan():
            few = list(clients[: MOST_CLIENTS + 1])
            if len(few) > MOST_CLIENTS:
                return self.filter(client__in=clients)
            tasks = self.filter(InBoundIds("client_id", bind_ids(few)))
            keys = list(tasks.pks()[: MOST_KEYS + 1])
        return self._of_numbers(keys) if len(keys) <= MOST_KEYS else tasks

    def pks(self) -> models.QuerySet["SigningTask", int]:
        """Their numbers alone, in no particular order."""
        return self.order_by().values_list("pk", flat=True)

    def _of_numbers(self, numbers: Iterable[int]) -> Self:
        """These of the tasks, where it is known that all of them are among them."""
        known = tuple(numbers)
        found = self.filter(InLiteralIds("number", known)) if known else self.none()
        found.numbers = known
        return found


def is_number(text: str) -> bool:
    """Whether people mean a number: digits, and few signs between them."""
    return len(text) - SIGNS_IN_A_NUMBER <= len(digits(text)) > 0


def _exactly(
    text: Any, upper: Any, lower: Any, key: Any = None, number: Any = None, phone: Any = None
) -> models.QuerySet["SigningTask"]:
    """All tasks with this very number or code; each part has an index of its own.

    Of ``number`` and ``key`` whichever the digits can be.
    """
    from tasks.models import SigningTask

    spellings = [text, upper, lower]
    rules = [
        Q(document_number__in=spellings),
        Q(package__archive_code__in=spellings),
        Q(document_version__archive_code__in=spellings),
    ]
    if key is not None:
        rules += [Q(pk=key)]
    if number is not None:
        of_client = [Q(client__inn=number), Q(client__ogrn=number)]
        rules += [*of_client, Q(account_number=number), Q(contact_version__phone=phone)]
    parts = [SigningTask.objects.filter(rule).order_by().only("pk") for rule in rules]
    return parts[0].union(*parts[1:])


# Written once a process: to put seven parts together takes longer than to have them answered.
SPELLED = CompiledQuery(lambda text, upper, lower: _exactly(text, upper, lower)[: MOST_KEYS + 1])
BY_KEY = CompiledQuery(
    lambda text, upper, lower, key: _exactly(text, upper, lower, key)[: MOST_KEYS + 1]
)
BY_NUMBER = CompiledQuery(
    lambda text, upper, lower, number, phone: _exactly(
        text, upper, lower, number=number, phone=phone
    )[: MOST_KEYS + 1]
)


def _exact_query(wanted: str) -> tuple[CompiledQuery["SigningTask"], dict[str, Any]]:
    """The query that finds ``wanted`` as it is, and its values."""
    values = {"text": wanted, "upper": wanted.upper(), "lower": wanted.lower()}
    if not is_number(wanted):
        return SPELLED, values
    number = digits(wanted)
    if len(number) < SHORTEST_CODE:
        return BY_KEY, values | {"key": int(number)}
    return BY_NUMBER, values | {"number": number, "phone": f"+7{number[-10:]}"}
