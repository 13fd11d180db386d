"""«Самозанятый B2B» and «ДГПХ»: one card, the client signs in person."""

from django import forms
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from clients import actions
from clients.actions import DUPLICATE_MESSAGE
from clients.models import Client, Contact
from clients.rules.usability import NOT_FOUND, check_usable, field_message
from clients.screens.forms import PersonForm
from clients.screens.presentation import compare_details
from tasks.screens.new_task import contacts
from tasks.screens.new_task.cdi_answers import CdiAnswer, CdiOutcome
from tasks.screens.new_task.checklist import ChecklistItem, build_item
from tasks.screens.new_task.client_section import ClientSection
from tasks.screens.new_task.companies import CDI_DOWN, KNOWN, NEW
from tasks.screens.new_task.contacts import REVIEW_SIMILAR, Row
from tasks.screens.new_task.field_values import get_value, has_value

PREFIX = "person"
NAMES_IN_ORDER = ("surname", "given_name", "patronymic")


class PersonSection(ClientSection):
    """`form` is the card; `contact` the person's own contact where it exists already."""

    template = "tasks/new_task/_person.html"
    parts_template = "tasks/new_task/_person.html"
    names = ("link", "confirmed", *(f"{PREFIX}-{name}" for name in PersonForm.base_fields))

    def settle(self) -> None:
        self._card: Client | None = None
        self._lookup: CdiAnswer | None = None
        self.contact: Contact | None = None
        self.filled_in = False
        self._find()
        self.form = PersonForm(MultiValueDict(self.values), prefix=PREFIX)
        self.form.is_valid()
        self._judge()

    def _find(self) -> None:
        """Card, CDI's answer and contact by ИНН; a new ИНН fills in what is empty yet."""
        field = PersonForm.base_fields["inn"]
        typed = get_value(self.values, f"{PREFIX}-inn")
        try:
            inn: str = field.clean(typed)
        except forms.ValidationError:
            inn = ""
        self._inn = inn
        self.contact = contacts.find_contact(get_value(self.values, "link"))
        if not inn:
            return
        changed = typed != get_value(self.previous, f"{PREFIX}-inn")
        self._card = Client.objects.filter(kind=self.kind.client_kind, inn=inn, kpp="").first()
        self._lookup = self.ask_cdi(inn, "", changed=changed)
        if self._card:
            self.contact = Contact.objects.of_client(self._card).first()
        if changed:
            self._fill_in()

    def _fill_in(self) -> None:
        for name, value in self._known().items():
            key = f"{PREFIX}-{name}"
            if key in self.names and value and not has_value(self.values, key):
                self.values[key] = [value]
                self.filled_in = True

    def _known(self) -> dict[str, str]:
        if self.contact is not None:
            return {**contacts.field_values_of(self.contact), "inn": self._inn}
        organisation = self._lookup.organisation if self._lookup else None
        words = organisation.full_name.split() if organisation else []
        return dict(zip(NAMES_IN_ORDER, words, strict=False))

    def _judge(self) -> None:
        cleaned = self.form.cleaned_data
        if "phone" not in cleaned:
            return
        own = self.contact.phone if self.contact else ""
        self.resemblance = contacts.find_matches(cleaned, but=own)
        if self.resemblance.duplicate:
            self.form.add_error("phone", DUPLICATE_MESSAGE)

    @property
    def all_forms(self) -> list[forms.Form]:
        return [self.form]

    @property
    def inn(self) -> str:
        return self._inn

    @property
    def card(self) -> Client | None:
        return self._card

    @property
    def lookup(self) -> CdiAnswer | None:
        return self._lookup

    @property
    def link(self) -> str:
        """The phone of the existing contact that «Привязать» has chosen."""
        return get_value(self.values, "link")

    @property
    def standing(self) -> str:
        """«Клиент есть в базе» or «Новая карточка»."""
        return KNOWN if self._card else NEW

    @property
    def problem(self) -> str:
        """Why no task can be made with the person, "" when one can."""
        organisation = self._lookup.organisation if self._lookup else None
        known = organisation or self._card
        if known is not None:
            reason = check_usable(known)
            return field_message(reason) if reason else ""
        if not self._inn or not self.kind.registered:
            return ""
        unanswered = self._lookup is None or self._lookup.outcome is CdiOutcome.DOWN
        return CDI_DOWN if unanswered else NOT_FOUND

    @property
    def changes(self) -> list[Row]:
        """What the form says otherwise than the card; the task will renew the card with it."""
        if self.contact is None or self.contact.current is None or not self.form.is_valid():
            return []
        old = self.contact.current.details
        return compare_details(old, self.form.details(old))

    def items(self) -> list[ChecklistItem]:
        item = build_item(self.form, self.kind.person, self.form.fields)
        if item.done and self.problem:
            item = ChecklistItem(item.name, f"#id_{PREFIX}-inn", (self.problem,))
        elif item.done and self.similar_unanswered:
            item = ChecklistItem(item.name, "#similar", (REVIEW_SIMILAR,))
        return [item]

    def make(self, actor: User) -> tuple[Client, Contact]:
        details, contact = self.form.details(), self.contact
        if contact is None:
            client, _ = actions.find_or_create_person(
                kind=self.kind.client_kind, inn=details.inn, details=details, actor=actor
            )
            return client, Contact.objects.of_client(client).get()
        client, _ = actions.find_or_create_person_of(
            kind=self.kind.client_kind, inn=details.inn, contact=contact, actor=actor
        )
        if contact.current is not None:
            details = self.form.details(contact.current.details)
        actions.edit_person(
            client=client, contact=contact, details=details, actor=actor, based_on=None
        )
        contact.refresh_from_db()
        return client, contact
