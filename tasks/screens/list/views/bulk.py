"""The bar under a list: one action for all selected tasks, with a result for each task."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.timezone import is_aware
from django.views.decorators.http import require_http_methods, require_POST

from accounts.session_end.unsent_forms import take_form
from archive.files import zip_stream
from clients.screens.access import current_user
from econtract.platform.common.formatting import pluralize
from econtract.platform.common.toasts import UndoToast, offer_undo
from econtract.platform.listing.xlsx import write_workbook
from tasks.actions import bulk, handover
from tasks.actions.bulk import BulkResult, Selection
from tasks.listing.columns import FILE_COLUMNS
from tasks.listing.definition import NOUNS, TASK_LIST
from tasks.models import SigningTask
from tasks.screens.common.handover_forms import HandOverForm
from tasks.screens.common.requests import UNPROCESSABLE
from tasks.wording.turns import TurnLabels

BulkView = Callable[[HttpRequest, Selection], HttpResponseBase]


def for_selection(view: BulkView) -> Callable[[HttpRequest], HttpResponseBase]:
    """Calls ``view`` with the selected tasks; back to the list if there are none or too many."""

    @require_POST
    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponseBase:
        numbers = bulk.parse_numbers(_parameters(request).getlist("task"))
        if not numbers or len(numbers) > bulk.LIMIT:
            messages.error(request, f"Отметьте задания: от одного до {bulk.LIMIT}")
            return redirect(_return_url(request))
        return view(request, bulk.select_tasks(current_user(request), numbers))

    return wrapper


@for_selection
def take_over(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """«Принять в работу»."""
    results = bulk.take_over(selection, current_user(request), _parse_rendered_at(request))
    numbers = [result.number for result in results if not result.reason]
    parameters = urlencode({"task": numbers, "back": _return_url(request)}, doseq=True)
    undo_url = f"{reverse('tasks:bulk_give_back')}?{parameters}" if numbers else ""
    return _render_report(
        request, "Принять в работу", "Принято в работу", results, undo_url=undo_url
    )


@for_selection
def give_back(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """«Отменить» in the message about the tasks that the user has taken."""
    results = bulk.give_back(selection, current_user(request))
    return _render_report(request, "Вернуть задания", "Возвращено", results)


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest) -> HttpResponseBase:
    """«Передать»: the first request shows the form, the second one hands over.

    After a log-in the page is opened by GET: with the form that was sent too late, or not at all.
    """
    if request.method == "GET":
        unsent = take_form(request, request.path, field="task")
        if unsent is None:
            return redirect(_return_url(request))
        data = unsent.data
        data["find"] = "1"  # shows the form and submits nothing
        request.method, request.POST = "POST", data  # type: ignore[assignment]
    return _hand_over_selection(request)


@for_selection
def _hand_over_selection(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    user = current_user(request)
    receivers = handover.find_receivers(user)
    form = HandOverForm(request.POST, receivers=receivers)
    is_submitted = "to" in request.POST and "find" not in request.POST
    if is_submitted and form.is_valid():
        receiver, comment = form.cleaned_data["to"], form.cleaned_data["comment"]
        results = bulk.hand_over(selection, receiver=receiver, actor=user, comment=comment)
        return _render_report(request, "Передать", f"Передано сотруднику {receiver}", results)
    context = {
        "form": form
        if is_submitted
        else HandOverForm(receivers=receivers, initial=request.POST.dict()),
        "picker": form.picker(),
        "receivers_url": reverse("tasks:colleagues"),
        "tasks": selection.tasks,
        "missing": selection.missing,
        "back": _return_url(request),
    }
    status = UNPROCESSABLE if is_submitted else 200
    return render(request, "tasks/list/bulk_hand_over.html", context, status=status)


@for_selection
def documents(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """«Скачать документы»: a streamed ZIP; a note inside names the missing documents."""
    files = bulk.collect_files(selection)
    if not files.files:
        return _render_report(request, "Скачать документы", "", list(files.without_file))
    notes = [f"{result.number}: {result.reason}" for result in files.without_file]
    content = zip_stream.stream_zip(files.files, notes=notes, notes_name="Не вошло.txt")
    response = StreamingHttpResponse(content, content_type="application/zip")
    disposition = content_disposition_header(as_attachment=True, filename="Документы.zip")
    response["Content-Disposition"] = disposition or "attachment"
    response["Cache-Control"] = "no-store"
    return response


@for_selection
def export(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """«Выгрузить»: the selected tasks as an xlsx file."""
    if not selection.tasks:
        return _render_report(request, "Выгрузить", "", selection.missing_results)
    if selection.missing:  # the response is a file: the next page shows the message
        numbers = ", ".join(map(str, selection.missing))
        messages.warning(request, f"В выгрузку не вошли, не найдены: {numbers}")
    user = current_user(request)
    tasks = SigningTask.objects.visible_to(user).filter(
        pk__in=[task.pk for task in selection.tasks]
    )
    file = write_workbook(
        tasks.order_by("-updated_at", "-number"),
        FILE_COLUMNS,
        TurnLabels.for_viewer(user),
        sheet_title=TASK_LIST.sheet_title,
    )
    return FileResponse(file, as_attachment=True, filename="Выбранные задания.xlsx")


def _render_report(
    request: HttpRequest,
    title: str,
    success_text: str,
    results: list[BulkResult],
    *,
    undo_url: str = "",
) -> HttpResponseBase:
    """Redirects to the list if every task succeeded; else shows the refused tasks, and why.

    Either page has a message about the tasks that succeeded, with an undo at ``undo_url``.
    """
    refusals = [result for result in results if result.reason]
    successes = [result for result in results if not result.reason]
    if count := len(successes):
        text = f"{success_text}: {count} {pluralize(count, *NOUNS)}"
        if undo_url:
            offer_undo(request, UndoToast(text, undo_url))
        else:
            messages.success(request, text)
    if not refusals:
        return redirect(_return_url(request))
    visible = SigningTask.objects.visible_to(current_user(request))
    numbers = [result.number for result in results]
    context: dict[str, Any] = {
        "title": title,
        "successes": successes,
        "refusals": refusals,
        "visible_numbers": set(visible.filter(pk__in=numbers).values_list("pk", flat=True)),
        "back": _return_url(request),
    }
    return render(request, "tasks/list/bulk_report.html", context)


def _return_url(request: HttpRequest) -> str:
    """The list where the tasks were selected; the home page for a URL outside the site."""
    url = _parameters(request).get("back", "")
    is_local = url_has_allowed_host_and_scheme(url, allowed_hosts=None) and url.startswith("/")
    return url if is_local else reverse("home")


def _parameters(request: HttpRequest) -> QueryDict:
    """The fields of the form. An undo, which is only a button, has them in its URL."""
    return request.GET if "task" in request.GET else request.POST


def _parse_rendered_at(request: HttpRequest) -> datetime | None:
    """The time of the list's page, from the form; None if that is not a valid time."""
    try:
        rendered_at = parse_datetime(request.POST.get("rendered_at", ""))
    except ValueError:
        return None
    return rendered_at if rendered_at is not None and is_aware(rendered_at) else None
