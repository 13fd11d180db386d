"""«Самозанятый B2B» and «ДГПХ»: one card, and the client signs in person."""

from dataclasses import dataclass
from typing import Self

from django import forms
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from clients import actions
from clients.actions import DUPLICATE_MESSAGE
from clients.models import Client, Contact, ContactDetails
from clients.rules.usability import NOT_FOUND, check_usable, field_message
from clients.screens.forms import PersonForm
from clients.screens.presentation import compare_details
from tasks.screens.common.form_kinds import FormKind
from tasks.screens.new_task import contacts
from tasks.screens.new_task.cdi_answers import CdiAnswer
from tasks.screens.new_task.checklist import ChecklistItem, build_item
from tasks.screens.new_task.client_section import ClientInput, ClientSection, is_confirmed
from tasks.screens.new_task.companies import CDI_DOWN, EXISTING_CARD, NEW_CARD
from tasks.screens.new_task.contacts import NO_MATCHES, REVIEW_SAME, ContactMatches, Row
from tasks.screens.new_task.field_values import FieldValues, get_value, has_value

PERSON_PREFIX = "person"
INN_FIELD = f"{PERSON_PREFIX}-inn"
# CDI has the full name of a person in one string, in this order.
FULL_NAME_FIELDS = ("surname", "given_name", "patronymic")


@dataclass(frozen=True, kw_only=True)
class PersonSection(ClientSection):
    """``form`` has the fields of the card; ``contact`` is the person's existing contact.

    ``problem`` says why no task can be created with the person; "" if one can.
    """

    template = "tasks/new_task/_person.html"
    parts_template = "tasks/new_task/_person.html"
    field_names = ("link", "confirmed", *(f"{PERSON_PREFIX}-{n}" for n in PersonForm.base_fields))

    form: PersonForm
    problem: str

    @classmethod
    def build(cls, source: ClientInput) -> Self:
        values, kind = source.values, source.kind
        inn = _clean_inn(get_value(values, INN_FIELD))
        card, answer = None, None
        contact = contacts.find_contact(get_value(values, "link"))
        if inn:
            is_new_inn = source.has_changed(INN_FIELD)
            card = Client.objects.filter(kind=kind.client_kind, inn=inn, kpp="").first()
            answer = source.get_cdi_answer(inn, "", has_changed=is_new_inn)
            if card:
                contact = Contact.objects.of_client(card).first()
            if is_new_inn:
                values = _fill_empty_fields(values, _find_known_values(inn, contact, answer))
        form = PersonForm(MultiValueDict(values), prefix=PERSON_PREFIX)
        form.is_valid()
        matches = _find_matches(form, contact)
        if matches.duplicate:
            form.add_error("phone", DUPLICATE_MESSAGE)
        problem = _find_problem(kind, inn, card, answer)
        return cls(
            kind=kind,
            values=values,
            inn=inn,
            kpp="",
            card=card,
            cdi_answer=answer,
            contact=contact,
            matches=matches,
            checklist=(_build_person_item(kind, form, problem, matches, values),),
            form=form,
            problem=problem,
        )

    @property
    def contact_details(self) -> ContactDetails | None:
        return self.form.details() if self.form.is_valid() else None

    @property
    def bound_forms(self) -> list[forms.Form]:
        return [self.form]

    @property
    def link(self) -> str:
        """The phone of the existing contact that was chosen with «Привязать»."""
        return get_value(self.values, "link")

    @property
    def card_label(self) -> str:
        """«Клиент есть в базе» or «Новая карточка»."""
        return EXISTING_CARD if self.card else NEW_CARD

    @property
    def changes(self) -> list[Row]:
        """How the form differs from the card, for `diff`. Empty while the form shows an error."""
        if self.contact is None or self.contact.current is None or self.form.errors:
            return []
        details = self.contact.current.details
        return compare_details(details, self.form.details(details))

    def save_client(self, actor: User) -> tuple[Client, Contact]:
        details, contact = self.form.details(), self.contact
        if contact is None:
            client, _ = actions.find_or_create_person(
                kind=self.kind.client_kind, inn=details.inn, details=details, actor=actor
            )
            self._save_state(client)
            return client, Contact.objects.of_client(client).get()
        client, _ = actions.find_or_create_person_of(
            kind=self.kind.client_kind, inn=details.inn, contact=contact, actor=actor
        )
        self._save_state(client)
        if contact.current is not None:
            details = self.form.details(contact.current.details)
        actions.edit_person(
            client=client, contact=contact, details=details, actor=actor, based_on=None
        )
        contact.refresh_from_db()
        return client, contact

    def _save_state(self, client: Client) -> None:
        """Keep CDI's state on the card. The other data of a person are what the form has."""
        if self.registration is not None:
            actions.save_state(client, self.registration.state)


def _clean_inn(text: str) -> str:
    """The ИНН in ``text``; "" if it is not valid."""
    try:
        inn: str = PersonForm.base_fields["inn"].clean(text)
    except forms.ValidationError:
        return ""
    return inn


def _find_known_values(
    inn: str, contact: Contact | None, answer: CdiAnswer | None
) -> dict[str, str]:
    """What we know of the person by field: from their contact, else the name from CDI."""
    if contact is not None:
        return {**contacts.current_field_values(contact), "inn": inn}
    organisation = answer.organisation if answer else None
    names = organisation.full_name.split() if organisation else []
    return dict(zip(FULL_NAME_FIELDS, names, strict=False))


def _fill_empty_fields(values: FieldValues, known_values: dict[str, str]) -> FieldValues:
    """``values`` with ``known_values`` in the fields of the person that are still empty."""
    result = dict(values)
    for name, value in known_values.items():
        field_name = f"{PERSON_PREFIX}-{name}"
        if field_name in PersonSection.field_names and value and not has_value(values, field_name):
            result[field_name] = [value]
    return result


def _find_matches(form: PersonForm, contact: Contact | None) -> ContactMatches:
    """Other contacts like the person; none before the phone is valid."""
    if "phone" not in form.cleaned_data:
        return NO_MATCHES
    return contacts.find_matches(form.cleaned_data, exclude_phone=contact.phone if contact else "")


def _find_problem(kind: FormKind, inn: str, card: Client | None, answer: CdiAnswer | None) -> str:
    registration = (answer.organisation if answer else None) or card
    if registration is not None:
        reason = check_usable(registration)
        return field_message(reason) if reason else ""
    if not inn or not kind.must_be_in_cdi:
        return ""
    return CDI_DOWN if answer is None or answer.is_down else NOT_FOUND


def _build_person_item(
    kind: FormKind,
    form: PersonForm,
    problem: str,
    matches: ContactMatches,
    values: FieldValues,
) -> ChecklistItem:
    item = build_item(form, kind.person_title, form.fields)
    if not item.done:
        return item
    if problem:
        return ChecklistItem(kind.person_title, f"#id_{INN_FIELD}", (problem,))
    if matches.same and not is_confirmed(values):
        return ChecklistItem(kind.person_title, "#similar", (REVIEW_SAME,))
    return item
