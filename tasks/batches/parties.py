"""The client and the contact of a row: whom the row means, and their cards."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.roles import TaskType
from clients import actions
from clients.gateways.cdi import Organisation, cdi
from clients.models import Client, Contact, ContactDetails
from clients.models.formats import clean_inn, clean_kpp, clean_phone
from clients.models.queries import name_key
from clients.rules import similarity
from clients.rules.usability import NOT_FOUND, check_usable, find_warning
from clients.screens.forms import ContactForm, PersonForm
from clients.screens.sections import SECTIONS, Section
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.batches.columns import TITLES
from tasks.models import Batch, BatchRow

PHONE_IN_USE = "Телефон принадлежит другому контакту. Исправьте телефон или фамилию и имя"
OTHER_PHONE = "Телефон отличается от телефона в карточке: исправьте файл или карточку"
LOOK_ALIKE = "Контакт с этим именем и почтой уже есть, но с другим телефоном: проверьте телефон"
SEVERAL_CARDS = "У клиента несколько карточек с разными КПП: укажите КПП"
NO_CONTACT = "Укажите телефон контакта: у клиента их несколько или ни одного"
NEEDS_APPROVAL = "Клиент требует внимания: задание сначала согласует руководитель"
CARD_DELETED = "Карточку клиента удалили: загрузите исправленный файл прогона"
CARD_GONE = Refusal(
    "batch_client_not_found", "Клиента нет в CDI.", "Загрузите исправленный файл прогона."
)


@dataclass
class Parties:
    """Whom a row means. Without a card or a contact they are created with the task.

    ``details`` are those of a new contact; None when there is a contact or a problem.
    ``registration`` is what CDI has of the client, if it was asked.
    """

    inn: str = ""
    kpp: str = ""
    client: Client | None = None
    contact: Contact | None = None
    details: ContactDetails | None = None
    registration: Organisation | None = None
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """What `save_parties` needs, for `BatchRow.fields`."""
        details = asdict(self.details) if self.details else None
        return {"inn": self.inn, "kpp": self.kpp, "details": details}


def section_of(task_type: str) -> Section:
    """The part of the directory with the clients of such tasks."""
    return next(section for section in SECTIONS if section.task_type == task_type)


class PartyFinder:
    """Finds the parties of the rows of one batch, one row after another."""

    def __init__(self, batch: Batch, inns: Iterable[str]) -> None:
        self.section = section_of(batch.task_type)
        # CDI knows only registered businesses, and an individual need not be one.
        self.must_be_in_cdi = batch.task_type != TaskType.CONTRACTOR
        self._cards: dict[str, list[Client]] = {}
        cards = Client.objects.of_kinds(self.section.kinds).filter(inn__in=set(inns))
        for card in cards.order_by("pk"):
            self._cards.setdefault(card.inn, []).append(card)

    def find(self, values: Mapping[str, str]) -> Parties:
        """The parties by the texts of a row, and what must be corrected.

        Raises Unavailable when CDI does not answer.
        """
        parties = Parties()
        lengths = (12,) if self.section.is_for_persons else (10, 12)
        parties.inn = _clean(parties, "ИНН", clean_inn, values["inn"], lengths=lengths)
        if values["kpp"] and not self.section.is_for_persons:
            parties.kpp = _clean(parties, "КПП", clean_kpp, values["kpp"])
        if parties.inn:
            self._find_client(parties)
            if self.section.is_for_persons:
                self._find_person(parties, values)
            else:
                self._find_contact(parties, values)
        return parties

    def _find_client(self, parties: Parties) -> None:
        cards = self._cards.get(parties.inn, [])
        if parties.kpp:
            cards = [card for card in cards if card.kpp == parties.kpp]
        if len(cards) > 1:
            parties.problems.append(SEVERAL_CARDS)
            return
        parties.client = cards[0] if cards else None
        parties.registration = self._ask_cdi(parties) if self.must_be_in_cdi else None
        registration = parties.registration or parties.client
        if registration is None:
            if self.must_be_in_cdi:
                parties.problems.append(NOT_FOUND)
            return
        parties.kpp = registration.kpp
        if reason := check_usable(registration):
            parties.problems.append(reason)
        elif find_warning(registration) or (parties.client and parties.client.needs_approval):
            parties.notes.append(NEEDS_APPROVAL)

    def _ask_cdi(self, parties: Parties) -> Organisation | None:
        organisation = cdi().get(parties.inn, parties.kpp)
        is_known_kind = organisation is not None and organisation.kind in self.section.kinds
        return organisation if is_known_kind else None

    def _find_person(self, parties: Parties, values: Mapping[str, str]) -> None:
        """A person with a card is their own contact; the file need not repeat what it has."""
        if parties.client is not None:
            parties.contact = Contact.objects.of_client(parties.client).first()
        if parties.contact is None:
            form = PersonForm({**values, "inn": parties.inn})
            self._find_new_contact(parties, form)
        elif values["phone"]:
            phone = _clean(parties, "Телефон", clean_phone, values["phone"])
            if phone and phone != parties.contact.phone:
                parties.problems.append(OTHER_PHONE)

    def _find_contact(self, parties: Parties, values: Mapping[str, str]) -> None:
        """A company's contact: by the phone, or the only one that it has."""
        linked = list(Contact.objects.of_client(parties.client)) if parties.client else []
        if not values["phone"]:
            if len(linked) == 1:
                parties.contact = linked[0]
            else:
                parties.problems.append(NO_CONTACT)
            return
        phone = _clean(parties, "Телефон", clean_phone, values["phone"])
        parties.contact = next((contact for contact in linked if contact.phone == phone), None)
        if phone and parties.contact is None:
            self._find_new_contact(parties, ContactForm(values))

    def _find_new_contact(self, parties: Parties, form: PersonForm | ContactForm) -> None:
        """A contact who is not the client's yet: somebody else's with this phone, or a new one."""
        if not form.is_valid():
            for name, errors in form.errors.items():
                parties.problems += [f"«{TITLES[name]}»: {error}" for error in errors]
            return
        details = form.details()
        known = actions.find_by_phone(details.phone)
        if known is None:
            if similarity.find_same_persons(details):
                parties.problems.append(LOOK_ALIKE)
            parties.details = details
        elif name_key(str(known)) == name_key(details.full_name):
            parties.contact = known
        else:
            parties.problems.append(PHONE_IN_USE)


