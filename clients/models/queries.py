"""Search of clients and contacts, in a time that does not grow with the tables on PostgreSQL.

There trigram indexes (migrations 0002 and 0006) find any part of a name or an e-mail address;
SQLite scans the columns. Numbers of ten to fifteen digits are exact look-ups.
"""

import re
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Q, Value, When

from clients.models.formats import compact
from clients.models.search_text import MAX_SEARCH_LENGTH, find_variants, parse_inn_and_kpp
from econtract.platform.common.query_plans import custom_query_plan
from econtract.platform.common.text import search_key

if TYPE_CHECKING:
    from clients.models import Client, Contact, ContactVersion  # noqa: F401 - the querysets' models

# Shorter words contain no trigram: they are searched at the beginning of names only.
MIN_WORD_LENGTH = 3
FULL_NUMBER_LENGTHS = range(10, 16)
# Digits of a phone without the plus, and without its country too.
PHONE_LENGTHS = {10, 11}
NAME_KEY_LENGTH = 100
# More contacts of one name do not help to find anybody.
MAX_CONTACTS = 1000
EMAIL_PART = re.compile(r"[a-z0-9._%+@-]{3,}")


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
        """Clients whose name, ИНН or ОГРН contains ``text``, or one of whose contacts matches it.

        Best matches first. Case, «ё», quotes and the legal form do not matter; a name must contain
        every word. Contacts match by name, phone and e-mail. Text without letters and digits finds
        nothing, blank text finds everything. Labels of numbers and a wrong keyboard layout do not
        matter either (`clients.models.search_text`).
        """
        if not text.strip():
            return self.order_by("name_key", "pk")
        clients = self.none()
        with custom_query_plan():
            for variant in find_variants(text):
                clients = self._search_variant(variant)
                if clients.exists():
                    break
        return clients

    def _search_variant(self, text: str) -> Self:
        if inn_and_kpp := parse_inn_and_kpp(text):
            clients = self.filter(inn=inn_and_kpp.inn).order_by("name_key", "pk")
            exact = clients.filter(kpp=inn_and_kpp.kpp)
            return exact if exact.exists() else clients
        number = compact(text).lstrip("+")
        if number.isascii() and number.isdigit() and len(number) >= MIN_WORD_LENGTH:
            return self._by_number(number)
        key = search_key(text)
        if not key:
            return self.none()
        by_contact = Q(pk__in=_clients_of_contacts(text))
        return self.filter(_name_condition(key) | by_contact)._best_first(
            Q(name_key__startswith=key)
        )

    def search_by_name(self, text: str) -> Self:
        """Clients whose own name contains every word of ``text``, in no particular order."""
        key = search_key(text)
        return self.filter(_name_condition(key)).order_by() if key else self.none()

    def _by_number(self, number: str) -> Self:
        if len(number) in FULL_NUMBER_LENGTHS:
            condition = Q(inn=number) | Q(ogrn=number)
            if len(number) in PHONE_LENGTHS:
                condition |= Q(pk__in=_clients_of_phone(f"+7{number[-10:]}"))
        else:
            condition = (
                Q(inn__startswith=number)
                | Q(ogrn__startswith=number)
                | Q(search_key__contains=number)
            )
        return self.filter(condition)._best_first(Q(inn__startswith=number))

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


def _name_condition(key: str) -> Q:
    """The name contains every word of ``key``; two letters: it begins with them."""
    return words_condition("search_key", key) or Q(name_key__startswith=key)


def words_condition(field: str, key: str) -> Q:
    """``field`` contains every word of ``key``. Empty if no word is long enough for the index."""
    words = key.split()
    if not any(len(word) >= MIN_WORD_LENGTH for word in words):
        return Q()
    return reduce(and_, (Q(**{f"{field}__contains": word}) for word in words))


def _clients_of_contacts(text: str) -> list[int]:
    from clients.models import ClientContact, ContactVersion

    versions = ContactVersion.objects.search(text).order_by().values("pk")[:MAX_CONTACTS]
    links = ClientContact.objects.filter(contact__current__in=versions)
    return list(links.values_list("client_id", flat=True)[:MAX_CONTACTS])


def _clients_of_phone(phone: str) -> list[int]:
    from clients.models import ClientContact

    links = ClientContact.objects.filter(contact__phone=phone)
    return list(links.values_list("client_id", flat=True)[:MAX_CONTACTS])


class ContactVersionQuerySet(models.QuerySet["ContactVersion"]):
    def search(self, text: str) -> Self:
        """Versions whose name contains every word of ``text``, or whose e-mail contains it.

        Uses trigram indexes on PostgreSQL; text without three letters in a row finds nothing.
        """
        condition = words_condition("name_key", search_key(text))
        address = text.strip().lower()
        if EMAIL_PART.fullmatch(address):
            condition |= Q(email__contains=address)
        return self.filter(condition) if condition else self.none()


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
        text = text.replace("\x00", " ")[:MAX_SEARCH_LENGTH]
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
        """Contacts with the same phone, e-mail or full name, with their current versions.

        First the one with the phone, then those with both e-mail and name.
        """
        key = name_key(full_name)
        condition = Q(pk__in=[])
        if phone:
            condition |= Q(phone=phone)
        if email:
            condition |= Q(current__email=email)
        if key:
            condition |= Q(current__name_key=key)
        rank = Case(
            When(phone=phone, then=Value(0)),
            When(current__email=email, current__name_key=key, then=Value(1)),
            default=Value(2),
        )
        return self.with_current().filter(condition).order_by(rank, "current__name_key", "pk")
