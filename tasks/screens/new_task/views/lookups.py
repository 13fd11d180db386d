"""What the form asks for while it is filled in: the client, the contact, «Проверка ЛС»."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from clients.models.search_text import MAX_SEARCH_LENGTH
from clients.screens.access import current_user
from econtract.platform.common.errors import Unavailable
from tasks.actions import drafts
from tasks.channels import TaskSender
from tasks.screens.new_task import account_check, contacts, recipients
from tasks.screens.new_task.companies import search_companies
from tasks.screens.new_task.company_section import CONTACT_PREFIX
from tasks.screens.new_task.contacts import CONTACT_NOT_FOUND, NEW_CONTACT
from tasks.screens.new_task.field_values import FieldValues, get_value, has_value, read_values
from tasks.screens.new_task.form_state import build_form_state, field_names
from tasks.screens.new_task.person_section import PERSON_PREFIX
from tasks.screens.new_task.saving import check_account as check_account_of
from tasks.screens.new_task.saving import save_form
from tasks.screens.new_task.views.conflicts import handle_draft_conflicts
from tasks.screens.new_task.views.requests import (
    get_form_kind,
    read_page_version,
    save_posted_form,
)
from tasks.screens.new_task.views.responses import (
    CLIENT_SEARCH,
    CONTACT_SEARCH,
    render_changes,
)


@require_safe
def client_options(request: HttpRequest, slug: str) -> HttpResponse:
    """The options under «Наименование клиента» while the user types."""
    kind = get_form_kind(request, slug)
    options, message = search_companies(
        kind.section, request.GET.get("client_q", "")[:MAX_SEARCH_LENGTH]
    )
    context = {
        "id": "id_client",
        "options": options,
        "empty": message,
        "more": message if options else "",
    }
    response = render(request, "components/forms/combobox_options.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@handle_draft_conflicts
def find_client(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask CDI about the chosen client again; without JavaScript also search for clients."""
    kind = get_form_kind(request, slug)
    state = save_posted_form(request, kind, refresh=True)
    if kind.is_for_persons:
        anchor, field = "person-section", "#id_person-inn"
    else:
        anchor, field = "client-section", "#id_client"
    return render_changes(request, state, anchor=anchor, search=CLIENT_SEARCH, focus_if_lost=field)


@require_POST
@handle_draft_conflicts
def find_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """«Найти»: choose the contact with the phone, linked to the client or not."""

    def choose(values: FieldValues) -> str:
        contact = contacts.find_contact(get_value(values, "contact_phone"))
        if contact is None:
            return CONTACT_NOT_FOUND
        values["contact"], values["contact_phone"] = [contact.phone], [""]
        return ""

    return _change_contact(request, slug, choose)


@require_POST
@handle_draft_conflicts
def add_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """«Добавить»: the fields of a new contact, with the phone that was searched for."""

    def add(values: FieldValues) -> str:
        phone_field = f"{CONTACT_PREFIX}-phone"
        if not has_value(values, phone_field):
            values[phone_field] = [get_value(values, "contact_phone")]
        values["contact"], values["contact_phone"] = [NEW_CONTACT], [""]
        return ""

    return _change_contact(request, slug, add, focus=f"#id_{CONTACT_PREFIX}-surname")


@require_POST
@handle_draft_conflicts
def link_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """«Привязать»: an existing contact instead of the one that is being typed in."""
    kind = get_form_kind(request, slug)

    def link(values: FieldValues) -> str:
        contact = contacts.find_contact(request.POST.get("link_phone", ""))
        if contact is None:
            return CONTACT_NOT_FOUND
        if not kind.is_for_persons:
            values["contact"] = [contact.phone]
            return ""
        values["link"] = [contact.phone]
        for name, value in contacts.current_field_values(contact).items():
            if value:
                values[f"{PERSON_PREFIX}-{name}"] = [value]
        return ""

    return _change_contact(request, slug, link)


def _change_contact(
    request: HttpRequest, slug: str, change: Callable[[FieldValues], str], *, focus: str = ""
) -> HttpResponse:
    """Apply ``change`` to the posted values and save them.

    ``change`` returns a message for the search field, "" if there is nothing to say.
    """
    kind, user = get_form_kind(request, slug), current_user(request)
    values = read_values(request.POST, field_names(kind))
    message = change(values)
    page_version = read_page_version(request)
    draft = drafts.find_draft(user, kind.task_type, page_version.submission_key)
    state = build_form_state(kind, user, values, draft)
    state = save_form(state, page_version)
    anchor = "person-section" if kind.is_for_persons else "contact-section"
    return render_changes(
        request,
        state,
        anchor=anchor,
        search=CONTACT_SEARCH if message else "",
        announcement=message,
        focus=focus,
        focus_if_lost=f"#{anchor} input:is(:checked, [name=person-inn]), #contact-list input",
        contact_note=message,
    )


@require_POST
@handle_draft_conflicts
def check_account(request: HttpRequest, slug: str) -> HttpResponse:
    """«Проверка ЛС»: validate the number, then ask ЕИП with no transaction open."""
    kind = get_form_kind(request, slug)
    state = save_posted_form(request, kind)
    anchor = "account-block"
    if not state.account_number:
        errors = " ".join(str(error) for error in state.form.errors["account_number"])
        return render_changes(request, state, anchor=anchor, announcement=errors)
    if not state.client_section.inn:
        message = account_check.NO_CLIENT
        return render_changes(
            request, state, anchor=anchor, announcement=message, account_note=message
        )
    check_account_of(state)
    status = state.account_status
    return render_changes(request, state, anchor=anchor, announcement=status.text)


@require_POST
@handle_draft_conflicts
def check_recipient(request: HttpRequest, slug: str) -> HttpResponse:
    """«Проверить ящик клиента»: ask the operator with no transaction open."""
    kind = get_form_kind(request, slug)
    state = save_posted_form(request, kind)
    anchor = "recipient-block"
    box, signatory = state.signing_options.box, state.signing_options.signatory
    if not state.recipient.inn or box is None or signatory is None:
        message = recipients.NO_PARTIES
        return render_changes(
            request, state, anchor=anchor, announcement=message, recipient_note=message
        )
    try:
        options = recipients.query_options(TaskSender(box, signatory), state.recipient)
    except Unavailable:
        message = recipients.NO_RESPONSE
        return render_changes(
            request, state, anchor=anchor, announcement=message, recipient_note=message
        )
    drafts.record_recipient_options(
        draft=state.draft, options=options, check_input=state.recipient_check_input
    )
    return render_changes(request, state, anchor=anchor, announcement=state.recipient_choice.text)
