"""The card of one who signs in person: самозанятый, агент."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from clients.screens.access import client_in, editable_section, own_contact, user_of
from clients.screens.forms import PersonEditForm
from clients.screens.presentation import shared_note
from clients.screens.views.edits import save_edit
from clients.screens.views.frame import done, frame, to_card


@require_http_methods(["GET", "HEAD", "POST"])
def edit_person(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """«Редактировать» → «Сохранить»: a new version of the person's data."""
    section = editable_section(request, slug)
    if not section.of_persons:
        raise Http404
    client = client_in(section, pk)
    contact, version = own_contact(client)
    form = PersonEditForm.over(version, request.POST or None)
    context: dict[str, Any] = {**frame(request, section), "client": client, "form": form}
    context["shared"] = shared_note(contact.links.count() - 1)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        saved = save_edit(form, contact, actor=user_of(request), person=client)
        if saved.version is not None:
            done(request, "Сохранено")
            return to_card(section, client)
        context["changes"], status = saved.changes, saved.status
    return render(request, "clients/person_edit.html", context, status=status)
