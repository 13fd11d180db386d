"""The three forms of a new task, one for each task type."""

from dataclasses import dataclass

from accounts.models import User
from accounts.roles import TaskType
from clients.models import Client
from clients.screens.sections import SECTION_BY_SLUG, Section


@dataclass(frozen=True)
class FormKind:
    """One form: its part of the URL, and the clients that its tasks are for.

    ``person_title`` is the heading above a person's data; "" in the form for companies.
    ``must_be_in_cdi``: no task can be created with a client that CDI does not know.
    """

    slug: str
    section: Section
    description: str
    person_title: str = ""
    must_be_in_cdi: bool = True

    @property
    def task_type(self) -> TaskType:
        return self.section.task_type

    @property
    def label(self) -> str:
        return str(self.task_type.label)

    @property
    def is_for_persons(self) -> bool:
        return self.section.is_for_persons

    @property
    def client_kind(self) -> Client.Kind:
        """The kind of card that the form for a person creates."""
        return self.section.new_kind


FORM_KINDS = (
    FormKind("company", SECTION_BY_SLUG["companies"], "Юридическое лицо или предприниматель"),
    FormKind(
        "self-employed",
        SECTION_BY_SLUG["self-employed"],
        "Плательщик налога на профессиональный доход",
        person_title="Данные самозанятого",
    ),
    FormKind(
        "contractor",
        SECTION_BY_SLUG["contractors"],
        "Агент по договору гражданско-правового характера",
        person_title="Данные агента",
        # CDI knows only registered businesses, and an individual need not be one.
        must_be_in_cdi=False,
    ),
)
FORM_KIND_BY_SLUG = {kind.slug: kind for kind in FORM_KINDS}


def list_form_kinds(user: User) -> list[FormKind]:
    """The forms of the task types that the user has access to."""
    return [kind for kind in FORM_KINDS if kind.task_type in user.task_types]
