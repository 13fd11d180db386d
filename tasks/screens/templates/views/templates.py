"""The list of templates, the card of one, and a new one."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from archive.document_templates.refusals import FillingFailed
from archive.intake.refusals import IntakeRefused
from archive.models import DocumentTemplate, TemplateVersion
from clients.screens.access import current_user
from tasks.actions import templates
from tasks.screens.common.requests import UNPROCESSABLE
from tasks.screens.templates.forms import NO_FILE, NewTemplateForm, TemplateForm


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """«Бланки»."""
    rows = DocumentTemplate.objects.order_by("-is_active", "name").prefetch_related("versions")
    return render(request, "tasks/templates/list.html", {"rows": [_build_row(row) for row in rows]})


def _build_row(template: DocumentTemplate) -> dict[str, Any]:
    versions = template.versions.all()
    return {
        "template": template,
        "current": next((version for version in versions if version.is_published), None),
        "newest": next(iter(versions), None),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """«Добавить бланк»: its name and its first file."""
    form = NewTemplateForm(request.POST or None)
    file_error = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        file_error = "" if upload else NO_FILE
        if form.is_valid() and upload:
            template = form.save(commit=False)
            template.created_by = current_user(request)
            template.save()
            try:
                version = templates.upload_version(
                    template=template, upload=upload, user=current_user(request)
                )
            except (FillingFailed, IntakeRefused) as error:
                template.delete()
                file_error = describe_refusal(error)
            else:
                return redirect("templates:version", template.pk, version.number)
    context = {"form": form, "file_error": file_error}
    status = UNPROCESSABLE if form.errors or file_error else 200
    return render(request, "tasks/templates/add.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """One template: its settings, its versions, the upload of another one."""
    template = get_object_or_404(DocumentTemplate, pk=pk)
    form = TemplateForm(request.POST or None, instance=template)
    if request.method == "POST" and form.is_valid():
        form.save()
        if form.changed_data:
            labels = ", ".join(str(form.fields[name].label) for name in form.changed_data)
            templates.record_change(template, f"Изменено: {labels}", user=current_user(request))
        messages.success(request, "Сохранено")
        return redirect("templates:card", pk)
    return render_card(request, pk, form)


def render_card(
    request: HttpRequest, pk: int, form: TemplateForm | None = None, *, file_error: str = ""
) -> HttpResponse:
    """The card; ``form`` has errors to show, ``file_error`` says why a file was refused."""
    template = get_object_or_404(DocumentTemplate, pk=pk)
    versions: QuerySet[TemplateVersion] = template.versions.select_related(
        "uploaded_by", "published_by"
    )
    context: dict[str, Any] = {
        "template": template,
        "form": form or TemplateForm(instance=template),
        "versions": versions,
        "current": template.current_version,
        "file_error": file_error,
    }
    status = UNPROCESSABLE if context["form"].errors or file_error else 200
    return render(request, "tasks/templates/card.html", context, status=status)


def describe_refusal(error: FillingFailed | IntakeRefused) -> str:
    """Why a file was refused."""
    return error.message if isinstance(error, FillingFailed) else error.refusal.message
