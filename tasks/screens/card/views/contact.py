"""«Редактировать», «Заменить», «Обновить версию»: the contact of a task (manual, 4.1)."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.models import User
from clients.actions import ContactChanged, DuplicateContact, add_contact, find_by_phone
from clients.models import Contact
from clients.screens.access import current_user
from clients.screens.forms import (
    ContactEditForm,
    ContactForm,
    EditForm,
    PersonEditForm,
    PhoneSearchForm,
)
from clients.screens.presentation import compare_details, contact_options
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.formatting import format_datetime
from econtract.platform.common.htmx import redirect_browser, render_page
from econtract.platform.common.refusals import Refusal
from tasks.actions.conflicts import Overtaken
from tasks.actions.contact import contact_refusals, edit_contact, refresh_contact, replace_contact
from tasks.lifecycle import guards
from tasks.models import SigningTask
from tasks.screens.common.requests import CONFLICT, UNPROCESSABLE, get_visible_task, parse_key
from tasks.transitions import Actor

MANAGER = frozenset({Actor.MANAGER})
CHANGED = "Сравните и сохраните еще раз"
CHOOSE = "Выберите контакт или найдите его по телефону"


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """A new version of the card's data, which the task takes."""
    task, user = get_visible_task(request, number), current_user(request)
    refusals = contact_refusals(task, user)
    form = _edit_form(request, task)
    context: dict[str, Any] = {"form": form, "title": "Редактировать данные клиента"}
    status = UNPROCESSABLE
    if request.method == "POST" and not refusals and form.is_valid():
        try:
            _save(task, form, user)
        except DuplicateContact as error:
            form.add_error("phone", str(error))
        except ContactChanged as error:
            status, context["changes"] = CONFLICT, _compare(form, error.contact, task)
            form.add_error(None, _changed_by(error.contact))
        except ActionRefused as refusal:
            refusals = list(refusal.refusals)
        else:
            messages.success(request, "Данные сохранены в задании и в карточке клиента")
            return redirect_browser(request, task.get_absolute_url())
    return _page(request, task, "contact_edit", context, refusals, status)


def _edit_form(request: HttpRequest, task: SigningTask) -> EditForm:
    current = task.contact_version.contact.current or task.contact_version
    initial = asdict(task.contact_version.details) | {"based_on": current.number}
    form = PersonEditForm if task.client.signs_in_person else ContactEditForm
    return form(request.POST or None, initial=initial, auto_id="contact-%s")


def _save(task: SigningTask, form: EditForm, user: User) -> None:
    details = form.details(task.contact_version.details)
    based_on = form.cleaned_data["based_on"] or 0
    edit_contact(task=task, details=details, actor=user, based_on=based_on)


def _changed_by(contact: Contact) -> str:
    """Who has saved the newest version of the data, and when."""
    newer = contact.current
    if newer is None:
        return CHANGED
    changed_at = format_datetime(newer.created_at)
    return f"Данные изменены {changed_at}, сотрудник {newer.created_by}. {CHANGED}"


def _compare(form: EditForm, contact: Contact, task: SigningTask) -> list[dict[str, Any]]:
    """What somebody else has saved against what was typed; the next save goes over it."""
    newer = contact.current or task.contact_version
    form.rebase_on(newer)
    typed = form.details(task.contact_version.details)
    return compare_details(newer.details, typed)


