"""The document of a task: «Открепить», «Вложить», «Преобразовать снова», the review."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from archive.intake.refusals import IntakeRefused
from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.htmx import redirect_browser, render_page
from econtract.platform.common.refusals import Refusal
from tasks.actions.conflicts import Overtaken
from tasks.actions.document import (
    attach_document,
    confirm_review,
    document_refusals,
    remove_document,
    resubmit_document,
    retry_conversion,
)
from tasks.lifecycle import withdrawal
from tasks.models import SigningTask
from tasks.screens.common.requests import CONFLICT, UNPROCESSABLE, get_visible_task, parse_key
from tasks.statuses import Status

NO_FILE = "Вложите документ"
REVIEWED = "Отмечено: страницы документа просмотрены"
REVIEWED_AND_SENT = "Страницы просмотрены, документ отправляется"
TITLES = {
    "document_remove": "Открепить документ",
    "document_attach": "Вложить документ",
    "document_files": "Файлы документа",
}


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """«Открепить», after a page that says what will happen."""
    task = get_visible_task(request, number)
    refusals = document_refusals(task, current_user(request))
    context: dict[str, Any] = {}
    if request.method == "POST" and not refusals:
        based_on = parse_key(request.POST.get("version", ""))
        try:
            updated_task = remove_document(
                task=task, actor=current_user(request), based_on=based_on
            )
        except Overtaken as overtaken:
            context = {**_current_document(overtaken.task), "conflict": overtaken.messages}
        except ActionRefused as refusal:
            refusals = list(refusal.refusals)
        else:
            messages.success(request, _removal_text(updated_task))
            return redirect_browser(request, task.get_absolute_url())
    context = {"at_operator": withdrawal.is_needed(task), **_current_document(task), **context}
    return render_document_page(request, task, "document_remove", context, refusals)


def _current_document(task: SigningTask) -> dict[str, Any]:
    """The document as it is now, for the page that shows it."""
    return {"version": task.document_version}


def _removal_text(task: SigningTask) -> str:
    if task.withdrawal:
        return "Документ отзывается, затем будет откреплен"
    return "Документ откреплен. Вложите исправленный"


@require_http_methods(["GET", "POST"])
def attach(request: HttpRequest, number: int) -> HttpResponse:
    """«Вложить документ»: one file, or several that become one document."""
    task = get_visible_task(request, number)
    refusals = document_refusals(task, current_user(request))
    error = ""
    if request.method == "POST" and not refusals:
        uploads = request.FILES.getlist("file")
        if not uploads:
            return render_document_page(
                request, task, "document_attach", {"error": NO_FILE}, refusals
            )
        try:
            attach_document(task=task, uploads=uploads, actor=current_user(request))
        except IntakeRefused as intake_error:
            error = intake_error.refusal.message
        except Overtaken as overtaken:
            context = {**_current_document(overtaken.task), "conflict": overtaken.messages}
            return render_document_page(request, task, "document_attach", context, refusals)
        except ActionRefused as refusal:
            refusals = list(refusal.refusals)
        else:
            messages.success(request, "Документ вложен")
            return redirect_browser(request, task.get_absolute_url())
    return render_document_page(request, task, "document_attach", {"error": error}, refusals)


@require_POST
def retry(request: HttpRequest, number: int) -> HttpResponse:
    """«Преобразовать снова»."""
    task = get_visible_task(request, number)
    try:
        retry_conversion(task=task, actor=current_user(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(task)


@require_POST
def resubmit(request: HttpRequest, number: int) -> HttpResponse:
    """«Передать в архив снова»."""
    task = get_visible_task(request, number)
    try:
        resubmit_document(task=task, actor=current_user(request))
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Документ передается в архив снова")
    return redirect(task)


@require_POST
def review(request: HttpRequest, number: int) -> HttpResponse:
    """«Страницы просмотрены»."""
    task = get_visible_task(request, number)
    version = parse_key(request.POST.get("version", ""))
    try:
        updated_task = confirm_review(
            task=task, version_id=version or 0, actor=current_user(request)
        )
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        is_sent = updated_task.status == Status.DOCUMENT_SENT
        messages.success(request, REVIEWED_AND_SENT if is_sent else REVIEWED)
    return redirect(task)


def render_document_page(
    request: HttpRequest,
    task: SigningTask,
    name: str,
    context: dict[str, Any],
    refusals: list[Refusal],
    *,
    is_valid: bool = False,
) -> HttpResponse:
    """The page ``name`` about the document; a POST that is not valid has an error or a conflict."""
    status = UNPROCESSABLE if request.method == "POST" and not is_valid else 200
    if context.get("conflict"):
        status = CONFLICT
    body = f"tasks/card/actions/_{name}.html"
    full_context = {"task": task, "title": TITLES[name], "refusals": refusals, **context}
    return render_page(
        request, "tasks/card/actions/page.html", body, {**full_context, "body": body}, status=status
    )
