"""What the form asks on the way: the client, the contact, «Проверка ЛС»."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tasks.actions import drafts
from tasks.screens.common.requests import person_of
from tasks.screens.new_task import accounts, companies, contacts
from tasks.screens.new_task.company_party import PREFIX as NEW_CONTACT
from tasks.screens.new_task.contacts import NEW, NOBODY
from tasks.screens.new_task.entry import Entry, names_of
from tasks.screens.new_task.person_party import PREFIX as PERSON
from tasks.screens.new_task.values import Values, one, read, said
from tasks.screens.new_task.views.common import (
    answer,
    keep,
    kind_of,
    mark_of,
    save_entry,
    tells_conflicts,
)


@require_safe
def client_options(request: HttpRequest, slug: str) -> HttpResponse:
    """The list under «Наименование клиента» as one types."""
    kind = kind_of(request, slug)
    options, words = companies.options(kind.section, request.GET.get("client_q", ""))
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
@tells_conflicts
def find_client(request: HttpRequest, slug: str) -> HttpResponse:
    """«Найти» without a script; CDI is asked about the chosen client once more."""
    kind = kind_of(request, slug)
    entry = keep(request, kind, ask=True)
    anchor, field = (
        ("person-section", "#id_person-inn")
        if kind.of_persons
        else (
            "client-section",
            "#id_client",
        )
    )
    return answer(request, entry, anchor=anchor, find="client", refocus=field)


@require_POST
@tells_conflicts
def find_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """«Найти» by phone: a contact that is not linked yet is chosen at once."""

    def choose(values: Values) -> str:
        found = contacts.owner_of(one(values, "contact_phone"))
        if found is None:
            return NOBODY
        values["contact"], values["contact_phone"] = [found.phone], [""]
        return ""

    return _change_contact(request, slug, choose)


@require_POST
@tells_conflicts
def add_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """«Добавить»: the fields of a new contact, with the phone that was searched for."""

    def add(values: Values) -> str:
        phone = f"{NEW_CONTACT}-phone"
        if not said(values, phone):
            values[phone] = [one(values, "contact_phone")]
        values["contact"], values["contact_phone"] = [NEW], [""]
        return ""

    return _change_contact(request, slug, add, focus=f"#id_{NEW_CONTACT}-surname")


@require_POST
@tells_conflicts
def link_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """«Привязать»: the existing contact instead of the one being typed in."""
    kind = kind_of(request, slug)

    def link(values: Values) -> str:
        found = contacts.owner_of(request.POST.get("link_phone", ""))
        if found is None:
            return NOBODY
        if kind.of_persons:
            values["link"] = [found.phone]
            known = contacts.details_of(found)
            values.update({f"{PERSON}-{name}": [text] for name, text in known.items() if text})
        else:
            values["contact"] = [found.phone]
        return ""

    return _change_contact(request, slug, link)


def _change_contact(
    request: HttpRequest, slug: str, change: Callable[[Values], str], *, focus: str = ""
) -> HttpResponse:
    """Does ``change`` to what was sent and keeps it; its words stand at the search field."""
    kind, user = kind_of(request, slug), person_of(request)
    values = read(request.POST, names_of(kind))
    note = change(values)
    entry = Entry(kind, user, values, drafts.find(user, kind.task_type))
    save_entry(entry, mark_of(request))
    anchor = "person-section" if kind.of_persons else "contact-section"
    return answer(
        request,
        entry,
        anchor=anchor,
        find="nobody" if note else "",
        said=note,
        focus=focus,
        refocus=f"#{anchor} input:is(:checked, [name=person-inn])",
        contact_note=note,
    )


@require_POST
@tells_conflicts
def check_account(request: HttpRequest, slug: str) -> HttpResponse:
    """«Проверка ЛС»: the first check once more, then ЕИП with no transaction open."""
    kind = kind_of(request, slug)
    entry = keep(request, kind)
    if not entry.account:
        said_now = " ".join(str(text) for text in entry.form.errors["account_number"])
        return answer(request, entry, anchor="account-block", said=said_now)
    if not entry.party.inn:
        note = accounts.NO_CLIENT
        return answer(request, entry, anchor="account-block", said=note, account_note=note)
    outcome = accounts.ask(entry.account, entry.party.inn)
    drafts.record_account(draft=entry.draft, outcome=outcome, about=entry.account_subject)
    return answer(request, entry, anchor="account-block", said=entry.account_status.text)
