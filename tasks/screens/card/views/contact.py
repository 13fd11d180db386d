"""«Редактировать», «Заменить», «Обновить версию»: the contact of a task."""

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
from tasks.actions.contact import (
    contact_refusals,
    edit_contact,
    is_identified_again,
    refresh_contact,
    replace_contact,
)
from tasks.lifecycle import guards
from tasks.models import SigningTask
from tasks.screens.common.requests import CONFLICT, UNPROCESSABLE, get_visible_task, parse_key
from tasks.statuses import Status
from tasks.transitions import Actor

MANAGER = frozenset({Actor.MANAGER})
SAVED = "Данные сохранены в задании и в карточке клиента"
IDENTIFIED_AGAIN = ". Клиент получит ссылку, чтобы пройти идентификацию снова"
COMPARE_AND_SAVE = "Сравните и сохраните еще раз"
CHOOSE_CONTACT = "Выберите контакт или найдите его по телефону"


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """«Редактировать»: saves a new version of the contact, which the task uses from then on."""
    task, user = get_visible_task(request, number), current_user(request)
    refusals = contact_refusals(task, user)
    form = _edit_form(request, task)
    context: dict[str, Any] = {
        "form": form,
        "title": "Редактировать данные клиента",
        "identifies_again": is_identified_again(task),
    }
    status = UNPROCESSABLE
    if request.method == "POST" and not refusals and form.is_valid():
        try:
            saved = _save(task, form, user)
        except DuplicateContact as error:
            form.add_error("phone", str(error))
        except ContactChanged as error:
            status, context["changes"] = CONFLICT, _compare(form, error.contact, task)
            form.add_error(None, _describe_newer_version(error.contact))
        except ActionRefused as refusal:
            refusals = list(refusal.refusals)
        else:
            messages.success(request, SAVED + _describe_restart(saved))
            return redirect_browser(request, task.get_absolute_url())
    return _page(request, task, "contact_edit", context, refusals, status)


def _edit_form(request: HttpRequest, task: SigningTask) -> EditForm:
    current = task.contact_version.contact.current or task.contact_version
    initial = asdict(task.contact_version.details) | {"based_on": current.number}
    form = PersonEditForm if task.client.signs_in_person else ContactEditForm
    return form(request.POST or None, initial=initial, auto_id="contact-%s")


def _save(task: SigningTask, form: EditForm, user: User) -> SigningTask:
    details = form.details(task.contact_version.details)
    based_on = form.cleaned_data["based_on"] or 0
    return edit_contact(task=task, details=details, actor=user, based_on=based_on)


def _describe_restart(task: SigningTask) -> str:
    """The end of a message about a saved contact."""
    return IDENTIFIED_AGAIN if task.status == Status.IDENTIFICATION_REQUESTED else ""


def _describe_newer_version(contact: Contact) -> str:
    """Says who saved the newest version of the contact, and when."""
    newer = contact.current
    if newer is None:
        return COMPARE_AND_SAVE
    changed_at = format_datetime(newer.created_at)
    return f"Данные изменены {changed_at}, сотрудник {newer.created_by}. {COMPARE_AND_SAVE}"


def _compare(form: EditForm, contact: Contact, task: SigningTask) -> list[dict[str, Any]]:
    """What another user saved beside the input of the form; saving again replaces it."""
    newer = contact.current or task.contact_version
    form.rebase_on(newer)
    return compare_details(newer.details, form.details(task.contact_version.details))


@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, number: int) -> HttpResponse:
    """«Заменить»: by a contact of the client, by one found by phone, or by a new one."""
    task, user = get_visible_task(request, number), current_user(request)
    refusals = contact_refusals(task, user)
    if task.client.signs_in_person:
        text = "Клиент подписывает сам: контактного лица у него нет."
        refusals = [Refusal("client_signs_in_person", text)]
    is_new = "add" in request.POST
    form = ContactForm(request.POST if is_new else None, auto_id="new-%s")
    errors: list[dict[str, str]] = []
    status = UNPROCESSABLE
    if request.method == "POST" and not refusals:
        try:
            if _replace_contact(request, task, form, is_new=is_new):
                messages.success(request, "Контактное лицо заменено")
                return redirect_browser(request, task.get_absolute_url())
            if not is_new:
                errors = [{"href": "#phone", "text": CHOOSE_CONTACT}]
        except DuplicateContact as error:
            form.add_error("phone", str(error))
        except ActionRefused as refusal:
            errors = [{"text": text} for text in refusal.messages]
            if isinstance(refusal, Overtaken):
                status, task = CONFLICT, get_visible_task(request, number)
    context = {
        "form": form,
        "errors": errors,
        "title": "Заменить контактное лицо",
        "restarts_identification": not guards.refusals(task, "restart_identification", MANAGER),
        **_candidates(request, task),
    }
    return _page(request, task, "contact_replace", context, refusals, status)


