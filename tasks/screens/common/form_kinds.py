"""The three forms, one a task type."""

from dataclasses import dataclass

from accounts.models import User
from accounts.roles import TaskType
from clients.models import Client
from clients.screens.sections import SECTION_BY_SLUG, Section


@dataclass(frozen=True)
class FormKind:
    """One form: its place in addresses and the cards of clients that it makes tasks with.

    ``person`` names whom the card of a person form describes; empty for companies.
    """

    slug: str
    section: Section
    about: str
    person: str = ""
    registered: bool = True

    @property
    def task_type(self) -> TaskType:
        return self.section.task_type

    @property
    def label(self) -> str:
        return str(self.task_type.label)

    @property
    def of_persons(self) -> bool:
        return self.section.is_for_persons

    @property
    def client_kind(self) -> Client.Kind:
        """The kind of card that a person form makes."""
        return self.section.new_kind


FORM_KINDS = (
    FormKind("company", SECTION_BY_SLUG["companies"], "Юридическое лицо или предприниматель"),
    FormKind(
        "self-employed",
        SECTION_BY_SLUG["self-employed"],
        "Плательщик налога на профессиональный доход",
        person="Данные самозанятого",
    ),
    FormKind(
        "contractor",
        SECTION_BY_SLUG["contractors"],
        "Агент по договору гражданско-правового характера",
        person="Данные агента",
        # An individual is not registered as a business: CDI need not know him.
        registered=False,
    ),
)
FORM_KIND_BY_SLUG = {kind.slug: kind for kind in FORM_KINDS}


def list_form_kinds(user: User) -> list[FormKind]:
    """The forms that the user's access is opened to."""
    return [kind for kind in FORM_KINDS if kind.task_type in user.task_types]
