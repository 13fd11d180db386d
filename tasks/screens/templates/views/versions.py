"""A version of a template: its upload, its fields, its sample, its publication."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from archive.document_templates.refusals import FillingFailed
from archive.intake.refusals import IntakeRefused
from archive.models import DocumentTemplate, DocumentVersion, TemplateVersion
from clients.screens.access import current_user
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.htmx import render_page
from tasks.actions import templates
from tasks.screens.common.page_previews import build_page_previews
from tasks.screens.common.requests import UNPROCESSABLE
from tasks.screens.common.reviews import build_review
from tasks.screens.templates.forms import NO_FILE, BindingForm, describe_source
from tasks.screens.templates.views.templates import describe_refusal, render_card


def get_version(pk: int, number: int) -> TemplateVersion:
    """The version. Raises Http404."""
    rows = TemplateVersion.objects.select_related("template", "sample", "source", "published_by")
    # By the key of the join: a number that no column can hold is then no error.
    return get_object_or_404(rows, template__pk=pk, number=number)


def get_sample(version: TemplateVersion) -> DocumentVersion | None:
    """The newest sample of ``version``."""
    if version.sample is None:
        return None
    return version.sample.versions.select_related("pdf", "source").first()


@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """«Загрузить новую версию»."""
    template = get_object_or_404(DocumentTemplate, pk=pk)
    file = request.FILES.get("file")
    if file is None:
        return render_card(request, pk, file_error=NO_FILE)
    try:
        version = templates.upload_version(
            template=template, upload=file, user=current_user(request)
        )
    except (FillingFailed, IntakeRefused) as error:
        return render_card(request, pk, file_error=describe_refusal(error))
    return redirect("templates:version", pk, version.number)


@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The fields of a version, and its sample."""
    row = get_version(pk, number)
    form = BindingForm(row, request.POST or None)
    errors: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            templates.bind_fields(row, form.bindings, user=current_user(request))
        except ActionRefused as error:
            errors = error.messages
        except (FillingFailed, IntakeRefused) as error:
            errors = [describe_refusal(error)]
        else:
            messages.success(request, "Сохранено, образец заполняется заново")
            return redirect("templates:version", pk, number)
    return _render(request, row, form, errors)


@require_POST
def publish(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """«Образец просмотрен, ввести в действие»."""
    row = get_version(pk, number)
    try:
        templates.publish(row, user=current_user(request))
    except ActionRefused as error:
        return _render(request, row, BindingForm(row), error.messages)
    messages.success(request, "Версия введена в действие: новые документы – по ней")
    return redirect("templates:version", pk, number)


def _render(
    request: HttpRequest, row: TemplateVersion, form: BindingForm, errors: list[str]
) -> HttpResponse:
    address = [row.template_id, row.number]
    sample = get_sample(row)
    context: dict[str, Any] = {
        "version": row,
        "template": row.template,
        "form": form,
        "errors": [{"href": "", "text": text} for text in errors],
        "fields": [
            {"label": field.name, "value": describe_source(field)} for field in form.template_fields
        ],
        "unbound": [field.name for field in form.template_fields if not field.is_bound],
        "sample": sample,
        "pages": build_page_previews(sample, reverse("templates:sample_page", args=[*address, 1]))
        if sample and sample.is_ready
        else (),
        "review": build_review(sample, reverse("templates:attachment", args=[*address, 0]))
        if sample
        else None,
    }
    status = UNPROCESSABLE if errors or form.errors else 200
    return render_page(
        request,
        "tasks/templates/version.html",
        "tasks/templates/_sample.html",
        context,
        status=status,
    )
