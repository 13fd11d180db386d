"""New cards: companies come from CDI, those who sign in person are typed in."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.actions import DuplicateContact
from clients.gateways.cdi import Organisation, cdi
from clients.models import Client
from clients.screens import presentation
from clients.screens.access import editable_section, user_of
from clients.screens.forms import PersonForm
from clients.screens.sections import Section
from clients.screens.views.frame import CDI_DOWN, done, frame, to_card
from clients.similar import similar_clients, similar_contacts
from clients.usability import NOT_FOUND, why_unusable
from econtract.platform.common.errors import OutsideError
from econtract.platform.common.htmx import render_page


@dataclass(frozen=True)
class Found:
    """One organisation of a CDI search: with its card, or why it is of no use."""

    organisation: Organisation
    badge: presentation.Badge
    client: Client | None
    reason: str | None


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """«Добавить клиента», «…самозанятого», «…агента ДГПХ»."""
    section = editable_section(request, slug)
    if section.of_persons:
        return _add_person(request, section)
    if request.method == "POST":
        return _take_company(request, section)
    return _find_company(request, section, request.GET.get("q", "").strip())


def _find_company(
    request: HttpRequest, section: Section, query: str, *, error: str = ""
) -> HttpResponse:
    found: list[Found] = []
    if query and not error:
        try:
            found = _with_cards(section, cdi().search(query))
        except OutsideError:
            error = CDI_DOWN
    context = {
        **frame(request, section),
        "query": query,
        "found": found,
        "nothing": NOT_FOUND if query and not found and not error else "",
        "errors": [{"href": "#id_q", "text": error}] if error else [],
    }
    return render_page(
        request,
        "clients/add_company.html",
        "clients/_cdi_results.html",
        context,
        status=422 if error else 200,
    )


def _with_cards(section: Section, organisations: list[Organisation]) -> list[Found]:
    fitting = [item for item in organisations if item.kind in section.kinds]
    known = Client.objects.filter(inn__in={item.inn for item in fitting})
    cards = {(client.inn, client.kpp, client.kind): client for client in known}
    return [
        Found(
            organisation=item,
            badge=presentation.state_badge(item.state),
            client=cards.get((item.inn, item.kpp, item.kind)),
            reason=why_unusable(item),
        )
        for item in fitting
    ]


def _take_company(request: HttpRequest, section: Section) -> HttpResponse:
    inn, kpp = request.POST.get("inn", ""), request.POST.get("kpp", "")
    try:
        organisation = cdi().get(inn, kpp) if inn.isascii() and inn.isdigit() else None
    except OutsideError:
        return _find_company(request, section, inn, error=CDI_DOWN)
    if organisation is None or organisation.kind not in section.kinds:
        return _find_company(request, section, inn, error=NOT_FOUND)
    if reason := why_unusable(organisation):
        return _find_company(request, section, inn, error=reason)
    client, created = actions.find_or_create_client(
        organisation=organisation, actor=user_of(request)
    )
    done(request, "Карточка создана" if created else "Клиент уже есть в базе")
    return to_card(section, client)


def _add_person(request: HttpRequest, section: Section) -> HttpResponse:
    form = PersonForm(request.POST or None)
    context: dict[str, Any] = {**frame(request, section), "form": form}
    if request.method == "POST" and form.is_valid():
        context |= _similar(request, section, form)
        if not (form.errors or context["similar_clients"] or context["similar_contacts"]):
            try:
                client = _create(request, section, form)
            except DuplicateContact as error:
                form.add_error("phone", str(error))
                context["duplicate"] = presentation.suggestion(error.contact)
            else:
                done(request, "Карточка создана")
                return to_card(section, client)
    status = 422 if request.method == "POST" else 200
    return render(request, "clients/add_person.html", context, status=status)


def _similar(request: HttpRequest, section: Section, form: PersonForm) -> dict[str, Any]:
    """Whom the new card resembles. The same ИНН here stops it; the rest may be waved through."""
    facts, inn = form.facts(), form.cleaned_data["inn"]
    cards = [
        card
        for card in similar_clients(inn=inn, name=facts.full_name)
        if card.kind in section.kinds
    ]
    if same := [card for card in cards if card.inn == inn]:
        form.add_error("inn", "Карточка с таким ИНН уже есть")
        return {"similar_clients": same, "similar_contacts": []}
    if request.POST.get("confirmed") or request.POST.get("link_phone"):
        return {"similar_clients": [], "similar_contacts": []}
    contacts = [contact for contact in similar_contacts(facts) if contact.phone != facts.phone]
    return {
        "similar_clients": cards,
        "similar_contacts": presentation.suggestions(contacts),
    }


def _create(request: HttpRequest, section: Section, form: PersonForm) -> Client:
    """The card, for an existing contact when «Привязать» chose one. Raises DuplicateContact."""
    actor, inn = user_of(request), form.cleaned_data["inn"]
    phone = request.POST.get("link_phone", "")
    contact = actions.find_by_phone(phone) if phone else None
    if contact is not None:
        client, _ = actions.find_or_create_person_of(
            kind=section.new_kind, inn=inn, contact=contact, actor=actor
        )
    else:
        client, _ = actions.find_or_create_person(
            kind=section.new_kind, inn=inn, facts=form.facts(), actor=actor
        )
    return client