def _clean(parties: Parties, title: str, clean: Any, text: str, **arguments: Any) -> str:
    """The stored form of ``text``; "" with a problem when it has none."""
    try:
        return str(clean(text, **arguments))
    except ValidationError as error:
        parties.problems += [f"«{title}»: {message}" for message in error.messages]
        return ""


def fetch_organisation(row: BatchRow) -> Organisation | None:
    """CDI's data of a company without a card, which is created with them; else None.

    An outside call: in no transaction. Raises Unavailable, and ActionRefused when CDI has lost
    the company meanwhile.
    """
    if row.client_id is not None or row.batch.task_type != TaskType.LEGAL:
        return None
    organisation = cdi().get(row.fields["inn"], row.fields["kpp"])
    if organisation is None:
        raise ActionRefused(CARD_GONE)
    return organisation


def find_client_problem(row: BatchRow, organisation: Organisation | None) -> str:
    """What has happened to the client since the check so that no task can be created; else ""."""
    registration = organisation or row.client
    if registration is None:
        # A card that was there at the check leaves no details to make another one of.
        return "" if row.fields["details"] or row.contact_id else CARD_DELETED
    return check_usable(registration) or ""


def save_parties(
    row: BatchRow, actor: User, organisation: Organisation | None
) -> tuple[Client, Contact]:
    """The client and the contact of a checked row; their cards are created if there are none.

    Call it in the transaction that creates the task. Raises DuplicateContact if somebody else has
    got the phone meanwhile; the transaction cannot go on then.
    """
    details = ContactDetails(**row.fields["details"]) if row.fields["details"] else None
    client, contact = row.client, row.contact
    if client is None and organisation is not None:
        client, _ = actions.find_or_create_client(organisation=organisation, actor=actor)
    if client is None:
        client, contact = _save_person(row, actor, contact, details)
    elif contact is None:
        contact = _find_or_add_contact(client, details, actor)
    return client, contact


def _save_person(
    row: BatchRow, actor: User, contact: Contact | None, details: ContactDetails | None
) -> tuple[Client, Contact]:
    kind, inn = section_of(row.batch.task_type).new_kind, row.fields["inn"]
    if contact is not None:
        client, _ = actions.find_or_create_person_of(
            kind=kind, inn=inn, contact=contact, actor=actor
        )
    elif details is not None:
        client, _ = actions.find_or_create_person(kind=kind, inn=inn, details=details, actor=actor)
    else:
        raise ValueError(f"Row {row.pk} has not been checked.")
    return client, Contact.objects.of_client(client).get()


def _find_or_add_contact(client: Client, details: ContactDetails | None, actor: User) -> Contact:
    """Another row of the batch may have created the contact already."""
    if details is None:
        raise ValueError("A checked row has a contact or the details of one.")
    known = Contact.objects.of_client(client).filter(phone=details.phone).first()
    return known or actions.add_contact(client=client, details=details, actor=actor)
