"""The bar under a list: one action for all ticked tasks, and what became of each of them."""

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
from django.views.decorators.http import require_POST

from archive.files import zip_stream
from econtract.platform.common.formatting import plural
from econtract.platform.common.toasts import UndoToast, offer_undo
from econtract.platform.listing.xlsx import write_workbook
from tasks.actions import bulk, handover
from tasks.actions.bulk import Chosen, Outcome
from tasks.listing.columns import FILE_COLUMNS
from tasks.listing.definition import TASK_LIST
from tasks.models import SigningTask
from tasks.screens.card.handover_forms import HandOverForm
from tasks.screens.common.requests import UNPROCESSABLE, person_of
from tasks.wording.turns import TurnLabels

BulkView = Callable[[HttpRequest, Chosen], HttpResponseBase]


def on_chosen(view: BulkView) -> Callable[[HttpRequest], HttpResponseBase]:
    """Calls ``view`` with the ticked tasks; none, or too many, is told where they were ticked."""

    @require_POST
    @wraps(view)
    def choose_first(request: HttpRequest) -> HttpResponseBase:
        numbers = bulk.numbers_of(_said(request).getlist("task"))
        if not numbers or len(numbers) > bulk.LIMIT:
            messages.error(request, f"Отметьте задания: от одного до {bulk.LIMIT}")
            return redirect(_back(request))
        return view(request, bulk.choose(person_of(request), numbers))

    return choose_first


@on_chosen
def take(request: HttpRequest, chosen: Chosen) -> HttpResponseBase:
    """«Принять в работу»."""
    outcomes = bulk.take_over(chosen, person_of(request), _drawn_at(request))
    taken = [one.number for one in outcomes if not one.reason]
    again = urlencode({"task": taken, "back": _back(request)}, doseq=True)
    undo = f"{reverse('tasks:bulk_give_back')}?{again}" if taken else ""
    return _report(request, "Принять в работу", "Принято в работу", outcomes, undo=undo)


@on_chosen
def give_back(request: HttpRequest, chosen: Chosen) -> HttpResponseBase:
    """«Отменить» of the message about tasks taken over."""
    outcomes = bulk.give_back(chosen, person_of(request))
    return _report(request, "Вернуть задания", "Возвращено", outcomes)


@on_chosen
def hand(request: HttpRequest, chosen: Chosen) -> HttpResponseBase:
    """«Передать»: the first request asks to whom, the second hands over."""
    user = person_of(request)
    people = handover.receivers(user)
    form = HandOverForm(request.POST, people=people)
    sent = "to" in request.POST and "find" not in request.POST
    if sent and form.is_valid():
        receiver, comment = form.cleaned_data["to"], form.cleaned_data["comment"]
        outcomes = bulk.hand_over(chosen, receiver=receiver, actor=user, comment=comment)
        return _report(request, "Передать", f"Передано сотруднику {receiver}", outcomes)
    context = {
        "form": form if sent else HandOverForm(people=people, initial=request.POST.dict()),
        "picker": form.picker(),
        "people_url": reverse("tasks:colleagues"),
        "tasks": chosen.tasks,
        "missing": chosen.missing,
        "back": _back(request),
    }
    status = UNPROCESSABLE if sent else 200
    return render(request, "tasks/list/bulk_hand_over.html", context, status=status)


@on_chosen
def documents(request: HttpRequest, chosen: Chosen) -> HttpResponseBase:
    """«Скачать документы»: one ZIP, made while it is sent; what is not in it is named inside."""
    files = bulk.files_of(chosen)
    if not files.found:
        return _report(request, "Скачать документы", "", list(files.lacking))
    notes = [f"{one.number}: {one.reason}" for one in files.lacking]
    content = zip_stream.stream_zip(files.found, notes=notes, notes_name="Не вошло.txt")
    response = StreamingHttpResponse(content, content_type="application/zip")
    disposition = content_disposition_header(as_attachment=True, filename="Документы.zip")
    response["Content-Disposition"] = disposition or "attachment"
    response["Cache-Control"] = "no-store"
    return response


@on_chosen
def export(request: HttpRequest, chosen: Chosen) -> HttpResponseBase:
    """«Выгрузить»: the ticked tasks as an xlsx file."""
    if not chosen.tasks:
        return _report(request, "Выгрузить", "", chosen.not_found)
    if chosen.missing:  # a file has no place for it: the next page says so
        numbers = ", ".join(map(str, chosen.missing))
        messages.warning(request, f"В выгрузку не вошли, не найдены: {numbers}")
    user = person_of(request)
    tasks = SigningTask.objects.visible_to(user).filter(pk__in=[one.pk for one in chosen.tasks])
    file = write_workbook(
        tasks.order_by("-updated_at", "-number"),
        FILE_COLUMNS,
        TurnLabels.for_viewer(user),
        sheet_title=TASK_LIST.sheet_title,
    )
    return FileResponse(file, as_attachment=True, filename="Выбранные задания.xlsx")


def _report(
    request: HttpRequest, title: str, done: str, outcomes: list[Outcome], *, undo: str = ""
) -> HttpResponseBase:
    """Back to the list when all went well; else a page that says what did not, and why.

    What was done is a message on either; ``undo`` is the address that undoes it.
    """
    refused = [one for one in outcomes if one.reason]
    went = [one for one in outcomes if not one.reason]
    if count := len(went):
        words = f"{done}: {count} {plural(count, 'задание', 'задания', 'заданий')}"
        if undo:
            offer_undo(request, UndoToast(words, undo))
        else:
            messages.success(request, words)
    if not refused:
        return redirect(_back(request))
    seen = SigningTask.objects.visible_to(person_of(request))
    linked = set(seen.filter(pk__in=[o.number for o in outcomes]).values_list("pk", flat=True))
    context: dict[str, Any] = {
        "title": title,
        "done": went,
        "refused": refused,
        "linked": linked,
        "back": _back(request),
    }
    return render(request, "tasks/list/bulk_report.html", context)


def _back(request: HttpRequest) -> str:
    """The list where the tasks were ticked."""
    address = _said(request).get("back", "")
    ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if ours and address.startswith("/") else reverse("home")


def _said(request: HttpRequest) -> QueryDict:
    """The form's fields; an undo is a button alone, and has them in its address."""
    return request.GET if "task" in request.GET else request.POST


def _drawn_at(request: HttpRequest) -> datetime | None:
    """When the list was drawn, as its bar says; None: it says nothing sensible."""
    try:
        drawn_at = parse_datetime(request.POST.get("drawn_at", ""))
    except ValueError:
        return None
    return drawn_at if drawn_at is not None and is_aware(drawn_at) else None
