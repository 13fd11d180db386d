"""Clients, contacts and directories for tests. Numbers have right check digits."""

from datetime import date

import factory
from factory.django import DjangoModelFactory
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


def company_inn(number: int) -> str:
    """A valid ИНН of ten digits, another one for every ``number``."""
    base = f"{770100000 + number:09d}"
    return base + stdnum_inn.calc_company_check_digit(base)


def person_inn(number: int) -> str:
    """A valid ИНН of twelve digits, another one for every ``number``."""
    base = f"{7712300000 + number:010d}"
    return base + stdnum_inn.calc_personal_check_digits(base)


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("name",)

    name = "Москва и Московская область"
    mrf = "Центр"
    account_prefix = "850"
    archive = "APD"
    seamless = True


class ServiceFactory(DjangoModelFactory):
    class Meta:
        model = Service
        django_get_or_create = ("code",)

    code = "internet"
    name = "Интернет для бизнеса"


class BillingPrefixFactory(DjangoModelFactory):
    class Meta:
        model = BillingPrefix
        django_get_or_create = ("billing_system", "mrf")

    billing_system = "BIS Урал"
    service = "Мобильная связь"
    mrf = ""
    account_prefix = "596"


class ClientFactory(DjangoModelFactory):
    class Meta:
        model = Client

    kind = Client.Kind.LEGAL
    short_name = factory.Sequence(lambda n: f"ООО «Клиент {n}»")
    inn = factory.Sequence(company_inn)
    kpp = "770101001"
    ogrn = "1157746001104"
    registered_on = date(2015, 3, 12)
    legal_address = "101000, г. Москва, ул. Мясницкая, д. 1"


class PersonFactory(ClientFactory):
    kind = Client.Kind.SELF_EMPLOYED
    short_name = "Иванова Анна Андреевна"
    inn = factory.Sequence(person_inn)
    kpp = ""
    ogrn = ""


class ContactFactory(DjangoModelFactory):
    """A contact with its first version; the version's fields are given as ``version__…``."""

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    phone = factory.Sequence(lambda n: f"+7912{n:07d}")

    @factory.post_generation
    def version(self, create: bool, extracted: object, **facts: str) -> None:
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

    @factory.post_generation
    def linked_to(self, create: bool, client: Client | None, **kwargs: object) -> None:
        if client is not None:
            ClientContact.objects.create(client=client, contact=self)
