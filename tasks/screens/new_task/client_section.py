"""With whom the contract is made: the part of the form that differs by task type."""

from abc import ABC, abstractmethod
from typing import ClassVar

from django import forms

from accounts.models import User
from clients.models import Client, Contact
from tasks.screens.common.form_kinds import FormKind
from tasks.screens.new_task.cdi_answers import CdiAnswer, query_cdi
from tasks.screens.new_task.checklist import ChecklistItem
from tasks.screens.new_task.contacts import NO_MATCHES, ContactMatches
from tasks.screens.new_task.field_values import FieldValues, get_value


class ClientSection(ABC):
    """One side of the form over ``values``; ``previous`` are those of the draft.

    The lookup that the draft holds is used as long as it is about the client at hand. CDI is
    asked when the client is another one than before, or always with ``ask``.
    """

    template: ClassVar[str]
    parts_template: ClassVar[str]
    names: ClassVar[tuple[str, ...]]

    def __init__(
        self,
        kind: FormKind,
        values: FieldValues,
        previous: FieldValues,
        known: CdiAnswer | None,
        *,
        ask: bool = False,
    ) -> None:
        self.kind = kind
        self.values = values
        self.previous = previous
        self.known = known
        self.ask = ask
        self.resemblance: ContactMatches = NO_MATCHES
        self.settle()

    @abstractmethod
    def settle(self) -> None:
        """Finds the client, fills in what follows from the choice, and judges what was typed."""

    @property
    def confirmed(self) -> bool:
        """«Это другой человек»: those who look alike have been looked at."""
        return bool(get_value(self.values, "confirmed"))

    @property
    def similar_unanswered(self) -> bool:
        """Whether those who look alike still wait for a word about them."""
        return bool(self.resemblance.similar) and not self.confirmed

    @property
    @abstractmethod
    def all_forms(self) -> list[forms.Form]:
        """The forms of this part, validated."""

    @property
    @abstractmethod
    def inn(self) -> str:
        """The client's ИНН, "" while it is not known."""

    @property
    @abstractmethod
    def card(self) -> Client | None:
        """The client's card in our base."""

    @property
    @abstractmethod
    def lookup(self) -> CdiAnswer | None:
        """What CDI said of the client, to be kept with the draft."""

    @abstractmethod
    def items(self) -> list[ChecklistItem]:
        """What is missing of this part."""

    @abstractmethod
    def make(self, actor: User) -> tuple[Client, Contact]:
        """Client and contact, made where they are new. For a part with nothing missing.

        Raises clients.actions.DuplicateContact when somebody has taken the phone meanwhile.
        """

    def ask_cdi(self, inn: str, kpp: str, *, changed: bool) -> CdiAnswer | None:
        """The lookup about the client: the one at hand, or a fresh one where that is due."""
        at_hand = self.known if self.known and self.known.is_about(inn, kpp) else None
        if not (self.ask or changed):
            return at_hand
        fresh = query_cdi(inn, kpp, self.kind.section.kinds)
        # Older data are better than none: a card is made of them when CDI is down just now.
        return fresh if fresh.answered or at_hand is None else at_hand
