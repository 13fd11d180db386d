"""The lists of «Управление» and the client's card (manual, chapter 3)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from clients import actions
from clients.gateways.cdi import cdi
from clients.models import Client, Contact
from clients.screens.access import (
    client_in,
    editable_section,
    readable_section,
    sections_of,
    user_of,
)
from clients.screens.paging import page_of
from clients.screens.presentation import contact_rows, personal_details, requisites, state_badge
from clients.screens.sections import Section
from clients.screens.views.frame import CDI_DOWN, done, frame, to_card
from clients.usability import NOT_FOUND
from econtract.platform.common.errors import OutsideError
from econtract.platform.common.htmx import render_page

MANY_CONTACTS = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """«Управление»: the first tab that this person has."""
    return redirect("clients:list", sections_of(request)[0].slug)


@require_safe
def client_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Search by name, ИНН, ОГРН, ОГРНИП."""
    section = readable_section(request, slug)
    query = request.GET.get("q", "").strip()
    page = page_of(request, Client.objects.of_kinds(section.kinds).search(query))
    context = {
        **frame(request, section),
        "query": query,
        "page": page,
        "rows": [(client, state_badge(client.state)) for client in page.rows],
    }
    return render_page(request, "clients/list.html", "clients/_results.html", context)


@require_safe
def card(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Requisites and contacts; `contacts` searches among them."""
    section = readable_section(request, slug)
    client = client_in(section, pk)
    if section.of_persons:
        return _person_card(request, section, client)
    return render_contacts(request, section, client)


def render_contacts(
    request: HttpRequest, section: Section, client: Client, *, undo_url: str = ""
) -> HttpResponse:
    """The company's card, or its block of contacts to htmx; with the toast of a broken link."""
    query = request.GET.get("contacts", "").strip()
    linked = Contact.objects.linked_to(client)
    count = linked.count()
    context = {
        **frame(request, section),
        "client": client,
        "badge": state_badge(client.state),
        "requisites": requisites(client),
        "contacts": contact_rows(linked.search(query) if query else linked),
        "contacts_query": query,
        "contacts_count": count,
        "searchable": count > MANY_CONTACTS or bool(query),
        "undo_url": undo_url,
    }
    return render_page(request, "clients/card.html", "clients/_contacts.html", context)


def _person_card(request: HttpRequest, section: Section, client: Client) -> HttpResponse:
    contact = Contact.objects.linked_to(client).first()
    version = contact.current if contact else None
    context = {
        **frame(request, section),
        "client": client,
        "badge": state_badge(client.state),
        "requisites": personal_details(client, version) if version else requisites(client),
        "editable_contact": version is not None,
    }
    return render(request, "clients/person_card.html", context)


@require_POST
def refresh(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """«Обновить из CDI»: the registration data as CDI has them now."""
    section = editable_section(request, slug)
    client = client_in(section, pk)
    try:
        organisation = cdi().get(client.inn, client.kpp)
    except OutsideError:
        messages.error(request, CDI_DOWN)
        return to_card(section, client)
    if organisation is None or organisation.kind != client.kind:
        messages.error(request, NOT_FOUND)
    else:
        actions.find_or_create_client(organisation=organisation, actor=user_of(request))
        done(request, "Данные обновлены из CDI")
    return to_card(section, client)