@transaction.atomic
def _replace_contact(
    request: HttpRequest, task: SigningTask, form: ContactForm, *, is_new: bool
) -> bool:
    """Replaces the contact. Returns False if the user chose none or the form is not valid."""
    user = current_user(request)
    if is_new:
        if not form.is_valid():
            return False
        contact: Contact | None = add_contact(
            client=task.client, details=form.details(), actor=user
        )
    else:
        # By phone, which the user has to know: a primary key could be guessed.
        phone_form = PhoneSearchForm({"phone": request.POST.get("contact", "")})
        contact = find_by_phone(phone_form.cleaned_data["phone"]) if phone_form.is_valid() else None
    if contact is None:
        return False
    based_on = parse_key(request.POST.get("based_on", ""))
    replace_contact(task=task, contact=contact, actor=user, based_on=based_on)
    return True


def _candidates(request: HttpRequest, task: SigningTask) -> dict[str, Any]:
    """The client's other contacts, and the one with the phone that was searched for."""
    current_id = task.contact_version.contact_id
    linked_contacts = Contact.objects.of_client(task.client).exclude(pk=current_id)
    search_form = PhoneSearchForm(request.GET if "phone" in request.GET else None, auto_id="%s")
    is_searched = search_form.is_bound and search_form.is_valid()
    match = find_by_phone(search_form.cleaned_data["phone"]) if is_searched else None
    is_current = match is not None and match.pk == current_id
    return {
        "linked_contacts": contact_options(linked_contacts),
        "search_form": search_form,
        "matches": contact_options([match]) if match and not is_current else [],
        "is_searched": is_searched,
        "is_current": is_current,
    }


@require_http_methods(["GET", "POST"])
def refresh(request: HttpRequest, number: int) -> HttpResponse:
    """«Обновить версию»: shows what will change, then takes over the newest version."""
    task, user = get_visible_task(request, number), current_user(request)
    refusals = contact_refusals(task, user)
    status, errors = UNPROCESSABLE, []
    if request.method == "POST" and not refusals:
        expected = parse_key(request.POST.get("version", ""))
        try:
            refreshed = refresh_contact(task=task, actor=user, expected=expected)
        except Overtaken as error:
            status, errors = CONFLICT, [{"text": text} for text in error.messages]
            task = get_visible_task(request, number)
        except ActionRefused as refusal:
            refusals = list(refusal.refusals)
        else:
            text = "Данные обновлены до последней версии"
            messages.success(request, text + _describe_restart(refreshed))
            return redirect_browser(request, task.get_absolute_url())
    current, newest = task.contact_version, task.contact_version.contact.current
    changes = compare_details(current.details, newest.details) if newest else []
    context = {
        "changes": changes,
        "title": "Обновить версию данных",
        "is_newest": newest == current,
        "newest": newest,
        "errors": errors,
    }
    return _page(request, task, "contact_refresh", context, refusals, status)


def _page(
    request: HttpRequest,
    task: SigningTask,
    name: str,
    context: dict[str, Any],
    refusals: list[Refusal],
    error_status: int,
) -> HttpResponse:
    """The page of one of the three actions; ``error_status`` answers a POST."""
    status = error_status if request.method == "POST" else 200
    full_context = {"task": task, "refusals": refusals, "name": name, **context}
    body = f"tasks/card/actions/_{name}.html"
    return render_page(
        request, "tasks/card/actions/page.html", body, {**full_context, "body": body}, status=status
    )
