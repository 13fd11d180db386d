"""«ЮЛ/ИП B2B»: a client chosen from CDI, and the contact who signs for it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from django import forms
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from clients import actions
from clients.actions import DUPLICATE_MESSAGE
from clients.models import Client, Contact, ContactDetails
from clients.screens.forms import ContactForm
from tasks.screens.new_task import contacts
from tasks.screens.new_task.checklist import ChecklistItem, build_item
from tasks.screens.new_task.client_section import ClientInput, ClientSection, is_confirmed
from tasks.screens.new_task.companies import (
    CHOOSE_CLIENT,
    Company,
    find_card,
    parse_client_value,
)
from tasks.screens.new_task.contacts import (
    ADD_CONTACT,
    CHOOSE_CONTACT,
    MAX_RADIO_BUTTONS,
    NEW_CONTACT,
    NO_MATCHES,
    REVIEW_SAME,
    ContactMatches,
    Row,
)
from tasks.screens.new_task.field_values import FieldValues, get_value

CONTACT_PREFIX = "new"
CONTACT_LABEL = "Контактное лицо"


@dataclass(frozen=True, kw_only=True)
class CompanySection(ClientSection):
    """``contact`` is the chosen existing contact, ``contact_form`` has the fields of a new one."""

    template = "tasks/new_task/_company.html"
    parts_template = "tasks/new_task/_company_parts.html"
    field_names = (
        "client",
        "client_q",
        "contact",
        "contact_phone",
        "confirmed",
        *(f"{CONTACT_PREFIX}-{name}" for name in ContactForm.base_fields),
    )

    company: Company | None
    # Read from the database only when they are shown or chosen from.
    linked_contacts: QuerySet[Contact]
    contact_form: ContactForm | None

    @classmethod
    def build(cls, source: ClientInput) -> Self:
        company = _find_company(source)
        card = company.card if company else None
        linked_contacts = Contact.objects.of_client(card) if card else Contact.objects.none()
        values, contact, contact_form, matches = source.values, None, None, NO_MATCHES
        if get_value(values, "contact") == NEW_CONTACT:
            contact_form, matches = _validate_new_contact(values)
        else:
            phone = _choose_phone(source, linked_contacts)
            values = {**values, "contact": [phone]}
            contact = _find_chosen_contact(phone, linked_contacts)
        if contact_form:
            contact_item = _build_new_contact_item(contact_form, matches, values)
        else:
            contact_item = _build_contact_item(contact, linked_contacts)
        return cls(
            kind=source.kind,
            values=values,
            inn=company.inn if company else "",
            kpp=company.kpp if company else "",
            card=card,
            cdi_answer=company.cdi_answer if company else None,
            contact=contact,
            matches=matches,
            checklist=(_build_client_item(company), contact_item),
            company=company,
            linked_contacts=linked_contacts,
            contact_form=contact_form,
        )

    @property
    def contact_details(self) -> ContactDetails | None:
        if self.contact_form is not None:
            return self.contact_form.details() if self.contact_form.is_valid() else None
        return self.contact.current_version.details if self.contact else None

    @property
    def bound_forms(self) -> list[forms.Form]:
        return [self.contact_form] if self.contact_form else []

    @property
    def client_value(self) -> str:
        """The value of the client combobox."""
        return get_value(self.values, "client") if self.company else ""

    @property
    def client_text(self) -> str:
        """The text of the client combobox: the name of the chosen client, or what was typed."""
        registration = self.company.registration if self.company else None
        return registration.short_name if registration else get_value(self.values, "client_q")

    @property
    def contact_phone(self) -> str:
        """The text of the search by phone."""
        return get_value(self.values, "contact_phone")

    @cached_property
    def choices(self) -> list[Row]:
        """The contacts to choose from: the client's, then one who was found by phone."""
        options = list(self.linked_contacts)
        if self.contact and self.contact not in options:
            options.append(self.contact)
        return [contacts.build_choice(contact) for contact in options]

    @property
    def has_contact_list(self) -> bool:
        """Whether there are too many contacts for radio buttons."""
        return len(self.choices) > MAX_RADIO_BUTTONS

    @property
    def chosen_contact(self) -> Row | None:
        """The existing contact that is chosen."""
        contact = None if self.contact_form else self.contact
        return contacts.build_choice(contact) if contact else None

    def save_client(self, actor: User) -> tuple[Client, Contact]:
        client = self._save_company(actor)
        if self.contact_form is not None:
            return client, actions.create_contact(details=self.contact_form.details(), actor=actor)
        if self.contact is None:
            raise ValueError("A complete section has a contact.")
        return client, self.contact

    def _save_company(self, actor: User) -> Client:
        organisation = self.cdi_answer.organisation if self.cdi_answer else None
        if self.card is None:
            if organisation is None:
                raise ValueError("A complete section has a client.")
            return actions.find_or_create_client(organisation=organisation, actor=actor)[0]
        if organisation is not None:
            actions.refresh_client(client=self.card, organisation=organisation, actor=actor)
        return self.card


def _find_company(source: ClientInput) -> Company | None:
    identity = parse_client_value(get_value(source.values, "client"))
    if identity is None:
        return None
    inn, kpp = identity
    answer = source.get_cdi_answer(inn, kpp, has_changed=source.has_changed("client"))
    return Company(inn, kpp, find_card(source.kind.section, inn, kpp), answer)


def _choose_phone(source: ClientInput, linked_contacts: QuerySet[Contact]) -> str:
    """The phone of the chosen contact. Another client drops it; an only contact is chosen."""
    phone = get_value(source.values, "contact")
    is_another_client = source.has_changed("client") and get_value(source.previous_values, "client")
    if is_another_client and not source.has_changed("contact"):
        phone = ""
    if not phone and len(linked_contacts) == 1:
        phone = linked_contacts[0].phone
    return phone


def _find_chosen_contact(phone: str, linked_contacts: QuerySet[Contact]) -> Contact | None:
    linked = next((contact for contact in linked_contacts if contact.phone == phone), None)
    return linked or contacts.find_contact(phone)


def _validate_new_contact(values: FieldValues) -> tuple[ContactForm, ContactMatches]:
    form = ContactForm(MultiValueDict(values), prefix=CONTACT_PREFIX)
    if not form.is_valid() and "phone" in form.errors:
        return form, NO_MATCHES
    matches = contacts.find_matches(form.cleaned_data)
    if matches.duplicate:
        form.add_error("phone", DUPLICATE_MESSAGE)
    return form, matches


def _build_client_item(company: Company | None) -> ChecklistItem:
    problem = company.problem if company else CHOOSE_CLIENT
    return ChecklistItem("Клиент", "#id_client", (problem,) if problem else ())


def _build_contact_item(
    contact: Contact | None, linked_contacts: QuerySet[Contact]
) -> ChecklistItem:
    if contact is not None:
        return ChecklistItem(CONTACT_LABEL, "#id_contact_phone")
    if not linked_contacts:
        return ChecklistItem(CONTACT_LABEL, "#id_contact_phone", (ADD_CONTACT,))
    return ChecklistItem(CONTACT_LABEL, "#id_contact", (CHOOSE_CONTACT,))


def _build_new_contact_item(
    form: ContactForm, matches: ContactMatches, values: FieldValues
) -> ChecklistItem:
    item = build_item(form, CONTACT_LABEL, form.fields)
    if item.done and matches.same and not is_confirmed(values):
        return ChecklistItem(CONTACT_LABEL, "#similar", (REVIEW_SAME,))
    return item
