"""«Файлы документа»: their order, replacing, removing and adding, on a page of its own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from archive.intake.refusals import IntakeRefused
from archive.joining.composition import list_parts
from archive.models import DocumentVersion
from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from tasks.actions.conflicts import Overtaken
from tasks.actions.document_files import (
    Arrangement,
    arrange_document,
    arrangement_refusals,
    find_base,
)
from tasks.models import SigningTask
from tasks.screens.card.views.documents import render_document_page
from tasks.screens.common.document_files import build_file_views
from tasks.screens.common.requests import get_visible_task, parse_key


@require_http_methods(["GET", "POST"])
def arrange(request: HttpRequest, number: int) -> HttpResponse:
    """«Выше», «Ниже» and «Убрать» only show the new order; «Сохранить» makes the next version."""
    task = get_visible_task(request, number)
    base = find_base(task)
    if base is None:
        raise Http404
    refusals = arrangement_refusals(task, current_user(request))
    files = list_parts(base)
    context: dict[str, Any] = {"has_contents_page": base.has_contents_page}
    if request.method == "POST" and not refusals:
        files = _reorder(files, request)
        context["has_contents_page"] = "contents" in request.POST
        if "save" in request.POST:
            try:
                _save(request, task, files)
            except IntakeRefused as refused:
                context["error"] = refused.refusal.message
            except Overtaken as overtaken:
                current = overtaken.task.document_version
                context |= {"version": current, "conflict": overtaken.messages}
            except ActionRefused as refused:
                refusals = list(refused.refusals)
            else:
                messages.success(request, "Документ собран из файлов заново")
                return redirect(task)
        elif request.FILES:
            context["error"] = "Порядок изменен. Выберите новые файлы еще раз и сохраните"
    context |= {
        "files": build_file_views(files, lambda file: _source_url(task, file)),
        "can_remove": len(files) > 2,
        "based_on": base.pk,
    }
    is_valid = not refusals and not context.get("error")
    return render_document_page(
        request, task, "document_files", context, refusals, is_valid=is_valid
    )


def _save(request: HttpRequest, task: SigningTask, files: list[DocumentVersion]) -> None:
    replacements = {file.pk: request.FILES.get(f"replacement-{file.pk}") for file in files}
    arrange_document(
        task=task,
        arrangement=Arrangement(
            kept=[file.pk for file in files],
            replacements={key: upload for key, upload in replacements.items() if upload},
            added=request.FILES.getlist("added"),
            has_contents_page="contents" in request.POST,
        ),
        actor=current_user(request),
        based_on=parse_key(request.POST.get("based_on", "")),
    )


def _reorder(files: list[DocumentVersion], request: HttpRequest) -> list[DocumentVersion]:
    """The files in the order of the page, after its «Выше», «Ниже» or «Убрать»."""
    by_key = {file.pk: file for file in files}
    shown = [by_key.get(parse_key(text) or 0) for text in request.POST.getlist("file")]
    ordered = list(dict.fromkeys(file for file in shown if file is not None))
    moved, _, position = request.POST.get("move", "").partition("-")
    file, place = by_key.get(parse_key(moved) or 0), parse_key(position)
    if file is not None and file in ordered and place is not None:
        ordered.remove(file)
        ordered.insert(max(place, 1) - 1, file)
    removed = parse_key(request.POST.get("remove", ""))
    return [item for item in ordered if item.pk != removed]


def _source_url(task: SigningTask, file: DocumentVersion) -> str:
    return reverse("tasks:document_source", args=[task.number, file.pk])
