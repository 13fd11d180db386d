"""The tabs of «Управление» and who may look into and change each of them (domain: roles)."""

from dataclasses import dataclass

from accounts.models import User
from accounts.roles import Permission, Role, TaskType
from clients.models import Client


@dataclass(frozen=True)
class Section:
    """One tab: which cards it holds and which access opens it."""

    slug: str
    label: str
    one: str
    kinds: frozenset[str]
    task_type: TaskType
    new_kind: Client.Kind

    @property
    def of_persons(self) -> bool:
        """Whether its clients sign in person: one card, no company and no contacts."""
        return self.task_type is not TaskType.LEGAL


SECTIONS = (
    Section(
        slug="companies",
        label="ЮЛ/ИП B2B",
        one="клиента",
        kinds=frozenset({Client.Kind.LEGAL, Client.Kind.SOLE_PROPRIETOR}),
        task_type=TaskType.LEGAL,
        new_kind=Client.Kind.LEGAL,
    ),
    Section(
        slug="self-employed",
        label="Самозанятые",
        one="самозанятого",
        kinds=frozenset({Client.Kind.SELF_EMPLOYED}),
        task_type=TaskType.SELF_EMPLOYED,
        new_kind=Client.Kind.SELF_EMPLOYED,
    ),
    Section(
        slug="contractors",
        label="Агенты ДГПХ",
        one="агента ДГПХ",
        kinds=frozenset({Client.Kind.INDIVIDUAL}),
        task_type=TaskType.CONTRACTOR,
        new_kind=Client.Kind.INDIVIDUAL,
    ),
)
BY_SLUG = {section.slug: section for section in SECTIONS}


def readable_sections(user: User) -> list[Section]:
    """The tabs that ``user`` sees: all of them, but for a mere manager the opened ones."""
    if not user.has_permission(Permission.SEE_DIRECTORY):
        return []
    if user.role_codes != {Role.MANAGER}:
        return list(SECTIONS)
    return [section for section in SECTIONS if section.task_type in user.allowed_task_types]


def may_edit(user: User, section: Section) -> bool:
    """Whether ``user`` adds and changes cards there: an administrator everywhere."""
    if not user.has_permission(Permission.EDIT_DIRECTORY):
        return False
    return user.is_administrator or section.task_type in user.allowed_task_types
