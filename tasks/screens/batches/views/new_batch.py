"""A new batch from a file, and a corrected file for a batch that exists."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from tasks.batches import uploads
from tasks.batches.columns import COLUMNS, REQUIRED, asked_fields
from tasks.screens.batches.forms import CorrectedFileForm, NewBatchForm, find_templates
from tasks.screens.batches.views.batches import get_visible_batch, may_run, render_batch
from tasks.screens.common.requests import UNPROCESSABLE


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form; a file that cannot be used comes back with the reason and everything chosen."""
    user = current_user(request)
    if not may_run(user):
        raise PermissionDenied("Нужны роли «Менеджер» и «Массовые прогоны».")
    if request.method != "POST":
        return _render_form(request, NewBatchForm.empty(user))
    form = NewBatchForm(user, request.POST, request.FILES)
    if form.is_valid():
        try:
            return redirect(
                uploads.create_batch(
                    data=form.batch_data(),
                    upload=form.cleaned_data["file"],
                    submission_key=form.cleaned_data["submission_key"],
                    actor=user,
                )
            )
        except ActionRefused as refused:
            form.add_error("file", refused.messages)
    return _render_form(request, form, status=UNPROCESSABLE)


def _render_form(request: HttpRequest, form: NewBatchForm, *, status: int = 200) -> HttpResponse:
    templates = [
        (template.name, [field.label for field in asked_fields(version)])
        for template in find_templates()
        if (version := template.current_version) is not None
    ]
    context = {
        "form": form,
        "required": [column.title for column in REQUIRED],
        "optional": [column.title for column in COLUMNS if column not in REQUIRED],
        "templates": templates,
    }
    return render(request, "tasks/batches/new.html", context, status=status)


@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """«Загрузить исправленный файл»."""
    batch = get_visible_batch(request, pk)
    form = CorrectedFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            upload = form.cleaned_data["file"]
            return redirect(
                uploads.replace_rows(batch=batch, upload=upload, actor=current_user(request))
            )
        except ActionRefused as refused:
            form.add_error("file", refused.messages)
    return render_batch(request, batch, form, status=UNPROCESSABLE)
