"""Госуслуги: the list of requests, and the page behind the client's link."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from econtract.sandbox import identity
from econtract.sandbox.api.protocol import request_now
from econtract.sandbox.models import IdentityRequest, IdentityState

_LAST = 100
_LOOKS = {"pending": "waiting", "passed": "done", "failed": "error", "documents": "waiting"}
_LARGEST = 10 * 1024 * 1024


class AnswerForm(forms.Form):
    """One of the answers, with papers for `documents`."""

    answer = forms.ChoiceField(
        choices=[(code, item.label) for code, item in identity.ANSWERS.items()],
        error_messages={"required": "Выберите ответ"},
    )
    paper = forms.FileField(required=False)

    def clean_paper(self) -> UploadedFile | None:
        """At most 10 MB."""
        paper: UploadedFile | None = self.cleaned_data["paper"]
        if paper and (paper.size or 0) > _LARGEST:
            raise forms.ValidationError("Файл больше 10 МБ")
        return paper


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Requests, newest first."""
    rows = IdentityRequest.objects.order_by("-id")[:_LAST]
    found = [{"row": row, "look": _LOOKS.get(row.state, "closed")} for row in rows]
    return render(request, "sandbox/identity.html", {"requests": found, "last": _LAST})


@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link: the client answers, or sees that the link is dead."""
    row = get_object_or_404(IdentityRequest, token=token)
    if row.state != IdentityState.PENDING:
        status = 410 if row.state == IdentityState.CANCELLED else 200
        return render(request, "sandbox/identity_closed.html", {"row": row}, status=status)
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if "silent" in request.POST:
            identity.keep_silent(row)
            messages.success(request, "Автопилот не будет отвечать на этот запрос")
            return redirect("identity")
        if form.is_valid():
            _apply(request, row, form)
            return redirect("identity_consent", token)
    context = {"row": row, "form": form, "answers": identity.ANSWERS.values()}
    return render(
        request, "sandbox/identity_consent.html", context, status=422 if form.errors else 200
    )


@transaction.atomic
def _apply(request: HttpRequest, row: IdentityRequest, form: AnswerForm) -> None:
    row.refresh_from_db()
    if row.state != IdentityState.PENDING:  # answered elsewhere meanwhile
        return
    code, paper = form.cleaned_data["answer"], form.cleaned_data["paper"]
    papers = []
    if code == "documents":
        papers = [_paper(paper) if paper else identity.sample_paper(row)]
    identity.answer(row, code, "client", request_now(request), papers)


def _paper(paper: UploadedFile) -> identity.Paper:
    name, content_type = (paper.name or "document")[:200], (paper.content_type or "")[:100]
    return identity.Paper(name, content_type or "application/octet-stream", paper.read())
