"""Госуслуги: the list of requests, and the page that a client's link opens."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from econtract.sandbox import identity
from econtract.sandbox.api.protocol import sandbox_time
from econtract.sandbox.models import IdentityRequest, IdentityState

_MAX_ROWS = 100
_STATE_VARIANTS = {
    "pending": "waiting",
    "passed": "done",
    "failed": "error",
    "documents": "waiting",
}
_MAX_FILE_SIZE = 10 * 1024 * 1024


class AnswerForm(forms.Form):
    """An answer, with a file for the answer `documents`."""

    answer = forms.ChoiceField(
        choices=[(code, answer.label) for code, answer in identity.ANSWERS.items()],
        error_messages={"required": "Выберите ответ"},
    )
    document = forms.FileField(required=False)

    def clean_document(self) -> UploadedFile | None:
        """At most 10 MB."""
        file: UploadedFile | None = self.cleaned_data["document"]
        if file and (file.size or 0) > _MAX_FILE_SIZE:
            raise forms.ValidationError("Файл больше 10 МБ")
        return file


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Requests, newest first."""
    rows = IdentityRequest.objects.order_by("-id")[:_MAX_ROWS]
    requests = [{"row": row, "variant": _STATE_VARIANTS.get(row.state, "closed")} for row in rows]
    return render(request, "sandbox/identity.html", {"requests": requests, "max_rows": _MAX_ROWS})


@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link: the client answers, or sees that the link is no longer valid."""
    row = get_object_or_404(IdentityRequest, token=token)
    if row.state != IdentityState.PENDING:
        status = 410 if row.state == IdentityState.CANCELLED else 200
        return render(request, "sandbox/identity_closed.html", {"row": row}, status=status)
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if "silent" in request.POST:
            identity.mark_silent(row)
            messages.success(request, "Автопилот не будет отвечать на этот запрос")
            return redirect("identity")
        if form.is_valid():
            _record_answer(request, row, form)
            return redirect("identity_consent", token)
    context = {"row": row, "form": form, "answers": identity.ANSWERS.values()}
    return render(
        request, "sandbox/identity_consent.html", context, status=422 if form.errors else 200
    )


@transaction.atomic
def _record_answer(request: HttpRequest, row: IdentityRequest, form: AnswerForm) -> None:
    row.refresh_from_db()
    if row.state != IdentityState.PENDING:  # answered elsewhere in the meantime
        return
    code, upload = form.cleaned_data["answer"], form.cleaned_data["document"]
    files = []
    if code == "documents":
        files = [_read_file(upload) if upload else identity.make_sample_document(row)]
    identity.record_answer(row, code, "client", sandbox_time(request), files)


def _read_file(upload: UploadedFile) -> identity.IdentityFile:
    name, content_type = (upload.name or "document")[:200], (upload.content_type or "")[:100]
    return identity.IdentityFile(name, content_type or "application/octet-stream", upload.read())
