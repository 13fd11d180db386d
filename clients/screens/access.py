"""Access to «Управление»: 403 without the right to a section, 404 for a card of another one."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from clients.models import Client, Contact, ContactVersion
from clients.screens.sections import SECTION_BY_SLUG, Section, can_edit, readable_sections

NO_SECTIONS = "Чтобы видеть карточки, нужна роль и доступ к типу заданий"


def current_user(request: HttpRequest) -> User:
    """The logged-in user: LoginRequiredMiddleware redirects all others."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def require_sections(request: HttpRequest) -> list[Section]:
    """The sections that the user can see. Raises PermissionDenied if there are none."""
    sections = readable_sections(current_user(request))
    if not sections:
        raise PermissionDenied(NO_SECTIONS)
    return sections


def require_readable_section(request: HttpRequest, slug: str) -> Section:
    """The section. Raises PermissionDenied if the user cannot see it."""
    section = SECTION_BY_SLUG[slug]
    if section not in require_sections(request):
        raise PermissionDenied(f"Нужен доступ «{section.label}»")
    return section


def require_editable_section(request: HttpRequest, slug: str) -> Section:
    """The section. Raises PermissionDenied if the user cannot edit its cards."""
    section = require_readable_section(request, slug)
    if not can_edit(current_user(request), section):
        raise PermissionDenied(f"Нужна роль «Менеджер» и доступ «{section.label}»")
    return section


def get_editable_company(request: HttpRequest, slug: str, pk: int) -> tuple[Section, Client]:
    """A client whose contacts the user can edit. 404 in sections without separate contacts."""
    section = require_editable_section(request, slug)
    if section.is_for_persons:
        raise Http404
    return section, get_client(section, pk)


def get_client(section: Section, pk: int) -> Client:
    """The client. 404 if it is not in the section."""
    return get_object_or_404(Client.objects.of_kinds(section.kinds), pk=pk)


def get_contact(client: Client, pk: int) -> tuple[Contact, ContactVersion]:
    """The client's contact with its current version. 404 if there is none."""
    contact = get_object_or_404(Contact.objects.of_client(client), pk=pk)
    if contact.current is None:
        raise Http404
    return contact, contact.current


def get_own_contact(client: Client) -> tuple[Contact, ContactVersion]:
    """The contact of a client who signs for themselves. 404 if the card has none."""
    contact = Contact.objects.of_client(client).first()
    if contact is None or contact.current is None:
        raise Http404
    return contact, contact.current
