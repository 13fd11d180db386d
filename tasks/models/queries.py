"""Querysets of tasks; they compose, and visibility always comes first.

The conditions match the indexes of the lists (`tasks.models.task.list_indexes`).
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache, reduce
from itertools import product
from operator import add, or_
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Q, Value, When

from accounts.models import User
from accounts.visibility import visibility_of
from clients.models import Client, ContactVersion
from clients.models.queries import MIN_WORD_LENGTH
from clients.models.search_text import find_variants, parse_inn_and_kpp
from econtract.platform.common.compiled import CompiledQuery, Parameter
from econtract.platform.common.id_lists import InBoundIds, InLiteralIds, bind_ids
from econtract.platform.common.query_plans import custom_query_plan
from econtract.platform.common.text import extract_digits
from tasks.statuses import QuickFilter, Resolution, Status, quick_filters, statuses_of

if TYPE_CHECKING:
    from tasks.models import SigningTask

# Up to so many ids are passed on as literals or as one array: the planner then knows the cost.
MAX_IDS, MAX_CLIENT_IDS = 1000, 5000
# Shorter digits are a task number; longer ones are not, but may be ИНН, ОГРН, account or phone.
MIN_CODE_LENGTH = 10

# The position of a status in the workflow.
WORKFLOW_RANK = Case(
    *(When(status=status, then=Value(rank)) for rank, status in enumerate(Status)),
    default=Value(len(Status)),
)


def quick_filter_rule(quick_filter: QuickFilter) -> Q:
    """`stage in stages AND (status in statuses OR resolution in resolutions)` as a condition.

    Where the table names no resolutions, the stage alone decides («На согласовании»).
    """
    of_stages = Q(status__in=statuses_of(*quick_filter.stages))
    if quick_filter.is_stage_only:
        return of_stages
    by_status = Q(status__in=sorted(quick_filter.statuses))
    by_resolution = Q(resolution__in=sorted(quick_filter.resolutions))
    return of_stages & (by_status | by_resolution)


# A bit per quick filter that holds the task. The mask has few distinct values, so PostgreSQL has
# statistics for each; it has none for the conditions themselves.
QUICK_FILTER_BITS = {code: 1 << position for position, code in enumerate(quick_filters())}
QUICK_FILTER_MASK = reduce(
    add,
    (
        Case(
            When(quick_filter_rule(quick_filter), then=Value(QUICK_FILTER_BITS[code])),
            default=Value(0),
        )
        for code, quick_filter in quick_filters().items()
    ),
)


@cache
def _possible_masks() -> set[int]:
    """The masks that some status and resolution have; most sums of bits never occur."""
    return {
        sum(
            QUICK_FILTER_BITS[code]
            for code, quick_filter in quick_filters().items()
            if quick_filter.matches(status, resolution)
        )
        for status, resolution in product(Status, ["", *Resolution.values])
    }


def _masks_with(bit: int) -> list[int]:
    return sorted(mask for mask in _possible_masks() if mask & bit)


# The masks of the tasks that each quick filter holds.
MASKS_OF_QUICK_FILTER = {code: _masks_with(bit) for code, bit in QUICK_FILTER_BITS.items()}


class SigningTaskQuerySet(models.QuerySet["SigningTask"]):
    # The numbers of all tasks of the queryset, where a search has found them already. Querysets
    # derived from it do not have them.
    numbers: tuple[int, ...] | None = None

    def visible_to(self, user: User) -> Self:
        """The tasks that ``user`` may see (`accounts.visibility`)."""
        return self.filter(visibility_of(user).as_q("manager_id"))

    def own_of(self, user: User) -> Self:
        """The tasks that ``user`` is the manager of, as far as they see them."""
        return self.of_manager(user.pk) if visibility_of(user).includes(user.pk) else self.none()

    def of_manager(self, key: int | Parameter) -> Self:
        return self.filter(manager_id=key)

    def in_work(self) -> Self:
        """By the time of the end, not the status: that is the condition of the indexes."""
        return self.filter(completed_at__isnull=True)

    def finished(self) -> Self:
        return self.filter(completed_at__isnull=False)

    def with_quick_filter(self, code: str) -> Self:
        """Raises KeyError for a quick filter that the table does not have."""
        return self.filter(quick_filter_mask__in=MASKS_OF_QUICK_FILTER[code])

    def created_between(self, start: datetime | None, end: datetime | None) -> Self:
        """``start`` is included, ``end`` is not; None: no limit."""
        tasks = self
        if start is not None:
            tasks = tasks.filter(created_at__gte=start)
        if end is not None:
            tasks = tasks.filter(created_at__lt=end)
        return tasks

    def search(self, text: str) -> Self:
        """By task number, client, contact, ИНН, ОГРН, document, account, phone or archive code.

        Exact matches win. Only where there is none, the text is looked for anywhere in the names
        of clients and contacts, in e-mail addresses and document numbers; and only where that
        finds nothing, without the label of a number and in the other keyboard layout
        (`clients.models.search_text`).
        """
        if not text.strip():
            return self
        tasks = self._with_numbers(())
        for variant in find_variants(text):
            tasks = self._search_variant(variant)
            if tasks.numbers != ():
                break
        return tasks

    def _search_variant(self, text: str) -> Self:
        """The tasks found; `numbers` is empty only if there are none."""
        if inn_and_kpp := parse_inn_and_kpp(text):
            inn, kpp = inn_and_kpp
            of_branch = self._known(self.filter(client__inn=inn, client__kpp=kpp))
            return of_branch if of_branch.numbers != () else self._search_variant(inn)
        exact_query, values = _exact_query(text)
        ids = [task.pk for task in exact_query(**values)]
        if len(ids) > MAX_IDS:
            matches = self.filter(pk__in=_exact_matches(**values))
            has_matches = matches.exists()
        else:
            visible = self.filter(InLiteralIds("number", ids)).pks() if ids else ()
            matches = self._with_numbers(visible)
            has_matches = bool(matches.numbers)
        if has_matches:
            return matches
        is_code = is_number(text) and len(extract_digits(text)) >= MIN_CODE_LENGTH
        return self._containing(text, with_names=not is_code)

    def _containing(self, text: str, *, with_names: bool) -> Self:
        """The ids of the other tables first: the page need not look for them again."""
        client_ids = Client.objects.search_by_name(text).values_list("pk", flat=True)
        version_ids = ContactVersion.objects.search(text).order_by().values_list("pk", flat=True)
        with custom_query_plan():
            clients = list(client_ids[: MAX_CLIENT_IDS + 1]) if with_names else []
            if len(clients) > MAX_CLIENT_IDS:
                return self.filter(client__in=client_ids)
            versions = list(version_ids[:MAX_CLIENT_IDS]) if with_names else []
            documents = _find_by_part_of_document_number(text)
            conditions = [
                Q(InBoundIds(column, bind_ids(ids)))
                for column, ids in (
                    ("client_id", clients),
                    ("contact_version_id", versions),
                    ("number", documents),
                )
                if ids
            ]
            if not conditions:
                return self._with_numbers(())
            return self._known(self.filter(reduce(or_, conditions)))

    def _known(self, tasks: Self) -> Self:
        """``tasks``, a part of this queryset, with its `numbers` if they are few."""
        numbers = list(tasks.pks()[: MAX_IDS + 1])
        return self._with_numbers(numbers) if len(numbers) <= MAX_IDS else tasks

    def pks(self) -> models.QuerySet["SigningTask", int]:
        """The primary keys, in no particular order."""
        return self.order_by().values_list("pk", flat=True)

    def _with_numbers(self, numbers: Iterable[int]) -> Self:
        """The tasks with ``numbers``, all of which must be in this queryset."""
        numbers = tuple(numbers)
        tasks = self.filter(InLiteralIds("number", numbers)) if numbers else self.none()
        tasks.numbers = numbers
        return tasks


def is_number(text: str) -> bool:
    """Whether ``text`` is meant as a number: digits, perhaps with separators, and no letters."""
    return bool(extract_digits(text)) and not any(char.isalpha() for char in text)


def _exact_matches(
    text: Any, upper: Any, lower: Any, key: Any = None, number: Any = None, phone: Any = None
) -> models.QuerySet["SigningTask"]:
    """The tasks with exactly this number or code; each part of the union has its own index.

    ``key`` is a task number; ``number`` and ``phone`` are the digits of a longer code.
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


