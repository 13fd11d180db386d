"""Changes of clients and contacts: `clients.actions`, `clients.rules.similarity`."""

from dataclasses import replace
from datetime import date

import pytest

from accounts.models import User
from clients import actions
from clients.actions import ContactChanged, DuplicateContact
from clients.models import Client, ClientContact, Contact, ContactDetails, ContactVersion
from clients.rules.similarity import find_similar_clients, find_similar_contacts
from econtract.platform.common import clock
from tests.support.factories_clients import ClientFactory, ContactFactory, PersonFactory
from tests.support.fake_cdi import ROMASHKA

pytestmark = pytest.mark.django_db

PETROV = ContactDetails(
    surname="Петров",
    given_name="Петр",
    patronymic="Петрович",
    phone="+79123456789",
    email="petrov@romashka.example",
    position="Генеральный директор",
    authority="Устав",
)


@pytest.fixture
def actor() -> User:
    return User.objects.create(username="actor")


def test_a_new_client_is_created_with_data_from_cdi(actor: User) -> None:
    client, created = actions.find_or_create_client(organisation=ROMASHKA, actor=actor)
    assert created
    client.refresh_from_db()
    assert (client.inn, client.kpp, client.ogrn) == ("7701001100", "770101001", "1157746001104")
    assert client.registered_on == date(2015, 3, 12)
    assert client.head_name == "Петров Петр Петрович"


def test_an_existing_client_is_updated_from_cdi(actor: User) -> None:
    first, _ = actions.find_or_create_client(organisation=ROMASHKA, actor=actor)
    Client.objects.filter(pk=first.pk).update(needs_approval=True)
    later = replace(ROMASHKA, short_name="ООО «Лютик»", state=Client.State.LIQUIDATED)
    again, created = actions.find_or_create_client(organisation=later, actor=actor)
    again.refresh_from_db()
    assert (again.pk, created) == (first.pk, False)
    assert (again.short_name, again.state, again.needs_approval) == (
        "ООО «Лютик»",
        "liquidated",
        True,
    )
    assert list(Client.objects.search("лютик")) == [again]


def test_a_branch_with_another_kpp_is_another_client(actor: User) -> None:
    head, _ = actions.find_or_create_client(organisation=ROMASHKA, actor=actor)
    branch, created = actions.find_or_create_client(
        organisation=replace(ROMASHKA, kpp="784001001"), actor=actor
    )
    assert created
    assert branch.pk != head.pk


def test_a_new_contact_is_linked_and_has_its_first_version(actor: User) -> None:
    client = ClientFactory.create()
    contact = actions.add_contact(client=client, details=PETROV, actor=actor)
    assert list(client.contacts.all()) == [contact]
    version = ContactVersion.objects.get(contact=contact)
    assert (version.number, version.created_by) == (1, actor)
    assert version.details == PETROV
    assert Contact.objects.get().current == version


def test_a_duplicate_phone_is_refused(actor: User) -> None:
    existing = ContactFactory.create(phone=PETROV.phone)
    client = ClientFactory.create()
    with pytest.raises(DuplicateContact) as error:
        actions.add_contact(client=client, details=PETROV, actor=actor)
    assert str(error.value) == (
        "Данный контакт уже существует. Пожалуйста укажите другие данные контакта "
        "или привяжите существующего"
    )
    assert error.value.contact == existing
    assert not client.contacts.exists()
    assert Contact.objects.count() == 1


def test_a_contact_of_another_company_can_be_linked_by_phone(actor: User) -> None:
    first, second = ClientFactory.create(), ClientFactory.create()
    contact = ContactFactory.create(phone=PETROV.phone, client=first)
    assert actions.find_by_phone(PETROV.phone) == contact
    actions.link_contact(client=second, contact=contact, actor=actor)
    actions.link_contact(client=second, contact=contact, actor=actor)
    assert set(contact.clients.all()) == {first, second}
    assert ClientContact.objects.count() == 2
    assert actions.find_by_phone("+79990000000") is None


def test_unlinking_keeps_the_contact_and_can_be_undone(actor: User) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client)
    assert actions.unlink_contact(client=client, contact=contact, actor=actor)
    assert not client.contacts.exists()
    assert Contact.objects.filter(pk=contact.pk).exists()
    assert not actions.unlink_contact(client=client, contact=contact, actor=actor)
    actions.link_contact(client=client, contact=contact, actor=actor)
    assert list(client.contacts.all()) == [contact]


def test_an_edit_adds_a_version_and_keeps_the_old_one(actor: User) -> None:
    contact = ContactFactory.create()
    before = contact.current_version
    details = replace(before.details, email="new@company.example")
    version = actions.edit_contact(contact=contact, details=details, actor=actor)
    contact.refresh_from_db()
    assert version.number == 2
    assert contact.current == version
    assert ContactVersion.objects.get(pk=before.pk).email == before.email


