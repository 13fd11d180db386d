"""The client and the contact: the part of the form that differs by task type."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

from django import forms

from accounts.models import User
from clients.gateways.cdi import Organisation
from clients.models import Client, Contact, ContactDetails
from clients.rules.usability import find_warning
from tasks.screens.common.form_kinds import FormKind
from tasks.screens.new_task.cdi_answers import CdiAnswer, query_cdi
from tasks.screens.new_task.checklist import ChecklistItem
from tasks.screens.new_task.contacts import ContactMatches
from tasks.screens.new_task.field_values import FieldValues, get_value


@dataclass(frozen=True)
class ClientInput:
    """What a section is built from.

    ``previous_values`` and ``stored_answer`` are those of the draft. With ``refresh`` CDI is
    asked even if the client is the same as before.
    """

    kind: FormKind
    values: FieldValues
    previous_values: FieldValues
    stored_answer: CdiAnswer | None
    refresh: bool

    def has_changed(self, name: str) -> bool:
        return get_value(self.values, name) != get_value(self.previous_values, name)

    def get_cdi_answer(self, inn: str, kpp: str, *, has_changed: bool) -> CdiAnswer | None:
        """CDI's answer about the client: the stored one, or a new one if it is needed."""
        stored = self.stored_answer
        if stored is not None and not stored.is_about(inn, kpp):
            stored = None
        if not (self.refresh or has_changed):
            return stored
        answer = query_cdi(inn, kpp, self.kind.section.kinds)
        # While CDI is down, older data are good enough to create a card from.
        return stored if answer.is_down and stored is not None else answer


@dataclass(frozen=True, kw_only=True)
class ClientSection(ABC):
    """The client and the contact of one form.

    ``values`` are the posted values together with those that follow from them. ``contact`` is an
    existing contact, ``card`` the client's card in our database. ``cdi_answer`` is stored with
    the draft. ``checklist`` has the lines of this section.
    """

    template: ClassVar[str]
    parts_template: ClassVar[str]
    field_names: ClassVar[tuple[str, ...]]

    kind: FormKind
    values: FieldValues
    inn: str
    kpp: str
    card: Client | None
    cdi_answer: CdiAnswer | None
    contact: Contact | None
    matches: ContactMatches
    checklist: tuple[ChecklistItem, ...]

    @classmethod
    @abstractmethod
    def build(cls, source: ClientInput) -> Self:
        """Find the client, fill in what follows from the choice, and validate the fields."""

    @property
    def registration(self) -> Organisation | Client | None:
        """The newest registration data: CDI's, else those of the card."""
        organisation = self.cdi_answer.organisation if self.cdi_answer else None
        return organisation or self.card

    @property
    def warning(self) -> str:
        """Why a task with the client needs an approval, by their registration data; else ""."""
        return find_warning(self.registration) if self.registration else ""

    @property
    def needs_approval(self) -> bool:
        is_marked = self.card is not None and self.card.needs_approval
        return is_marked or bool(self.warning)

    @property
    def is_confirmed(self) -> bool:
        """«Это другой человек»: the user has looked at the similar contacts."""
        return is_confirmed(self.values)

    @property
    @abstractmethod
    def contact_details(self) -> ContactDetails | None:
        """The contact as the form has them now; None while they are not complete."""

    @property
    @abstractmethod
    def bound_forms(self) -> list[forms.Form]:
        """The validated forms of this section."""

    @abstractmethod
    def save_client(self, actor: User) -> tuple[Client, Contact]:
        """Create or update the client and the contact. Only for a complete section.

        Raises clients.actions.DuplicateContact if the phone has been taken in the meantime.
        """


def is_confirmed(values: FieldValues) -> bool:
    """Whether «Это другой человек» is ticked."""
    return bool(get_value(values, "confirmed"))
