"""How documents decline the name of a contact."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.rules.name_cases import CASES, decline_contact
from clients.screens.access import (
    current_user,
    get_client,
    get_contact,
    require_editable_section,
)
from clients.screens.forms import DeclinedNameForm
from clients.screens.views.common import add_toast, redirect_to_card, section_context


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, slug: str, pk: int, contact_pk: int) -> HttpResponse:
    """«Склонение имени»: what the rules make of it, to be corrected by hand."""
    section = require_editable_section(request, slug)
    client = get_client(section, pk)
    contact, version = get_contact(client, contact_pk)
    initial = {case: decline_contact(contact, case) for case in CASES}
    form = DeclinedNameForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.save_declined_name(
            contact=contact, forms=form.cleaned_data, actor=current_user(request)
        )
        add_toast(request, "Сохранено")
        return redirect_to_card(section, client)
    context = {
        **section_context(request, section),
        "client": client,
        "form": form,
        "full_name": version.full_name,
    }
    status = 422 if form.errors else 200
    return render(request, "clients/declined_name.html", context, status=status)
