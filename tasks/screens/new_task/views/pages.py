"""The choice of type, and the form itself."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import request_text
from archive.documents import StoredUpload
from clients.actions import DuplicateContact
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.formatting import format_datetime
from tasks.actions import drafts
from tasks.actions.create import create_task
from tasks.actions.drafts import PageMark
from tasks.models import Draft, SigningTask
from tasks.screens.common.requests import UNPROCESSABLE, person_of
from tasks.screens.new_task.contacts import NOBODY
from tasks.screens.new_task.entry import Entry
from tasks.screens.new_task.kinds import FormKind, opened_kinds
from tasks.screens.new_task.values import Values
from tasks.screens.new_task.views.common import (
    RESTORE,
    client_search,
    kind_of,
    mark_of,
    new_mark,
    posted_entry,
    save_entry,
    show_page,
    tells_conflicts,
    write_entry,
)
from tasks.screens.new_task.views.documents import take_file


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """«+ Новое задание»: the types that the person's access is opened to."""
    user = person_of(request)
    kinds = opened_kinds(user)
    context = {
        "kinds": kinds,
        "request_text": request_text(user.username),
        "helpme_url": settings.HELPME_URL,
    }
    return render(request, "tasks/new_task/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tells_conflicts
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """The form: empty, restored from the draft, or sent off with «Создать задание»."""
    kind = kind_of(request, slug)
    if request.method == "POST":
        return _create(request, kind)
    user = person_of(request)
    draft = drafts.find(user, kind.task_type)
    saved = drafts.has_contents(draft)
    restored = saved and RESTORE in request.GET
    shown = draft if restored else Draft(user=user, task_type=kind.task_type)
    entry = Entry(kind, user, shown.fields or _wanted(request, kind), shown)
    more = _found(request, entry) if restored else {}
    more["saved_at"] = format_datetime(draft.updated_at) if saved and not restored else ""
    return show_page(request, entry, new_mark(draft, restored=restored), **more)


def _wanted(request: HttpRequest, kind: FormKind) -> Values:
    """The client that a link names («Создать задание с этим клиентом»): ИНН, or ИНН-КПП."""
    client = request.GET.get("client", "")
    if not client:
        return {}
    return {"person-inn": [client]} if kind.of_persons else {"client": [client]}


def _found(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    """What a search without a script has found."""
    match request.GET.get("find"):
        case "client":
            return client_search(entry)
        case "nobody":
            return {"contact_note": NOBODY}
        case _:
            return {}


def _create(request: HttpRequest, kind: FormKind) -> HttpResponse:
    """«Создать задание»: 422 with everything that is missing, or the task's card."""
    mark, entry = mark_of(request), posted_entry(request, kind, ask=True)
    file, refusal = take_file(request)
    try:
        task = _make(entry, mark, file) if not refusal else None
    except (DuplicateContact, ActionRefused) as error:
        reasons = error.messages if isinstance(error, ActionRefused) else [str(error)]
        for reason in reasons:
            messages.error(request, reason)
        # Somebody has taken the phone since the form was judged: it is judged again.
        entry, task = posted_entry(request, kind), None
    if task is not None:
        messages.success(request, f"Задание {task.number} создано")
        return redirect(task)
    save_entry(entry, mark, file)
    more = {"document_error": refusal}
    return show_page(request, entry, mark, status=UNPROCESSABLE, **more)


def _make(entry: Entry, mark: PageMark, file: StoredUpload | None) -> SigningTask | None:
    """Client, contact, task and the emptied draft in one transaction; None: it is not ready."""
    with transaction.atomic():
        write_entry(entry, mark, file)
        if entry.ready:
            client, contact = entry.party.make(entry.user)
            facts = entry.facts(client, contact)
            task = create_task(facts=facts, actor=entry.user, submission_key=mark.key)
            drafts.finish(entry.draft)
            return task
        transaction.set_rollback(True)
    return None
