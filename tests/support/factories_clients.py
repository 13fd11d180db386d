"""Clients, contacts and directories for tests. Numbers have valid check digits."""

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

# Sequences start here; tests can use smaller numbers themselves.
FIRST_SEQUENCE_NUMBER = 1_000


def company_inn(number: int) -> str:
    """A valid ИНН of ten digits, a different one for every ``number``."""
    base = f"{660000000 + number:09d}"
    return base + stdnum_inn.calc_company_check_digit(base)


def person_inn(number: int) -> str:
    """A valid ИНН of twelve digits, a different one for every ``number``."""
    base = f"{7712300000 + number:010d}"
    return base + stdnum_inn.calc_personal_check_digits(base)


def sequence(value: Callable[[int], str]) -> Any:
    """A factory_boy Sequence, typed for mypy."""
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
    short_name: Any = sequence(lambda number: f"ООО «Клиент {number}»")
    inn = sequence(lambda number: company_inn(FIRST_SEQUENCE_NUMBER + number))
    kpp = "770101001"
    ogrn = "1157746001104"
    registered_on = date(2015, 3, 12)
    legal_address = "101000, г. Москва, ул. Мясницкая, д. 1"


class PersonFactory(ClientFactory):
    kind = Client.Kind.SELF_EMPLOYED
    short_name = "Иванова Анна Андреевна"
    inn = sequence(lambda number: person_inn(FIRST_SEQUENCE_NUMBER + number))
    kpp = ""
    ogrn = ""


class ContactFactory(DjangoModelFactory[Contact]):
    """A contact with its first version; ``version__…`` set the version's fields."""

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    phone = sequence(lambda number: f"+7912{number:07d}")

    @post_generation
    def version(self: Contact, create: bool, extracted: object, **values: str) -> None:
        defaults = {
            "surname": "Петров",
            "given_name": "Петр",
            "patronymic": "Петрович",
            "email": f"contact{self.pk}@company.example",
            "position": "Генеральный директор",
            "authority": "Устав",
        }
        self.current = ContactVersion.objects.create(
            contact=self, number=1, phone=self.phone, **(defaults | values)
        )
        self.save()

    @post_generation
    def client(self: Contact, create: bool, extracted: Client | None, **kwargs: object) -> None:
        if extracted is not None:
            ClientContact.objects.create(client=extracted, contact=self)
