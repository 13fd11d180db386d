"""The draft: saved as one types, closed and brought back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from econtract.platform.common.toasts import UndoToast, offer_undo
from tasks.actions import drafts
from tasks.actions.drafts import AlreadyCreated, DraftChanged
from tasks.screens.common.requests import person_of
from tasks.screens.new_task.entry import names_of
from tasks.screens.new_task.kinds import FormKind
from tasks.screens.new_task.values import read
from tasks.screens.new_task.views.common import (
    answer,
    form_url,
    keep,
    kind_of,
    mark_of,
    save_entry,
    tells_conflicts,
)
from tasks.screens.new_task.views.common import posted_entry as posted
from tasks.screens.new_task.views.documents import refused_file, take_file

CLEARED = "Форма очищена"
ELSEWHERE = "Черновик изменен в другом окне и остался как есть"


@require_POST
@tells_conflicts
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """What is typed, 1.5 s after it was typed; without a script the button «Сохранить черновик»."""
    kind = kind_of(request, slug)
    file, refusal = take_file(request)
    entry = keep(request, kind, file=file)
    if refusal:
        return refused_file(request, entry, refusal)
    return answer(request, entry, anchor="")


@require_POST
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """«Закрыть»: the form and the draft are emptied; «Отменить» brings them back."""
    kind = kind_of(request, slug)
    _close(request, kind)
    return redirect(reverse("tasks:list", args=["my"]))


@require_POST
def restart(request: HttpRequest, slug: str) -> HttpResponse:
    """«Начать заново»: an empty form instead of the saved one."""
    kind = kind_of(request, slug)
    user = person_of(request)
    draft = drafts.find(user, kind.task_type)
    if drafts.has_contents(draft):
        drafts.close(draft=draft)
        _offer_reopening(request, kind)
    if drafts.says_anything(read(request.POST, names_of(kind))):
        save_entry(posted(request, kind), mark_of(request))
        return redirect(form_url(kind))
    return redirect(form_url(kind, restore=False))


def _close(request: HttpRequest, kind: FormKind) -> None:
    try:
        entry = keep(request, kind)
    except DraftChanged:
        messages.info(request, ELSEWHERE)
        return
    except AlreadyCreated:
        return
    if drafts.has_contents(entry.draft):
        drafts.close(draft=entry.draft)
        _offer_reopening(request, kind)


def _offer_reopening(request: HttpRequest, kind: FormKind) -> None:
    undo_url = reverse("tasks:new_reopen", args=[kind.slug])
    offer_undo(request, UndoToast(CLEARED, undo_url))


@require_POST
def reopen(request: HttpRequest, slug: str) -> HttpResponse:
    """«Отменить» in the toast of a closed form."""
    kind = kind_of(request, slug)
    if not drafts.reopen(user=person_of(request), task_type=kind.task_type):
        messages.info(request, "Восстанавливать нечего: начат новый черновик")
    return redirect(form_url(kind))
