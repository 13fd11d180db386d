"""Edits of clients who sign for themselves."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clients.screens.access import (
    current_user,
    get_client,
    get_own_contact,
    require_editable_section,
)
from clients.screens.forms import PersonEditForm
from clients.screens.presentation import describe_other_clients
from clients.screens.views.common import add_toast, redirect_to_card, section_context
from clients.screens.views.edits import save_edit


@require_http_methods(["GET", "HEAD", "POST"])
def edit_person(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """«Редактировать» → «Сохранить»: adds a version of the person's data."""
    section = require_editable_section(request, slug)
    if not section.is_for_persons:
        raise Http404
    client = get_client(section, pk)
    contact, version = get_own_contact(client)
    form = PersonEditForm.for_version(version, request.POST or None)
    context: dict[str, Any] = {**section_context(request, section), "client": client, "form": form}
    context["contact_pk"] = contact.pk
    context["other_clients"] = describe_other_clients(contact.links.count() - 1)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        result = save_edit(form, contact, actor=current_user(request), person=client)
        if result.version is not None:
            add_toast(request, "Сохранено")
            return redirect_to_card(section, client)
        context["changes"], status = result.changes, result.status
    return render(request, "clients/person_edit.html", context, status=status)
