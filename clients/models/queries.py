"""Search of clients and contacts, in a time that does not grow with the tables on PostgreSQL.

There a trigram index on ``search_key`` (migration 0002) finds any part of a name; SQLite scans the
column. Numbers of ten to fifteen digits are exact look-ups.
"""

from functools import reduce
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Q, Value, When

from clients.models.formats import compact
from econtract.platform.common.text import search_key

if TYPE_CHECKING:
    from clients.models import Client, Contact  # noqa: F401 - the querysets' models

# Shorter words contain no trigram: they are searched at the beginning of names only.
MIN_WORD_LENGTH = 3
FULL_NUMBER_LENGTHS = range(10, 16)
NAME_KEY_LENGTH = 100


def name_key(name: str) -> str:
    """The beginning of a name for sorting and comparing, short enough for an index."""
    return search_key(name)[:NAME_KEY_LENGTH].strip()


def client_search_key(short_name: str, full_name: str) -> str:
    """Both names for search; the full name only if it adds something to the short one."""
    short, full = search_key(short_name), search_key(full_name)
    return short if full in short else f"{short} {full}".strip()


class ClientQuerySet(models.QuerySet["Client"]):
    def of_kinds(self, kinds: frozenset[str]) -> Self:
        return self.filter(kind__in=kinds)

    def search(self, text: str) -> Self:
        """Clients whose name, ИНН or ОГРН contains ``text``, best matches first.

        Case, «ё», quotes and the legal form do not matter; a name must contain every word. Text
        without letters and digits finds nothing, blank text finds everything.
        """
        if not text.strip():
            return self.order_by("name_key", "pk")
        number = compact(text)
        if number.isascii() and number.isdigit() and len(number) >= MIN_WORD_LENGTH:
            return self._by_number(number)
        return self._by_name(search_key(text))

    def _by_number(self, number: str) -> Self:
        if len(number) in FULL_NUMBER_LENGTHS:
            clients = self.filter(Q(inn=number) | Q(ogrn=number))
        else:
            clients = self.filter(
                Q(inn__startswith=number)
                | Q(ogrn__startswith=number)
                | Q(search_key__contains=number)
            )
        return clients._best_first(Q(inn__startswith=number))

    def _by_name(self, key: str) -> Self:
        if not key:
            return self.none()
        words = key.split()
        if any(len(word) >= MIN_WORD_LENGTH for word in words):
            clients = reduce(lambda rows, word: rows.filter(search_key__contains=word), words, self)
        else:
            clients = self.filter(name_key__startswith=key)
        return clients._best_first(Q(name_key__startswith=key))

    def _best_first(self, best: Q) -> Self:
        # Sorted by an expression, so that the planner does not scan the name index in order: for
        # similar names it would read most of the table.
        rank = Case(When(best, then=Value(0)), default=Value(1))
        return self.order_by(rank, "name_key", "pk")

    def similar_to(self, *, inn: str, name: str) -> Self:
        """Clients with the same ИНН or the same name."""
        condition = Q(inn=inn) if inn else Q(pk__in=[])
        if key := name_key(name):
            condition |= Q(name_key=key)
        return self.filter(condition).order_by("name_key", "pk")


class ContactQuerySet(models.QuerySet["Contact"]):
    def with_current(self) -> Self:
        """With the current version of each loaded."""
        return self.select_related("current")

    def of_client(self, client: "Client") -> Self:
        """The client's contacts with their current versions, by name."""
        contacts = self.with_current().filter(links__client=client)
        return contacts.order_by("current__name_key", "pk")

    def search(self, text: str) -> Self:
        """Contacts whose name, phone or e-mail contains ``text``.

        Only for the contacts of one client: no index helps, every row is read.
        """
        number = compact(text).lstrip("+")
        if number.isascii() and number.isdigit():
            return self.filter(phone__contains=number[1:] if len(number) == 11 else number)
        contacts = self
        for word in search_key(text).split():
            contacts = contacts.filter(
                Q(current__name_key__contains=word) | Q(current__email__contains=word)
            )
        return contacts

    def similar_to(self, *, phone: str, email: str, full_name: str) -> Self:
        """Contacts with the same phone, e-mail or full name, with their current versions."""
        condition = Q(pk__in=[])
        if phone:
            condition |= Q(phone=phone)
        if email:
            condition |= Q(current__email=email)
        if key := name_key(full_name):
            condition |= Q(current__name_key=key)
        return self.with_current().filter(condition).order_by("current__name_key", "pk")
