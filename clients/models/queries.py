"""Finding clients and contacts, on both databases, in time that does not grow with the rows.

PostgreSQL serves «any part of the name» from a trigram index on ``search_key`` (migration
0002); SQLite reads the column. Numbers of ten to fifteen digits are exact look-ups.
"""

from functools import reduce
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Q, Value, When

from clients.models.values import compact
from econtract.platform.common.text import search_key

if TYPE_CHECKING:
    from clients.models import Client, Contact  # noqa: F401 - names the querysets' models

# A shorter word has no trigram of its own, so it may only begin a name.
SHORTEST_PART = 3
NUMBER_LENGTHS = range(10, 16)
NAME_KEY_LENGTH = 100


def name_key(name: str) -> str:
    """The beginning of a name as it is sorted and compared; fits a plain index."""
    return search_key(name)[:NAME_KEY_LENGTH].strip()


def client_search_key(short_name: str, full_name: str) -> str:
    """Both names as they are searched; a full name that only spells the short one is left out."""
    short, full = search_key(short_name), search_key(full_name)
    return short if full in short else f"{short} {full}".strip()


class ClientQuerySet(models.QuerySet["Client"]):
    """Clients; the methods compose."""

    def of_kinds(self, kinds: frozenset[str]) -> Self:
        return self.filter(kind__in=kinds)

    def search(self, text: str) -> Self:
        """Those whose name, ИНН or ОГРН holds ``text``; names that begin with it come first.

        Case, «ё», quotes and legal form do not matter; of several words each must be found.
        Text without letters and digits finds nothing; empty text is no search: everything,
        by name.
        """
        if not text.strip():
            return self.order_by("name_key", "pk")
        number = compact(text)
        if number.isascii() and number.isdigit() and len(number) >= SHORTEST_PART:
            return self._by_number(number)
        return self._by_name(search_key(text))

    def _by_number(self, number: str) -> Self:
        if len(number) in NUMBER_LENGTHS:
            found = self.filter(Q(inn=number) | Q(ogrn=number))
        else:
            found = self.filter(
                Q(inn__startswith=number)
                | Q(ogrn__startswith=number)
                | Q(search_key__contains=number)
            )
        return found._best_first(Q(inn__startswith=number))

    def _by_name(self, key: str) -> Self:
        if not key:
            return self.none()
        words = key.split()
        if any(len(word) >= SHORTEST_PART for word in words):
            found = reduce(lambda rows, word: rows.filter(search_key__contains=word), words, self)
        else:
            found = self.filter(name_key__startswith=key)
        return found._best_first(Q(name_key__startswith=key))

    def _best_first(self, best: Q) -> Self:
        # Sorting by an expression also keeps the planner from walking the name index, which
        # for names that stand close together means reading most of the table.
        rank = Case(When(best, then=Value(0)), default=Value(1))
        return self.order_by(rank, "name_key", "pk")

    def like(self, *, inn: str, name: str) -> Self:
        """Cards that may be the same client: the same ИНН, or the same name."""
        same = Q(inn=inn) if inn else Q(pk__in=[])
        if key := name_key(name):
            same |= Q(name_key=key)
        return self.filter(same).order_by("name_key", "pk")


class ContactQuerySet(models.QuerySet["Contact"]):
    """Contacts, each with its newest version at hand."""

    def with_current(self) -> Self:
        return self.select_related("current")

    def linked_to(self, client: "Client") -> Self:
        """The client's contacts, by name."""
        found = self.with_current().filter(links__client=client)
        return found.order_by("current__name_key", "pk")

    def search(self, text: str) -> Self:
        """Those whose name, phone or e-mail holds ``text``.

        For the contacts of one client: no index helps, every row given is read.
        """
        number = compact(text).lstrip("+")
        if number.isascii() and number.isdigit():
            return self.filter(phone__contains=number[1:] if len(number) == 11 else number)
        found = self
        for word in search_key(text).split():
            found = found.filter(
                Q(current__name_key__contains=word) | Q(current__email__contains=word)
            )
        return found

    def like(self, *, phone: str, email: str, full_name: str) -> Self:
        """People who may be the same: the same phone, e-mail or full name."""
        same = Q(pk__in=[])
        if phone:
            same |= Q(phone=phone)
        if email:
            same |= Q(current__email=email)
        if key := name_key(full_name):
            same |= Q(current__name_key=key)
        return self.with_current().filter(same).order_by("current__name_key", "pk")
