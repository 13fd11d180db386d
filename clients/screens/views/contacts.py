"""A company's contacts: add, link, edit, unlink, relink (docs/rules.md#client-directory)."""

from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import actions
from clients.actions import DuplicateContact
from clients.models import Client, Contact
from clients.rules.similarity import find_same_persons
from clients.screens import presentation
from clients.screens.access import current_user, get_contact, get_editable_company
from clients.screens.forms import ContactEditForm, ContactForm, PhoneSearchForm
from clients.screens.sections import Section
from clients.screens.views.cards import render_contacts
from clients.screens.views.common import add_toast, redirect_to_card, section_context
from clients.screens.views.edits import save_edit
from econtract.platform.common.htmx import is_fragment, render_page

UNDO_SALT = "clients.unlink"
UNDO_MAX_AGE = 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def add_contact(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """«Добавить»: links an existing contact by phone, or creates one."""
    section, client = get_editable_company(request, slug, pk)
    search = PhoneSearchForm(request.GET if "phone" in request.GET else None, auto_id="find-%s")
    form = ContactForm(request.POST or None, initial={"phone": request.GET.get("phone", "")})
    context: dict[str, Any] = {**section_context(request, section), "client": client}
    context |= {"form": form, "search": search}
    status = 422 if form.errors or search.errors else 200
    if request.method == "POST" and form.is_valid():
        context |= _find_similar(request, form)
        if not context["similar_contacts"]:
            try:
                actions.add_contact(
                    client=client, details=form.details(), actor=current_user(request)
                )
            except DuplicateContact as error:
                form.add_error("phone", str(error))
                context["duplicate"] = presentation.contact_option(error.contact)
            else:
                add_toast(request, "Контакт добавлен")
                return redirect_to_card(section, client)
        status = 422
    elif search.is_valid():
        context |= _find_by_phone(search.cleaned_data["phone"])
    return render(request, "clients/contact_add.html", context, status=status)


@require_POST
def link_contact(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """«Привязать»: by phone, because ids could be guessed."""
    section, client = get_editable_company(request, slug, pk)
    contact = actions.find_by_phone(request.POST.get("link_phone", ""))
    if contact is None:
        raise Http404
    actions.link_contact(client=client, contact=contact, actor=current_user(request))
    add_toast(request, "Контакт привязан")
    return redirect_to_card(section, client)


@require_safe
def contact_row(request: HttpRequest, slug: str, pk: int, contact_pk: int) -> HttpResponse:
    """One row without its form, for htmx; redirects to the card otherwise."""
    section, client = get_editable_company(request, slug, pk)
    if not is_fragment(request):
        return redirect_to_card(section, client)
    return _render_row(request, section, client, contact_pk, saved=False)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_contact(request: HttpRequest, slug: str, pk: int, contact_pk: int) -> HttpResponse:
    """«Редактировать» → «Сохранить»: the row becomes a form and then a row again."""
    section, client = get_editable_company(request, slug, pk)
    contact, version = get_contact(client, contact_pk)
    form = ContactEditForm.for_version(version, request.POST or None)
    context: dict[str, Any] = {**section_context(request, section), "client": client, "form": form}
    context["contact_pk"] = contact.pk
    context["other_clients"] = presentation.describe_other_clients(contact.links.count() - 1)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        result = save_edit(form, contact, actor=current_user(request))
        if result.version is not None:
            return _respond_saved(request, section, client, contact_pk)
        context["changes"], status = result.changes, result.status
    return render_page(
        request,
        "clients/contact_edit.html",
        "clients/_contact_form_row.html",
        context,
        status=status,
    )


@require_POST
def unlink_contact(request: HttpRequest, slug: str, pk: int, contact_pk: int) -> HttpResponse:
    """«Удалить связь»: without confirmation, with «Отменить» in the toast."""
    section, client = get_editable_company(request, slug, pk)
    contact, _ = get_contact(client, contact_pk)
    actions.unlink_contact(client=client, contact=contact, actor=current_user(request))
    token = signing.dumps([client.pk, contact.pk], salt=UNDO_SALT)
    undo_url = reverse("clients:contact_relink", args=[section.slug, client.pk, token])
    if is_fragment(request):
        return render_contacts(request, section, client, undo_url=undo_url)
    add_toast(request, "Связь удалена", undo_url=undo_url)
    return redirect_to_card(section, client)


@require_POST
def relink_contact(request: HttpRequest, slug: str, pk: int, token: str) -> HttpResponse:
    """«Отменить» in the toast after `unlink_contact`; works for a day."""
    section, client = get_editable_company(request, slug, pk)
    try:
        client_pk, contact_pk = signing.loads(token, salt=UNDO_SALT, max_age=UNDO_MAX_AGE)
    except signing.BadSignature:
        raise Http404 from None
    if client_pk != client.pk:
        raise Http404
    contact = get_object_or_404(Contact, pk=contact_pk)
    actions.link_contact(client=client, contact=contact, actor=current_user(request))
    add_toast(request, "Связь восстановлена")
    return redirect_to_card(section, client)


def _find_similar(request: HttpRequest, form: ContactForm) -> dict[str, Any]:
    """Contacts who seem to be the new one; none after the user has said that it is another."""
    if request.POST.get("confirmed"):
        return {"similar_contacts": []}
    details = form.details()
    contacts = find_same_persons(details)
    return {"similar_contacts": presentation.contact_options(contacts)}


def _find_by_phone(phone: str) -> dict[str, Any]:
    match = actions.find_by_phone(phone)
    if match is None:
        return {"empty_message": "Контакта с таким телефоном нет. Заполните данные нового"}
    return {"match": presentation.contact_option(match)}


def _respond_saved(request: HttpRequest, section: Section, client: Client, pk: int) -> HttpResponse:
    if is_fragment(request):
        return _render_row(request, section, client, pk, saved=True)
    add_toast(request, "Сохранено")
    return redirect(f"{reverse('clients:card', args=[section.slug, client.pk])}#contact-{pk}")


def _render_row(
    request: HttpRequest, section: Section, client: Client, pk: int, *, saved: bool
) -> HttpResponse:
    [row] = presentation.contact_rows(Contact.objects.of_client(client).filter(pk=pk))
    context = {**section_context(request, section), "client": client, "row": row, "saved": saved}
    template = "clients/_contact_row.html"
    return render_page(request, template, template, context)
