"""What a request may reach in «Управление»: 403 for want of a right, 404 for a card elsewhere."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from clients.models import Client, Contact, ContactVersion
from clients.screens.sections import BY_SLUG, Section, may_edit, readable_sections

NO_SECTIONS = "Чтобы видеть карточки, нужна роль и доступ к типу заданий"


def user_of(request: HttpRequest) -> User:
    """Who is logged in. LoginRequiredMiddleware lets nobody else get here."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def sections_of(request: HttpRequest) -> list[Section]:
    """The tabs for this person, at least one."""
    sections = readable_sections(user_of(request))
    if not sections:
        raise PermissionDenied(NO_SECTIONS)
    return sections


def readable_section(request: HttpRequest, slug: str) -> Section:
    """The tab, when this person may look into it."""
    section = BY_SLUG[slug]
    if section not in sections_of(request):
        raise PermissionDenied(f"Нужен доступ «{section.label}»")
    return section


def editable_section(request: HttpRequest, slug: str) -> Section:
    """The tab, when this person may add and change cards there."""
    section = readable_section(request, slug)
    if not may_edit(user_of(request), section):
        raise PermissionDenied(f"Нужна роль «Менеджер» и доступ «{section.label}»")
    return section


def editable_company(request: HttpRequest, slug: str, pk: int) -> tuple[Section, Client]:
    """A card whose contacts this person may change. One who signs in person has none: 404."""
    section = editable_section(request, slug)
    if section.of_persons:
        raise Http404
    return section, client_in(section, pk)


def client_in(section: Section, pk: int) -> Client:
    """The card, when it is one of this tab."""
    return get_object_or_404(Client.objects.of_kinds(section.kinds), pk=pk)


def contact_of(client: Client, pk: int) -> tuple[Contact, ContactVersion]:
    """The client's contact and its newest version."""
    contact = get_object_or_404(Contact.objects.linked_to(client), pk=pk)
    if contact.current is None:
        raise Http404
    return contact, contact.current


def own_contact(client: Client) -> tuple[Contact, ContactVersion]:
    """The contact of one who signs in person: himself. 404 when the card has none."""
    contact = Contact.objects.linked_to(client).first()
    if contact is None or contact.current is None:
        raise Http404
    return contact, contact.current
