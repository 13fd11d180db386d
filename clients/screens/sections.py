"""The tabs of «Управление», and who can see and edit each of them (docs/rules.md#roles)."""

from dataclasses import dataclass

from accounts.models import User
from accounts.roles import Permission, Role, TaskType
from clients.models import Client


@dataclass(frozen=True)
class Section:
    """A tab: its kinds of clients, and the task type that a manager needs access to.

    ``accusative`` completes «Добавить …». ``new_kind`` is the kind of a card typed in by hand.
    """

    slug: str
    label: str
    accusative: str
    kinds: frozenset[str]
    task_type: TaskType
    new_kind: Client.Kind

    @property
    def is_for_persons(self) -> bool:
        """Whether the clients sign for themselves: their cards have no separate contacts."""
        return self.task_type is not TaskType.LEGAL


SECTIONS = (
    Section(
        slug="companies",
        label="ЮЛ/ИП B2B",
        accusative="клиента",
        kinds=frozenset({Client.Kind.LEGAL, Client.Kind.SOLE_PROPRIETOR}),
        task_type=TaskType.LEGAL,
        new_kind=Client.Kind.LEGAL,
    ),
    Section(
        slug="self-employed",
        label="Самозанятые",
        accusative="самозанятого",
        kinds=frozenset({Client.Kind.SELF_EMPLOYED}),
        task_type=TaskType.SELF_EMPLOYED,
        new_kind=Client.Kind.SELF_EMPLOYED,
    ),
    Section(
        slug="contractors",
        label="Агенты ДГПХ",
        accusative="агента ДГПХ",
        kinds=frozenset({Client.Kind.INDIVIDUAL}),
        task_type=TaskType.CONTRACTOR,
        new_kind=Client.Kind.INDIVIDUAL,
    ),
)
SECTION_BY_SLUG = {section.slug: section for section in SECTIONS}


def readable_sections(user: User) -> list[Section]:
    """All tabs, or only those of the allowed task types if ``user`` is nothing but a manager."""
    if not user.has_permission(Permission.SEE_DIRECTORY):
        return []
    if user.role_codes != {Role.MANAGER}:
        return list(SECTIONS)
    return [section for section in SECTIONS if section.task_type in user.task_types]


def can_edit(user: User, section: Section) -> bool:
    """Whether ``user`` can add and edit cards in the tab."""
    if not user.has_permission(Permission.EDIT_DIRECTORY):
        return False
    return user.is_administrator or section.task_type in user.task_types
