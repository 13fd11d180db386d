"""Adding clients: companies come from CDI, persons are typed in."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.actions import DuplicateContact
from clients.gateways.cdi import Organisation, cdi
from clients.models import Client
from clients.models.search_text import MAX_SEARCH_LENGTH
from clients.rules.similarity import find_same_persons, find_similar_clients
from clients.rules.usability import NOT_FOUND, check_usable
from clients.screens import presentation
from clients.screens.access import current_user, require_editable_section
from clients.screens.forms import PersonForm
from clients.screens.sections import Section
from clients.screens.views.common import (
    CDI_UNAVAILABLE,
    add_toast,
    redirect_to_card,
    section_context,
)
from econtract.platform.common.errors import OutsideError
from econtract.platform.common.htmx import render_page


@dataclass(frozen=True)
class CdiMatch:
    """An organisation in CDI.

    ``client`` is its card, if it has one. ``reason`` says why tasks cannot be created with it.
    """

    organisation: Organisation
    badge: presentation.Badge
    client: Client | None
    reason: str | None


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """«Добавить клиента», «…самозанятого», «…агента ДГПХ»."""
    section = require_editable_section(request, slug)
    if section.is_for_persons:
        return _add_person(request, section)
    if request.method == "POST":
        return _add_company(request, section)
    return _search_companies(request, section, request.GET.get("q", "").strip()[:MAX_SEARCH_LENGTH])


def _search_companies(
    request: HttpRequest, section: Section, query: str, *, error: str = ""
) -> HttpResponse:
    matches: list[CdiMatch] = []
    if query and not error:
        try:
            matches = _match_clients(section, cdi().search(query))
        except OutsideError:
            error = CDI_UNAVAILABLE
    context = {
        **section_context(request, section),
        "query": query,
        "matches": matches,
        "empty_message": NOT_FOUND if query and not matches and not error else "",
        "errors": [{"href": "#id_q", "text": error}] if error else [],
    }
    return render_page(
        request,
        "clients/add_company.html",
        "clients/_cdi_results.html",
        context,
        status=422 if error else 200,
    )


def _match_clients(section: Section, organisations: list[Organisation]) -> list[CdiMatch]:
    """The organisations of the section's kinds, with their cards."""
    organisations = [item for item in organisations if item.kind in section.kinds]
    clients = Client.objects.filter(inn__in={item.inn for item in organisations})
    by_key = {(client.inn, client.kpp, client.kind): client for client in clients}
    return [
        CdiMatch(
            organisation=item,
            badge=presentation.state_badge(item),
            client=by_key.get((item.inn, item.kpp, item.kind)),
            reason=check_usable(item),
        )
        for item in organisations
    ]


def _add_company(request: HttpRequest, section: Section) -> HttpResponse:
    inn, kpp = request.POST.get("inn", ""), request.POST.get("kpp", "")
    try:
        organisation = cdi().get(inn, kpp) if inn.isascii() and inn.isdigit() else None
    except OutsideError:
        return _search_companies(request, section, inn, error=CDI_UNAVAILABLE)
    if organisation is None or organisation.kind not in section.kinds:
        return _search_companies(request, section, inn, error=NOT_FOUND)
    if reason := check_usable(organisation):
        return _search_companies(request, section, inn, error=reason)
    client, created = actions.find_or_create_client(
        organisation=organisation, actor=current_user(request)
    )
    add_toast(request, "Карточка создана" if created else "Клиент уже есть в базе")
    return redirect_to_card(section, client)


def _add_person(request: HttpRequest, section: Section) -> HttpResponse:
    form = PersonForm(request.POST or None)
    context: dict[str, Any] = {**section_context(request, section), "form": form}
    if request.method == "POST" and form.is_valid():
        context |= _find_similar(request, section, form)
        if not (form.errors or context["similar_clients"] or context["similar_contacts"]):
            try:
                client = _create_person(request, section, form)
            except DuplicateContact as error:
                form.add_error("phone", str(error))
                context["duplicate"] = presentation.contact_option(error.contact)
            else:
                add_toast(request, "Карточка создана")
                return redirect_to_card(section, client)
    status = 422 if request.method == "POST" else 200
    return render(request, "clients/add_person.html", context, status=status)


def _find_similar(request: HttpRequest, section: Section, form: PersonForm) -> dict[str, Any]:
    """Template variables with similar clients and same contacts, to be looked at first.

    The user can confirm that they are others, but not clients with the same ИНН.
    """
    details, inn = form.details(), form.cleaned_data["inn"]
    clients = [
        client
        for client in find_similar_clients(inn=inn, name=details.full_name)
        if client.kind in section.kinds
    ]
    if same := [client for client in clients if client.inn == inn]:
        form.add_error("inn", "Карточка с таким ИНН уже есть")
        return {"similar_clients": same, "similar_contacts": []}
    if request.POST.get("confirmed") or request.POST.get("link_phone"):
        return {"similar_clients": [], "similar_contacts": []}
    contacts = find_same_persons(details)
    return {
        "similar_clients": clients,
        "similar_contacts": presentation.contact_options(contacts),
    }


def _create_person(request: HttpRequest, section: Section, form: PersonForm) -> Client:
    """The card; of an existing contact after «Привязать». Raises DuplicateContact."""
    actor, inn = current_user(request), form.cleaned_data["inn"]
    phone = request.POST.get("link_phone", "")
    contact = actions.find_by_phone(phone) if phone else None
    if contact is not None:
        client, _ = actions.find_or_create_person_of(
            kind=section.new_kind, inn=inn, contact=contact, actor=actor
        )
    else:
        client, _ = actions.find_or_create_person(
            kind=section.new_kind, inn=inn, details=form.details(), actor=actor
        )
    return client