@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, number: int) -> HttpResponse:
    """Another person signs: one of the client's contacts, one found by phone, or a new one."""
    task, user = get_visible_task(request, number), current_user(request)
    refusals = contact_refusals(task, user)
    if task.client.signs_in_person:
        text = "Клиент подписывает сам: контактного лица у него нет."
        refusals = [Refusal("client_signs_in_person", text)]
    adding = "add" in request.POST
    form = ContactForm(request.POST if adding else None, auto_id="new-%s")
    errors: list[dict[str, str]] = []
    status = UNPROCESSABLE
    if request.method == "POST" and not refusals:
        try:
            if _replaced(request, task, form, adding=adding):
                messages.success(request, "Контактное лицо заменено")
                return redirect_browser(request, task.get_absolute_url())
            if not adding:
                errors = [{"href": "#phone", "text": CHOOSE}]
        except DuplicateContact as error:
            form.add_error("phone", str(error))
        except ActionRefused as refusal:
            errors = [{"text": reason} for reason in refusal.messages]
            if isinstance(refusal, Overtaken):
                status, task = CONFLICT, get_visible_task(request, number)
    context = {
        "form": form,
        "errors": errors,
        "title": "Заменить контактное лицо",
        "restarts": not guards.refusals(task, "restart_identification", MANAGER),
        **_candidates(request, task),
    }
    return _page(request, task, "contact_replace", context, refusals, status)


@transaction.atomic
def _replaced(request: HttpRequest, task: SigningTask, form: ContactForm, *, adding: bool) -> bool:
    """Whether the contact was replaced; False: nothing right was chosen or typed."""
    user = current_user(request)
    if adding:
        if not form.is_valid():
            return False
        contact: Contact | None = add_contact(
            client=task.client, details=form.details(), actor=user
        )
    else:
        # Chosen by phone, which one has to know, and not by a key that could be guessed.
        chosen = PhoneSearchForm({"phone": request.POST.get("contact", "")})
        contact = find_by_phone(chosen.cleaned_data["phone"]) if chosen.is_valid() else None
    if contact is None:
        return False
    based_on = parse_key(request.POST.get("based_on", ""))
    replace_contact(task=task, contact=contact, actor=user, based_on=based_on)
    return True


def _candidates(request: HttpRequest, task: SigningTask) -> dict[str, Any]:
    """The client's other contacts, and the one with the phone that was searched for."""
    present = task.contact_version.contact_id
    linked = Contact.objects.of_client(task.client).exclude(pk=present)
    asked = request.GET if "phone" in request.GET else None
    search = PhoneSearchForm(asked, auto_id="%s")
    found = find_by_phone(search.cleaned_data["phone"]) if asked and search.is_valid() else None
    other = found if found is not None and found.pk != present else None
    return {
        "linked": contact_options(linked),
        "search": search,
        "found": contact_options([other]) if other else [],
        "searched": bool(asked) and search.is_valid(),
        "present": found is not None and found.pk == present,
    }


@require_http_methods(["GET", "POST"])
def refresh(request: HttpRequest, number: int) -> HttpResponse:
    """The newest version of the client's card, after a look at what will change."""
    task, user = get_visible_task(request, number), current_user(request)
    refusals = contact_refusals(task, user)
    status, overtaken = UNPROCESSABLE, []
    if request.method == "POST" and not refusals:
        expected = parse_key(request.POST.get("version", ""))
        try:
            refresh_contact(task=task, actor=user, expected=expected)
        except Overtaken as error:
            status, overtaken = CONFLICT, [{"text": reason} for reason in error.messages]
            task = get_visible_task(request, number)
        except ActionRefused as refusal:
            refusals = list(refusal.refusals)
        else:
            messages.success(request, "Данные обновлены до последней версии")
            return redirect_browser(request, task.get_absolute_url())
    own, newest = task.contact_version, task.contact_version.contact.current
    changes = compare_details(own.details, newest.details) if newest else []
    context = {
        "changes": changes,
        "title": "Обновить версию данных",
        "same": newest == own,
        "newest": newest,
        "errors": overtaken,
    }
    return _page(request, task, "contact_refresh", context, refusals, status)


def _page(
    request: HttpRequest,
    task: SigningTask,
    name: str,
    context: dict[str, Any],
    refusals: list[Refusal],
    refused: int,
) -> HttpResponse:
    """The page of one of the three, with ``refused`` as status when a form was sent in vain."""
    status = refused if request.method == "POST" else 200
    everything = {"task": task, "refusals": refusals, "name": name, **context}
    body = f"tasks/card/actions/_{name}.html"
    return render_page(
        request, "tasks/card/actions/page.html", body, {**everything, "body": body}, status=status
    )