def test_saving_without_changes_adds_no_version(actor: User) -> None:
    contact = ContactFactory.create()
    details = contact.current_version.details
    assert actions.edit_contact(contact=contact, details=details, actor=actor).number == 1
    assert contact.versions.count() == 1


def test_an_edit_to_a_duplicate_phone_is_refused(actor: User) -> None:
    other = ContactFactory.create(phone="+79990000001")
    contact = ContactFactory.create()
    details = replace(contact.current_version.details, phone=other.phone)
    with pytest.raises(DuplicateContact) as error:
        actions.edit_contact(contact=contact, details=details, actor=actor)
    assert error.value.contact == other
    assert contact.versions.count() == 1


def test_a_contact_is_found_by_its_new_phone_only(actor: User) -> None:
    contact = ContactFactory.create(phone="+79990000001")
    details = replace(contact.current_version.details, phone="+79990000002")
    actions.edit_contact(contact=contact, details=details, actor=actor)
    assert actions.find_by_phone("+79990000002") == contact
    assert actions.find_by_phone("+79990000001") is None


def test_an_edit_based_on_an_old_version_is_refused(actor: User) -> None:
    contact = ContactFactory.create()
    details = contact.current_version.details
    mine, theirs = replace(details, position="Директор"), replace(details, position="Юрист")
    actions.edit_contact(contact=contact, details=theirs, actor=actor, based_on=1)
    with pytest.raises(ContactChanged):
        actions.edit_contact(contact=contact, details=mine, actor=actor, based_on=1)
    contact.refresh_from_db()
    assert contact.current_version.position == "Юрист"


@pytest.mark.parametrize(
    ("change", "is_kept"),
    [
        ({"position": "Директор"}, True),
        ({"email": "new@company.example"}, True),
        ({"surname": "Сидоров"}, False),
        ({"phone": "+79990000009"}, False),
        ({"snils": "11223344595"}, False),
    ],
)
def test_a_change_of_identity_clears_the_identification(
    actor: User, change: dict[str, str], is_kept: bool
) -> None:
    contact = ContactFactory.create(identified_at=clock.now())
    details = replace(contact.current_version.details, **change)
    actions.edit_contact(contact=contact, details=details, actor=actor)
    contact.refresh_from_db()
    assert (contact.identified_at is not None) is is_kept


def test_a_person_who_signs_is_a_client_and_a_contact(actor: User) -> None:
    client, created = actions.find_or_create_person(
        kind=Client.Kind.SELF_EMPLOYED, inn="771234567859", details=PETROV, actor=actor
    )
    assert created
    assert (client.short_name, client.signs_in_person) == ("Петров Петр Петрович", True)
    assert client.contacts.get().phone == PETROV.phone
    again, created = actions.find_or_create_person(
        kind=Client.Kind.SELF_EMPLOYED, inn="771234567859", details=PETROV, actor=actor
    )
    assert (again, created) == (client, False)


def test_a_person_can_have_two_cards_with_one_contact(actor: User) -> None:
    inn = "771234567859"
    first, _ = actions.find_or_create_person(
        kind=Client.Kind.SELF_EMPLOYED, inn=inn, details=PETROV, actor=actor
    )
    with pytest.raises(DuplicateContact) as error:
        actions.find_or_create_person(
            kind=Client.Kind.INDIVIDUAL, inn=inn, details=PETROV, actor=actor
        )
    second, created = actions.find_or_create_person_of(
        kind=Client.Kind.INDIVIDUAL, inn=inn, contact=error.value.contact, actor=actor
    )
    assert created
    assert second.pk != first.pk
    assert first.contacts.get() == second.contacts.get()


def test_an_edit_renames_the_card_of_a_person(actor: User) -> None:
    client = PersonFactory.create()
    contact = ContactFactory.create(client=client)
    details = replace(contact.current_version.details, surname="Семенова")
    actions.edit_person(client=client, contact=contact, details=details, actor=actor, based_on=1)
    client.refresh_from_db()
    assert client.short_name == "Семенова Петр Петрович"


def test_similar_clients_are_those_with_the_same_inn_or_name() -> None:
    same_inn = ClientFactory.create(inn="7701001100")
    same_name = ClientFactory.create(short_name="АО „Ёлочка“")
    ClientFactory.create(short_name="ООО «Сосна»")
    assert find_similar_clients(inn="7701001100", name="") == [same_inn]
    assert find_similar_clients(inn="", name="ООО «ЕЛОЧКА»") == [same_name]
    assert find_similar_clients(inn="", name="") == []


def test_similar_contacts_are_those_with_the_same_phone_email_or_name() -> None:
    blank = {"surname": "А", "given_name": "Б", "patronymic": ""}
    phone = ContactFactory.create(
        phone=PETROV.phone, **{f"version__{k}": v for k, v in blank.items()}
    )
    email = ContactFactory.create(version__surname="Другой", version__email=PETROV.email)
    name = ContactFactory.create(version__surname="ПЁТРОВ")
    ContactFactory.create(version__surname="Сидоров")
    assert set(find_similar_contacts(PETROV)) == {phone, email, name}
