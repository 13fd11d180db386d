"""The lists of «Управление» and the client's card (docs/rules.md#client-directory)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from clients import actions
from clients.gateways.cdi import cdi
from clients.models import Client, Contact
from clients.models.search_text import MAX_SEARCH_LENGTH
from clients.rules.usability import NOT_FOUND, find_warning
from clients.screens.access import (
    current_user,
    get_client,
    require_editable_section,
    require_readable_section,
    require_sections,
)
from clients.screens.card_blocks import build_card_blocks
from clients.screens.pagination import paginate
from clients.screens.presentation import contact_rows, person_rows, registration_rows, state_badge
from clients.screens.sections import Section
from clients.screens.views.common import (
    CDI_UNAVAILABLE,
    add_toast,
    redirect_to_card,
    section_context,
)
from econtract.platform.common.errors import OutsideError
from econtract.platform.common.htmx import render_page

# With more contacts than this, the card has a search among them.
MAX_CONTACTS_WITHOUT_SEARCH = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """«Управление»: redirects to the first tab that the user can see."""
    return redirect("clients:list", require_sections(request)[0].slug)


@require_safe
def client_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Search by name, ИНН, ОГРН, ОГРНИП."""
    section = require_readable_section(request, slug)
    query = request.GET.get("q", "").strip()[:MAX_SEARCH_LENGTH]
    page = paginate(request, Client.objects.of_kinds(section.kinds).search(query))
    context = {
        **section_context(request, section),
        "query": query,
        "page": page,
        "rows": [(client, state_badge(client)) for client in page.rows],
    }
    return render_page(request, "clients/list.html", "clients/_results.html", context)


@require_safe
def card(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Registration data and contacts; ``?contacts=`` searches among the contacts."""
    section = require_readable_section(request, slug)
    client = get_client(section, pk)
    if section.is_for_persons:
        return _person_card(request, section, client)
    return render_contacts(request, section, client)


def render_contacts(
    request: HttpRequest, section: Section, client: Client, *, undo_url: str = ""
) -> HttpResponse:
    """The company's card, or only its contacts for htmx.

    ``undo_url`` shows the toast about an unlinked contact.
    """
    query = request.GET.get("contacts", "").strip()[:MAX_SEARCH_LENGTH]
    contacts = Contact.objects.of_client(client)
    count = contacts.count()
    context = {
        **section_context(request, section),
        "client": client,
        "badge": state_badge(client),
        "warning": find_warning(client),
        "details": registration_rows(client),
        "contacts": contact_rows(contacts.search(query) if query else contacts),
        "contacts_query": query,
        "contacts_count": count,
        "has_contact_search": count > MAX_CONTACTS_WITHOUT_SEARCH or bool(query),
        "undo_url": undo_url,
    }
    return render_page(request, "clients/card.html", "clients/_contacts.html", context)


def _person_card(request: HttpRequest, section: Section, client: Client) -> HttpResponse:
    contact = Contact.objects.of_client(client).first()
    version = contact.current if contact else None
    context = {
        **section_context(request, section),
        "client": client,
        "badge": state_badge(client),
        "warning": find_warning(client),
        "details": person_rows(client, version) if version else registration_rows(client),
        "has_contact": version is not None,
        "blocks": build_card_blocks(client, current_user(request)),
    }
    return render(request, "clients/person_card.html", context)


@require_POST
def refresh(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """«Обновить из CDI»: updates the registration data."""
    section = require_editable_section(request, slug)
    client = get_client(section, pk)
    try:
        organisation = cdi().get(client.inn, client.kpp)
    except OutsideError:
        messages.error(request, CDI_UNAVAILABLE)
        return redirect_to_card(section, client)
    if organisation is None or organisation.kind != client.kind:
        messages.error(request, NOT_FOUND)
    else:
        actions.find_or_create_client(organisation=organisation, actor=current_user(request))
        add_toast(request, "Данные обновлены из CDI")
    return redirect_to_card(section, client)
