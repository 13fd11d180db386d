"""The search over everything: places to go, tasks, clients, and a task to be made with one."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from clients.models import Client
from clients.screens.sections import Section, readable_sections
from econtract.platform.common.text import search_key
from tasks.models import SigningTask
from tasks.screens.common.form_kinds import list_form_kinds
from tasks.screens.common.frame import Navigation
from tasks.screens.search.recognition import inn_in, meanings_of
from tasks.statuses import Status

TASKS = 8
CLIENTS = 5
SHORTEST = 2


@dataclass(frozen=True)
class Place:
    """A page of the product."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True)
class TaskHit:
    """A task that is found."""

    label: str
    note: str
    url: str


@dataclass(frozen=True)
class ClientHit:
    """A client that is found; an empty address: not for this person."""

    name: str
    inn: str
    url: str
    new_url: str


def places(nav: Navigation, text: str) -> list[Place]:
    """Where the person can go; those whose name has a word that begins with ``text``."""
    wanted = search_key(text)
    return [
        place
        for place in _all_places(nav)
        if any(word.startswith(wanted) for word in search_key(place.label).split())
    ]


def _all_places(nav: Navigation) -> Iterable[Place]:
    if nav.person is None:
        return
    for tab in nav.lists:
        yield Place(LIST_NAMES[tab], nav.list_url(tab), "clipboard-list")
    if nav.person.has_permission(Permission.CREATE_TASKS):
        for kind in list_form_kinds(nav.person):
            url = reverse("tasks:new_form", args=[kind.slug])
            yield Place(f"Новое задание: {kind.label}", url, "plus")
    if readable_sections(nav.person):
        yield Place("Управление", reverse("clients:home"), "users")
    yield Place("Уведомления", reverse("notifications:list"), "bell")
    yield Place("Настройки уведомлений", reverse("notifications:settings"), "settings")
    yield Place("Руководство менеджера", reverse("help:guide"), "help")
    yield Place("Статусы и резолюции", reverse("help:statuses"), "help")
    yield Place("Клавиши", reverse("help:keys"), "keyboard")
    if nav.person.is_administrator:
        yield Place("Администрирование", reverse("admin:index"), "settings")


LIST_NAMES = {"my": "Мои задания", "all": "Все задания", "archive": "Архив"}


def task_hits(user: User, text: str) -> list[TaskHit]:
    """The newest of the visible tasks that the search finds."""
    if len(text) < SHORTEST and not text.isdigit():
        return []
    found = SigningTask.objects.visible_to(user).search(text).select_related("client")
    return [
        TaskHit(
            f"{task.number} · {task.client.short_name}",
            str(Status(task.status).label),
            task.get_absolute_url(),
        )
        for task in found.order_by("-updated_at", "-number")[:TASKS]
    ]


def client_hits(user: User, text: str) -> list[ClientHit]:
    """The clients that the search finds, in the sections that the person may look into."""
    sections = readable_sections(user)
    if len(text) < SHORTEST or not sections:
        return []
    by_kind = {kind: section for section in sections for kind in section.kinds}
    found = Client.objects.of_kinds(frozenset(by_kind)).search(text)[:CLIENTS]
    return [_client_hit(user, client, by_kind[client.kind]) for client in found]


def _client_hit(user: User, client: Client, section: Section) -> ClientHit:
    return ClientHit(
        client.short_name,
        client.inn,
        reverse("clients:card", args=[section.slug, client.pk]),
        _new_task_url(user, section.task_type, client.inn, client.kpp),
    )


def _new_task_url(user: User, task_type: str, inn: str, kpp: str = "") -> str:
    """The form with the client in it; "" where the person makes no such tasks."""
    kinds = [kind for kind in list_form_kinds(user) if kind.task_type == task_type]
    if not kinds or not user.has_permission(Permission.CREATE_TASKS):
        return ""
    chosen = urlencode({"client": f"{inn}-{kpp}" if kpp else inn})
    return f"{reverse('tasks:new_form', args=[kinds[0].slug])}?{chosen}"


@dataclass(frozen=True)
class Answer:
    """What the search says of clients, and of what the text can be."""

    meanings: str
    clients: tuple[ClientHit, ...]
    inn: str
    new_urls: tuple[Place, ...]


def answer(user: User, text: str) -> Answer:
    """For the page of the search and for the palette; an ИНН that is nobody's yet can be used."""
    clients = tuple(client_hits(user, text))
    inn = inn_in(text)
    unknown = inn if inn and not clients else ""
    return Answer(
        meanings=", ".join(meanings_of(text)),
        clients=clients,
        inn=unknown,
        new_urls=tuple(_forms_for(user, unknown)) if unknown else (),
    )


def _forms_for(user: User, inn: str) -> Iterable[Place]:
    """The forms that a client with this ИНН may belong in: ten digits are a company's."""
    for kind in list_form_kinds(user):
        if len(inn) == 10 and kind.is_for_persons:
            continue
        url = _new_task_url(user, kind.task_type, inn)
        if url:
            yield Place(f"Создать задание: {kind.label}", url, "plus")