def _find_by_part_of_document_number(text: str) -> list[int]:
    """The numbers of tasks, at most `MAX_IDS`; none for less than three characters."""
    from tasks.models import SigningTask

    if len(text) < MIN_WORD_LENGTH:
        return []
    spellings = {text, text.upper(), text.lower()}
    condition = reduce(or_, (Q(document_number__contains=spelling) for spelling in spellings))
    tasks = SigningTask.objects.filter(condition).order_by()
    return list(tasks.values_list("pk", flat=True)[:MAX_IDS])


# Compiled: saves 1.1 of 1.3 ms for words, 1.8 of 2.2 for ИНН (`scripts/bench compiled`).
EXACT_TEXT = CompiledQuery(
    lambda text, upper, lower: _exact_matches(text, upper, lower)[: MAX_IDS + 1]
)
EXACT_TASK_NUMBER = CompiledQuery(
    lambda text, upper, lower, key: _exact_matches(text, upper, lower, key)[: MAX_IDS + 1]
)
EXACT_CODE = CompiledQuery(
    lambda text, upper, lower, number, phone: _exact_matches(
        text, upper, lower, number=number, phone=phone
    )[: MAX_IDS + 1]
)


def _exact_query(text: str) -> tuple[CompiledQuery["SigningTask"], dict[str, Any]]:
    """The query for exact matches of ``text``, and its values."""
    values = {"text": text, "upper": text.upper(), "lower": text.lower()}
    if not is_number(text):
        return EXACT_TEXT, values
    number = extract_digits(text)
    if len(number) < MIN_CODE_LENGTH:
        return EXACT_TASK_NUMBER, values | {"key": int(number)}
    return EXACT_CODE, values | {"number": number, "phone": f"+7{number[-10:]}"}
