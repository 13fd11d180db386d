"""The search over pages, tasks and clients, with links to a new task for a client."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from clients.models import Client
from clients.screens.sections import Section, readable_sections
from econtract.platform.common.text import search_key
from tasks.listing.tabs import TABS
from tasks.models import SigningTask
from tasks.screens.common.form_kinds import list_form_kinds
from tasks.screens.common.frame import Navigation
from tasks.screens.search.recognition import parse_inn, recognize_number
from tasks.statuses import Status

MAX_TASKS = 8
MAX_CLIENTS = 5
MIN_TEXT_LENGTH = 2


@dataclass(frozen=True)
class PageLink:
    """A link to a page of the product."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True)
class TaskHit:
    """A task that matches the search."""

    label: str
    note: str
    url: str


@dataclass(frozen=True)
class ClientHit:
    """A client that matches the search; ``new_task_url`` is "" if the user cannot create a task."""

    name: str
    inn: str
    url: str
    new_task_url: str


def find_pages(nav: Navigation, text: str) -> list[PageLink]:
    """The pages that the user can open, if a word of their name begins with ``text``."""
    prefix = search_key(text)
    return [
        page
        for page in _list_pages(nav)
        if any(word.startswith(prefix) for word in search_key(page.label).split())
    ]


def _list_pages(nav: Navigation) -> Iterable[PageLink]:
    user = nav.authorized_user
    if user is None:
        return
    for tab in nav.tab_codes:
        yield PageLink(TABS[tab].title, nav.list_url(tab), "clipboard-list")
    if user.has_permission(Permission.CREATE_TASKS):
        for kind in list_form_kinds(user):
            url = reverse("tasks:new_form", args=[kind.slug])
            yield PageLink(f"Новое задание: {kind.label}", url, "plus")
    if readable_sections(user):
        yield PageLink("Управление", reverse("clients:home"), "users")
    if user.has_permission(Permission.EDIT_TEMPLATES):
        yield PageLink("Бланки", reverse("templates:list"), "file-text")
    yield PageLink("Уведомления", reverse("notifications:list"), "bell")
    yield PageLink("Настройки уведомлений", reverse("notifications:settings"), "settings")
    yield PageLink("Руководство менеджера", reverse("help:guide"), "help")
    yield PageLink("Памятка менеджера", reverse("help:memo"), "help")
    yield PageLink("Скрипты звонков", reverse("help:scripts"), "phone")
    yield PageLink("Коды лицевых счетов", reverse("help:prefixes"), "help")
    yield PageLink("Статусы и резолюции", reverse("help:statuses"), "help")
    yield PageLink("Клавиши", reverse("help:keys"), "keyboard")
    if user.is_administrator:
        yield PageLink("Администрирование", reverse("admin:index"), "settings")


def find_task_hits(user: User, text: str) -> list[TaskHit]:
    """The latest visible tasks that match the search."""
    if len(text) < MIN_TEXT_LENGTH and not text.isdigit():
        return []
    tasks = SigningTask.objects.visible_to(user).search(text).select_related("client")
    return [
        TaskHit(
            f"{task.number} · {task.client.short_name}",
            str(Status(task.status).label),
            task.get_absolute_url(),
        )
        for task in tasks.order_by("-updated_at", "-number")[:MAX_TASKS]
    ]


def _find_client_hits(user: User, text: str) -> list[ClientHit]:
    """The clients that match the search, in the sections that the user can see."""
    sections = readable_sections(user)
    if len(text) < MIN_TEXT_LENGTH or not sections:
        return []
    by_kind = {kind: section for section in sections for kind in section.kinds}
    clients = Client.objects.of_kinds(frozenset(by_kind)).search(text)[:MAX_CLIENTS]
    return [_build_client_hit(user, client, by_kind[client.kind]) for client in clients]


def _build_client_hit(user: User, client: Client, section: Section) -> ClientHit:
    return ClientHit(
        client.short_name,
        client.inn,
        reverse("clients:card", args=[section.slug, client.pk]),
        _new_task_url(user, section.task_type, client.inn, client.kpp),
    )


def _new_task_url(user: User, task_type: str, inn: str, kpp: str = "") -> str:
    """The form with this client selected; "" if the user cannot create such tasks."""
    kinds = [kind for kind in list_form_kinds(user) if kind.task_type == task_type]
    if not kinds or not user.has_permission(Permission.CREATE_TASKS):
        return ""
    query = urlencode({"client": f"{inn}-{kpp}" if kpp else inn})
    return f"{reverse('tasks:new_form', args=[kinds[0].slug])}?{query}"


@dataclass(frozen=True)
class ClientSearch:
    """The clients for a text, and what the text can be as a number.

    ``inn`` and ``new_task_links`` are set if the text is an ИНН that no client has.
    """

    meanings: str
    clients: tuple[ClientHit, ...]
    inn: str
    new_task_links: tuple[PageLink, ...]


def find_clients(user: User, text: str) -> ClientSearch:
    """The clients for the search page and the palette."""
    clients = tuple(_find_client_hits(user, text))
    inn = "" if clients else parse_inn(text)
    return ClientSearch(
        meanings=", ".join(recognize_number(text)),
        clients=clients,
        inn=inn,
        new_task_links=tuple(_list_new_task_links(user, inn)) if inn else (),
    )


def _list_new_task_links(user: User, inn: str) -> Iterable[PageLink]:
    """The forms for a client with this ИНН; one of ten digits belongs to a company."""
    for kind in list_form_kinds(user):
        if len(inn) == 10 and kind.is_for_persons:
            continue
        url = _new_task_url(user, kind.task_type, inn)
        if url:
            yield PageLink(f"Создать задание: {kind.label}", url, "plus")
