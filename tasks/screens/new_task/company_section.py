"""«ЮЛ/ИП B2B»: a client chosen from CDI, and the contact who signs for it."""

from functools import cached_property

from django import forms
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from clients import actions
from clients.actions import DUPLICATE_MESSAGE
from clients.models import Client, Contact
from clients.screens.forms import ContactForm
from tasks.screens.new_task import contacts
from tasks.screens.new_task.cdi_answers import CdiAnswer
from tasks.screens.new_task.checklist import ChecklistItem, build_item
from tasks.screens.new_task.client_section import ClientSection
from tasks.screens.new_task.companies import CHOOSE, Company, find_card, parse_client_value
from tasks.screens.new_task.contacts import ADD_CONTACT, NEW, REVIEW_SIMILAR, Row
from tasks.screens.new_task.field_values import get_value

PREFIX = "new"


class CompanySection(ClientSection):
    """`company` is the chosen client, `contact` the chosen existing contact, `new` a typed one."""

    template = "tasks/new_task/_company.html"
    parts_template = "tasks/new_task/_company_parts.html"
    names = (
        "client",
        "client_q",
        "contact",
        "contact_phone",
        "confirmed",
        *(f"{PREFIX}-{name}" for name in ContactForm.base_fields),
    )

    def settle(self) -> None:
        self.company = self._company()
        self.contact: Contact | None = None
        self.new: ContactForm | None = None
        if get_value(self.values, "contact") == NEW:
            self.new = self._new_contact()
        else:
            self._settle_contact()
            self.contact = self._chosen_contact()

    @cached_property
    def linked(self) -> list[Contact]:
        """The client's contacts, read when they are shown or chosen from."""
        return contacts.list_linked_contacts(self.card)

    def _company(self) -> Company | None:
        chosen = parse_client_value(get_value(self.values, "client"))
        if chosen is None:
            return None
        inn, kpp = chosen
        lookup = self.ask_cdi(inn, kpp, changed=self._client_changed)
        return Company(inn, kpp, find_card(self.kind.section, inn, kpp), lookup)

    @property
    def _client_changed(self) -> bool:
        return get_value(self.values, "client") != get_value(self.previous, "client")

    def _settle_contact(self) -> None:
        """Another client drops the contact chosen for the one before; a single one is chosen."""
        chosen = get_value(self.values, "contact")
        chosen_now = chosen != get_value(self.previous, "contact")
        if (
            chosen
            and self._client_changed
            and get_value(self.previous, "client")
            and not chosen_now
        ):
            chosen = ""
        if not chosen and len(self.linked) == 1:
            chosen = self.linked[0].phone
        self.values["contact"] = [chosen]

    def _chosen_contact(self) -> Contact | None:
        phone = get_value(self.values, "contact")
        linked = next((each for each in self.linked if each.phone == phone), None)
        return linked or contacts.find_contact(phone)

    def _new_contact(self) -> ContactForm:
        form = ContactForm(MultiValueDict(self.values), prefix=PREFIX)
        if not form.is_valid() and "phone" in form.errors:
            return form
        self.resemblance = contacts.find_matches(form.cleaned_data)
        if self.resemblance.duplicate:
            form.add_error("phone", DUPLICATE_MESSAGE)
        return form

    @property
    def all_forms(self) -> list[forms.Form]:
        return [self.new] if self.new else []

    @property
    def inn(self) -> str:
        return self.company.inn if self.company else ""

    @property
    def card(self) -> Client | None:
        return self.company.card if self.company else None

    @property
    def lookup(self) -> CdiAnswer | None:
        return self.company.lookup if self.company else None

    @property
    def client_value(self) -> str:
        """What the type-ahead holds."""
        return get_value(self.values, "client") if self.company else ""

    @property
    def client_text(self) -> str:
        """What the type-ahead shows: the chosen client, or what was typed."""
        data = self.company.data if self.company else None
        return data.short_name if data else get_value(self.values, "client_q")

    @property
    def contact_phone(self) -> str:
        """What was typed into the search by phone."""
        return get_value(self.values, "contact_phone")

    @cached_property
    def choices(self) -> list[Row]:
        """The list of contacts: those of the client, then the one found by phone."""
        people = list(self.linked)
        if self.contact and self.contact.pk not in {each.pk for each in people}:
            people.append(self.contact)
        return [contacts.build_choice(each) for each in people]

    def items(self) -> list[ChecklistItem]:
        problem = self.company.problem if self.company else CHOOSE
        return [
            ChecklistItem("Клиент", "#id_client", (problem,) if problem else ()),
            self._contact_item(),
        ]

    def _contact_item(self) -> ChecklistItem:
        label = "Контактное лицо"
        if self.new is None:
            return ChecklistItem(label, "#id_contact_phone", () if self.contact else (ADD_CONTACT,))
        item = build_item(self.new, label, self.new.fields)
        if item.done and self.similar_unanswered:
            return ChecklistItem(label, "#similar", (REVIEW_SIMILAR,))
        return item

    def make(self, actor: User) -> tuple[Client, Contact]:
        client = self._make_client(actor)
        if self.new is not None:
            return client, actions.create_contact(details=self.new.details(), actor=actor)
        if self.contact is None:
            raise ValueError("A form with nothing missing has a contact.")
        return client, self.contact

    def _make_client(self, actor: User) -> Client:
        card, organisation = self.card, self.lookup.organisation if self.lookup else None
        if card is None:
            if organisation is None:
                raise ValueError("A form with nothing missing has a client.")
            return actions.find_or_create_client(organisation=organisation, actor=actor)[0]
        if organisation is not None:
            actions.refresh_client(client=card, organisation=organisation, actor=actor)
        return card
