from dataclasses import replace
from datetime import date

import pytest

from accounts.models import User
from clients import actions
from clients.actions import ContactChanged, DuplicateContact
from clients.gateways.cdi import Organisation
from clients.models import Client, ClientContact, Contact, ContactDetails, ContactVersion
from clients.rules.similarity import find_similar_clients, find_similar_contacts
from econtract.platform.common import clock
from tests.support.factories_clients import ClientFactory, ContactFactory, PersonFactory

pytestmark = pytest.mark.django_db

ROMASHKA = Organisation(
    kind=Client.Kind.LEGAL,
    inn="7701001100",
    kpp="770101001",
    ogrn="1157746001104",
    short_name="ООО «Ромашка»",
    full_name="Общество с ограниченной ответственностью «Ромашка»",
    registered_on=date(2015, 3, 12),
    legal_address="101000, г. Москва",
    city="Москва",
    head_name="Петров Петр Петрович",
    head_position="Генеральный директор",
    state=Client.State.ACTIVE,
)
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


def test_a_client_that_is_not_in_the_base_gets_a_card_with_cdis_data(actor: User) -> None:
    client, created = actions.find_or_create_client(organisation=ROMASHKA, actor=actor)
    assert created
    client.refresh_from_db()
    assert (client.inn, client.kpp, client.ogrn) == ("7701001100", "770101001", "1157746001104")
    assert client.registered_on == date(2015, 3, 12)
    assert client.head_name == "Петров Петр Петрович"


def test_a_client_is_found_by_inn_and_kpp_and_brought_up_to_date(actor: User) -> None:
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


def test_a_branch_with_its_own_kpp_has_its_own_card(actor: User) -> None:
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


def test_a_taken_phone_is_refused_with_the_manuals_words_and_the_contact(actor: User) -> None:
    taken = ContactFactory.create(phone=PETROV.phone)
    client = ClientFactory.create()
    with pytest.raises(DuplicateContact) as caught:
        actions.add_contact(client=client, details=PETROV, actor=actor)
    assert str(caught.value) == (
        "Данный контакт уже существует. Пожалуйста укажите другие данные контакта "
        "или привяжите существующего"
    )
    assert caught.value.contact == taken
    assert not client.contacts.exists()
    assert Contact.objects.count() == 1


def test_a_contact_of_another_company_is_found_by_phone_and_linked(actor: User) -> None:
    first, second = ClientFactory.create(), ClientFactory.create()
    contact = ContactFactory.create(phone=PETROV.phone, client=first)
    found = actions.find_by_phone(PETROV.phone)
    assert found == contact
    actions.link_contact(client=second, contact=found, actor=actor)
    actions.link_contact(client=second, contact=found, actor=actor)
    assert set(contact.clients.all()) == {first, second}
    assert ClientContact.objects.count() == 2
    assert actions.find_by_phone("+79990000000") is None


def test_the_broken_link_leaves_the_contact_and_can_be_restored(actor: User) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client)
    assert actions.unlink_contact(client=client, contact=contact, actor=actor)
    assert not client.contacts.exists()
    assert Contact.objects.filter(pk=contact.pk).exists()
    assert not actions.unlink_contact(client=client, contact=contact, actor=actor)
    actions.link_contact(client=client, contact=contact, actor=actor)
    assert list(client.contacts.all()) == [contact]


def test_each_edit_makes_a_new_version_and_keeps_the_old(actor: User) -> None:
    contact = ContactFactory.create()
    before = contact.current_version
    details = replace(before.details, email="new@company.example")
    version = actions.edit_contact(contact=contact, details=details, actor=actor)
    contact.refresh_from_db()
    assert version.number == 2
    assert contact.current == version
    assert ContactVersion.objects.get(pk=before.pk).email == before.email


def test_saving_without_a_change_makes_no_version(actor: User) -> None:
    contact = ContactFactory.create()
    details = contact.current_version.details
    assert actions.edit_contact(contact=contact, details=details, actor=actor).number == 1
    assert contact.versions.count() == 1


def test_an_edit_cannot_take_another_contacts_phone(actor: User) -> None:
    other = ContactFactory.create(phone="+79990000001")
    contact = ContactFactory.create()
    details = replace(contact.current_version.details, phone=other.phone)
    with pytest.raises(DuplicateContact) as caught:
        actions.edit_contact(contact=contact, details=details, actor=actor)
    assert caught.value.contact == other
    assert contact.versions.count() == 1


def test_a_new_phone_is_the_one_that_the_contact_is_found_by(actor: User) -> None:
    contact = ContactFactory.create(phone="+79990000001")
    details = replace(contact.current_version.details, phone="+79990000002")
    actions.edit_contact(contact=contact, details=details, actor=actor)
    assert actions.find_by_phone("+79990000002") == contact
    assert actions.find_by_phone("+79990000001") is None


def test_two_editors_do_not_overwrite_each_other_unseen(actor: User) -> None:
    contact = ContactFactory.create()
    details = contact.current_version.details
    mine, theirs = replace(details, position="Директор"), replace(details, position="Юрист")
    actions.edit_contact(contact=contact, details=theirs, actor=actor, based_on=1)
    with pytest.raises(ContactChanged):
        actions.edit_contact(contact=contact, details=mine, actor=actor, based_on=1)
    contact.refresh_from_db()
    assert contact.current_version.position == "Юрист"


@pytest.mark.parametrize(
    ("change", "stays"),
    [
        ({"position": "Директор"}, True),
        ({"email": "new@company.example"}, True),
        ({"surname": "Сидоров"}, False),
        ({"phone": "+79990000009"}, False),
        ({"snils": "11223344595"}, False),
    ],
)
def test_an_identification_holds_for_the_person_who_passed_it(
    actor: User, change: dict[str, str], stays: bool
) -> None:
    contact = ContactFactory.create(identified_at=clock.now())
    details = replace(contact.current_version.details, **change)
    actions.edit_contact(contact=contact, details=details, actor=actor)
    contact.refresh_from_db()
    assert (contact.identified_at is not None) is stays


def test_one_who_signs_in_person_is_client_and_contact_together(actor: User) -> None:
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


def test_one_person_may_be_self_employed_and_agent_with_one_contact(actor: User) -> None:
    inn = "771234567859"
    first, _ = actions.find_or_create_person(
        kind=Client.Kind.SELF_EMPLOYED, inn=inn, details=PETROV, actor=actor
    )
    with pytest.raises(DuplicateContact) as caught:
        actions.find_or_create_person(
            kind=Client.Kind.INDIVIDUAL, inn=inn, details=PETROV, actor=actor
        )
    second, created = actions.find_or_create_person_of(
        kind=Client.Kind.INDIVIDUAL, inn=inn, contact=caught.value.contact, actor=actor
    )
    assert created
    assert second.pk != first.pk
    assert first.contacts.get() == second.contacts.get()


def test_the_card_of_a_person_takes_the_new_name(actor: User) -> None:
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
