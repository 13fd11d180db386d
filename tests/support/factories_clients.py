"""Clients, contacts and directories for tests. Numbers have right check digits."""

from collections.abc import Callable
from datetime import date
from typing import Any

from factory.declarations import Sequence
from factory.django import DjangoModelFactory
from factory.helpers import post_generation
from stdnum.ru import inn as stdnum_inn

from clients.models import (
    BillingPrefix,
    Client,
    ClientContact,
    Contact,
    ContactVersion,
    Region,
    Service,
)

# Smaller numbers are for tests that choose their own; factories count from here.
CHOSEN = 1_000


def company_inn(number: int) -> str:
    """A valid ИНН of ten digits, another one for every ``number``."""
    base = f"{660000000 + number:09d}"
    return base + stdnum_inn.calc_company_check_digit(base)


def person_inn(number: int) -> str:
    """A valid ИНН of twelve digits, another one for every ``number``."""
    base = f"{7712300000 + number:010d}"
    return base + stdnum_inn.calc_personal_check_digits(base)


def numbered(value: Callable[[int], str]) -> Any:
    """Another value for every object that a factory makes; what mypy may know of a Sequence."""
    return Sequence(value)  # type: ignore[no-untyped-call]


class RegionFactory(DjangoModelFactory[Region]):
    class Meta:
        model = Region
        django_get_or_create = ("name",)

    name = "Москва и Московская область"
    mrf = "Центр"
    account_prefix = "850"
    archive = "APD"
    seamless = True


class ServiceFactory(DjangoModelFactory[Service]):
    class Meta:
        model = Service
        django_get_or_create = ("code",)

    code = "internet"
    name = "Интернет для бизнеса"


class BillingPrefixFactory(DjangoModelFactory[BillingPrefix]):
    class Meta:
        model = BillingPrefix
        django_get_or_create = ("billing_system", "mrf")

    billing_system = "BIS Урал"
    service = "Мобильная связь"
    mrf = ""
    account_prefix = "596"


class ClientFactory(DjangoModelFactory[Client]):
    class Meta:
        model = Client

    kind = Client.Kind.LEGAL
    short_name: Any = numbered(lambda number: f"ООО «Клиент {number}»")
    inn = numbered(lambda number: company_inn(CHOSEN + number))
    kpp = "770101001"
    ogrn = "1157746001104"
    registered_on = date(2015, 3, 12)
    legal_address = "101000, г. Москва, ул. Мясницкая, д. 1"


class PersonFactory(ClientFactory):
    kind = Client.Kind.SELF_EMPLOYED
    short_name = "Иванова Анна Андреевна"
    inn = numbered(lambda number: person_inn(CHOSEN + number))
    kpp = ""
    ogrn = ""


class ContactFactory(DjangoModelFactory[Contact]):
    """A contact with its first version; the version's fields are given as ``version__…``."""

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    phone = numbered(lambda number: f"+7912{number:07d}")

    @post_generation
    def version(self: Contact, create: bool, extracted: object, **facts: str) -> None:
        known = {
            "surname": "Петров",
            "given_name": "Петр",
            "patronymic": "Петрович",
            "email": f"contact{self.pk}@company.example",
            "position": "Генеральный директор",
            "authority": "Устав",
        }
        self.current = ContactVersion.objects.create(
            contact=self, number=1, phone=self.phone, **(known | facts)
        )
        self.save()

    @post_generation
    def linked_to(self: Contact, create: bool, client: Client | None, **kwargs: object) -> None:
        if client is not None:
            ClientContact.objects.create(client=client, contact=self)
