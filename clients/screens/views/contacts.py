"""A company's contacts: add, link, edit, break and restore the link (manual, chapter 3)."""

from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import actions
from clients.actions import DuplicateContact
from clients.models import Client, Contact
from clients.screens import presentation
from clients.screens.access import contact_of, editable_company, user_of
from clients.screens.forms import ContactEditForm, ContactForm, PhoneSearchForm
from clients.screens.sections import Section
from clients.screens.views.cards import render_contacts
from clients.screens.views.edits import save_edit
from clients.screens.views.frame import done, frame, to_card
from clients.similar import similar_contacts
from econtract.platform.common.htmx import is_fragment, render_page

UNDO_SALT = "clients.unlink"
UNDO_WITHIN_SECONDS = 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def add_contact(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """«Добавить»: find a contact by phone, or type in a new one."""
    section, client = editable_company(request, slug, pk)
    search = PhoneSearchForm(request.GET if "phone" in request.GET else None, auto_id="find-%s")
    form = ContactForm(request.POST or None, initial={"phone": request.GET.get("phone", "")})
    context: dict[str, Any] = {**frame(request, section), "client": client}
    context |= {"form": form, "search": search}
    status = 422 if form.errors or search.errors else 200
    if request.method == "POST" and form.is_valid():
        context |= _similar(request, form)
        if not context["similar_contacts"]:
            try:
                actions.add_contact(client=client, facts=form.facts(), actor=user_of(request))
            except DuplicateContact as error:
                form.add_error("phone", str(error))
                context["duplicate"] = presentation.suggestion(error.contact)
            else:
                done(request, "Контакт добавлен")
                return to_card(section, client)
        status = 422
    elif search.is_valid():
        context |= _found_by_phone(search.cleaned_data["phone"])
    return render(request, "clients/contact_add.html", context, status=status)


@require_POST
def link_contact(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """«Привязать»: by phone, so that nobody walks through contacts by their numbers."""
    section, client = editable_company(request, slug, pk)
    contact = actions.find_by_phone(request.POST.get("link_phone", ""))
    if contact is None:
        raise Http404
    actions.link_contact(client=client, contact=contact, actor=user_of(request))
    done(request, "Контакт привязан")
    return to_card(section, client)


@require_safe
def contact(request: HttpRequest, slug: str, pk: int, contact_pk: int) -> HttpResponse:
    """One row as it was before «Редактировать»; without htmx the whole card."""
    section, client = editable_company(request, slug, pk)
    if not is_fragment(request):
        return to_card(section, client)
    return _row(request, section, client, contact_pk, saved=False)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_contact(request: HttpRequest, slug: str, pk: int, contact_pk: int) -> HttpResponse:
    """«Редактировать» → «Сохранить»: a row that turns into a form and back."""
    section, client = editable_company(request, slug, pk)
    found, version = contact_of(client, contact_pk)
    form = ContactEditForm.over(version, request.POST or None)
    context: dict[str, Any] = {**frame(request, section), "client": client, "form": form}
    context["contact_pk"] = found.pk
    context["shared"] = presentation.shared_note(found.links.count() - 1)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        saved = save_edit(form, found, actor=user_of(request))
        if saved.version is not None:
            return _saved(request, section, client, contact_pk)
        context["changes"], status = saved.changes, saved.status
    return render_page(
        request,
        "clients/contact_edit.html",
        "clients/_contact_form_row.html",
        context,
        status=status,
    )


@require_POST
def unlink_contact(request: HttpRequest, slug: str, pk: int, contact_pk: int) -> HttpResponse:
    """«Удалить связь»: at once, with «Отменить» in the toast."""
    section, client = editable_company(request, slug, pk)
    found, _ = contact_of(client, contact_pk)
    actions.unlink_contact(client=client, contact=found, actor=user_of(request))
    token = signing.dumps([client.pk, found.pk], salt=UNDO_SALT)
    undo_url = reverse("clients:contact_relink", args=[section.slug, client.pk, token])
    if is_fragment(request):
        return render_contacts(request, section, client, undo_url=undo_url)
    done(request, "Связь удалена", undo_url=undo_url)
    return to_card(section, client)


@require_POST
def relink_contact(request: HttpRequest, slug: str, pk: int, token: str) -> HttpResponse:
    """«Отменить» in the toast of a broken link; works for a day."""
    section, client = editable_company(request, slug, pk)
    try:
        client_pk, contact_pk = signing.loads(token, salt=UNDO_SALT, max_age=UNDO_WITHIN_SECONDS)
    except signing.BadSignature:
        raise Http404 from None
    if client_pk != client.pk:
        raise Http404
    found = get_object_or_404(Contact, pk=contact_pk)
    actions.link_contact(client=client, contact=found, actor=user_of(request))
    done(request, "Связь восстановлена")
    return to_card(section, client)


def _similar(request: HttpRequest, form: ContactForm) -> dict[str, Any]:
    """Contacts that the new one resembles; nothing once the user said it is another person."""
    if request.POST.get("confirmed"):
        return {"similar_contacts": []}
    facts = form.facts()
    others = [item for item in similar_contacts(facts) if item.phone != facts.phone]
    return {"similar_contacts": presentation.suggestions(others)}


def _found_by_phone(phone: str) -> dict[str, Any]:
    found = actions.find_by_phone(phone)
    if found is None:
        return {"nothing": "Контакта с таким телефоном нет. Заполните данные нового"}
    return {"found": presentation.suggestion(found)}


def _saved(request: HttpRequest, section: Section, client: Client, pk: int) -> HttpResponse:
    if is_fragment(request):
        return _row(request, section, client, pk, saved=True)
    done(request, "Сохранено")
    return redirect(f"{reverse('clients:card', args=[section.slug, client.pk])}#contact-{pk}")


def _row(
    request: HttpRequest, section: Section, client: Client, pk: int, *, saved: bool
) -> HttpResponse:
    [row] = presentation.contact_rows(Contact.objects.linked_to(client).filter(pk=pk))
    context = {**frame(request, section), "client": client, "row": row, "saved": saved}
    template = "clients/_contact_row.html"
    return render_page(request, template, template, context)
