"""What the form asks on the way: the client, the contact, «Проверка ЛС»."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tasks.actions import drafts
from tasks.screens.common.requests import person_of
from tasks.screens.new_task import account_check, companies, contacts
from tasks.screens.new_task.company_section import PREFIX as NEW_CONTACT
from tasks.screens.new_task.contacts import CONTACT_NOT_FOUND, NEW
from tasks.screens.new_task.field_values import FieldValues, get_value, has_value, read_values
from tasks.screens.new_task.form_state import FormState, field_names
from tasks.screens.new_task.person_section import PREFIX as PERSON
from tasks.screens.new_task.views.common import (
    get_form_kind,
    handle_draft_conflicts,
    read_page_version,
    render_changes,
    save_form,
    save_posted_form,
)


@require_safe
def client_options(request: HttpRequest, slug: str) -> HttpResponse:
    """The list under «Наименование клиента» as one types."""
    kind = get_form_kind(request, slug)
    options, words = companies.search_companies(kind.section, request.GET.get("client_q", ""))
    context = {
        "id": "id_client",
        "options": options,
        "empty": words,
        "more": words if options else "",
    }
    response = render(request, "components/forms/combobox_options.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@handle_draft_conflicts
def find_client(request: HttpRequest, slug: str) -> HttpResponse:
    """«Найти» without a script; CDI is asked about the chosen client once more."""
    kind = get_form_kind(request, slug)
    state = save_posted_form(request, kind, ask=True)
    anchor, field = (
        ("person-section", "#id_person-inn")
        if kind.of_persons
        else (
            "client-section",
            "#id_client",
        )
    )
    return render_changes(request, state, anchor=anchor, find="client", refocus=field)


@require_POST
@handle_draft_conflicts
def find_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """«Найти» by phone: a contact that is not linked yet is chosen at once."""

    def choose(values: FieldValues) -> str:
        found = contacts.find_contact(get_value(values, "contact_phone"))
        if found is None:
            return CONTACT_NOT_FOUND
        values["contact"], values["contact_phone"] = [found.phone], [""]
        return ""

    return _change_contact(request, slug, choose)


@require_POST
@handle_draft_conflicts
def add_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """«Добавить»: the fields of a new contact, with the phone that was searched for."""

    def add(values: FieldValues) -> str:
        phone = f"{NEW_CONTACT}-phone"
        if not has_value(values, phone):
            values[phone] = [get_value(values, "contact_phone")]
        values["contact"], values["contact_phone"] = [NEW], [""]
        return ""

    return _change_contact(request, slug, add, focus=f"#id_{NEW_CONTACT}-surname")


@require_POST
@handle_draft_conflicts
def link_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """«Привязать»: the existing contact instead of the one being typed in."""
    kind = get_form_kind(request, slug)

    def link(values: FieldValues) -> str:
        found = contacts.find_contact(request.POST.get("link_phone", ""))
        if found is None:
            return CONTACT_NOT_FOUND
        if kind.of_persons:
            values["link"] = [found.phone]
            known = contacts.field_values_of(found)
            values.update({f"{PERSON}-{name}": [text] for name, text in known.items() if text})
        else:
            values["contact"] = [found.phone]
        return ""

    return _change_contact(request, slug, link)


def _change_contact(
    request: HttpRequest, slug: str, change: Callable[[FieldValues], str], *, focus: str = ""
) -> HttpResponse:
    """Does ``change`` to what was sent and keeps it; its words stand at the search field."""
    kind, user = get_form_kind(request, slug), person_of(request)
    values = read_values(request.POST, field_names(kind))
    note = change(values)
    state = FormState(kind, user, values, drafts.find_draft(user, kind.task_type))
    save_form(state, read_page_version(request))
    anchor = "person-section" if kind.of_persons else "contact-section"
    return render_changes(
        request,
        state,
        anchor=anchor,
        find="nobody" if note else "",
        said=note,
        focus=focus,
        refocus=f"#{anchor} input:is(:checked, [name=person-inn])",
        contact_note=note,
    )


@require_POST
@handle_draft_conflicts
def check_account(request: HttpRequest, slug: str) -> HttpResponse:
    """«Проверка ЛС»: the first check once more, then ЕИП with no transaction open."""
    kind = get_form_kind(request, slug)
    state = save_posted_form(request, kind)
    if not state.account:
        said_now = " ".join(str(text) for text in state.form.errors["account_number"])
        return render_changes(request, state, anchor="account-block", said=said_now)
    if not state.client_section.inn:
        note = account_check.NO_CLIENT
        return render_changes(request, state, anchor="account-block", said=note, account_note=note)
    outcome = account_check.query_account(state.account, state.client_section.inn)
    drafts.record_account_check(draft=state.draft, outcome=outcome, about=state.account_subject)
    return render_changes(request, state, anchor="account-block", said=state.account_status.text)
