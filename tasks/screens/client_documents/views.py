"""Views of «Мои документы»."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.models import Contact
from edo.channels.simple.consent import find_text_to_renew, renew_consent, withdraw_consent
from tasks.actions import client_access
from tasks.actions.simple_signing import notify_of_withdrawal
from tasks.models import SigningTask
from tasks.screens.client_documents.access import (
    COOKIE,
    COOKIE_PATH,
    client_page,
    find_access,
    public_page,
    remember_access,
)
from tasks.screens.client_documents.forms import ConsentForm, PhoneForm, QuestionForm
from tasks.screens.client_documents.page import build_document, build_list
from tasks.screens.common.client_codes import CodeForm
from tasks.screens.common.client_device import build_device
from tasks.screens.common.files import serve_file

UNPROCESSABLE = 422
WRONG = "Код не подошел. Проверьте СМС или запросите новый код: на один код три попытки"


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest) -> HttpResponse:
    """The phone. The answer does not say whether it is known."""
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = UNPROCESSABLE if request.method == "POST" else 200
        return render(request, "tasks/client_documents/entry.html", {"form": form}, status=status)
    response = redirect("client_documents:code")
    remember_access(request, response, client_access.request_access(form.cleaned_data["phone"]))
    return response


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code from the SMS."""
    access = find_access(request)
    if access is None:
        return redirect("client_documents:entry")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if client_access.check_code(access, form.cleaned_data["code"]):
            return redirect("client_documents:list")
        form.add_error("code", WRONG)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "tasks/client_documents/code.html", {"form": form}, status=status)


@client_page
@require_safe
def document_list(request: HttpRequest, contact: Contact) -> HttpResponse:
    """The documents, each with its package and the manager's phone."""
    context = {"page": build_list(contact), "notice": request.GET.get("notice", "")}
    return render(request, "tasks/client_documents/list.html", context)


@public_page
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """«Выйти»."""
    response = redirect("client_documents:entry")
    response.delete_cookie(COOKIE, path=COOKIE_PATH)
    return response


@client_page
@require_safe
def pdf(request: HttpRequest, contact: Contact, number: int) -> HttpResponseBase:
    """The document that was signed."""
    task = _get_task(contact, number)
    version = task.document_version
    if version is None or version.pdf is None:
        raise Http404
    return serve_file(request, version.pdf, f"{build_document(task).title}.pdf")


@client_page
@require_safe
def package(request: HttpRequest, contact: Contact, number: int) -> HttpResponseBase:
    """The signed package (ZIP)."""
    task = _get_task(contact, number)
    if task.package is None:
        raise Http404
    return serve_file(request, task.package.download_file, task.package.file_name)


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, contact: Contact, number: int) -> HttpResponse:
    """«Вопрос по документу»: the manager gets it as a comment on the task."""
    task = _get_task(contact, number)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = form.cleaned_data
        client_access.ask_question(task, values["text"], values["submission_key"])
        return redirect(f"{_list_url()}?notice=question")
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"form": form, "document": build_document(task)}
    return render(request, "tasks/client_documents/question.html", context, status=status)


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, contact: Contact) -> HttpResponse:
    """The consent to personal data: what its withdrawal means, and the button."""
    if request.method == "POST":
        with transaction.atomic():
            if withdraw_consent(contact.pk):
                notify_of_withdrawal(contact)
        return redirect(f"{_list_url()}?notice=withdrawn")
    return render(request, "tasks/client_documents/withdraw.html")


@client_page
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, contact: Contact) -> HttpResponse:
    """The consent to personal data, given again after a withdrawal: text, tick, button."""
    text = find_text_to_renew(contact.pk)
    if text is None:
        return redirect("client_documents:list")
    # An old page may show a text that is no longer in force: then the new one is shown.
    is_sent = request.POST.get("text_id") == str(text.pk)
    form = ConsentForm(request.POST if is_sent else None, initial={"text_id": text.pk})
    if form.is_valid():
        renew_consent(contact.pk, text, build_device(request))
        return redirect(f"{_list_url()}?notice=renewed")
    context = {"form": form, "text": text}
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "tasks/client_documents/consent.html", context, status=status)


def _get_task(contact: Contact, number: int) -> SigningTask:
    return get_object_or_404(client_access.find_documents(contact), number=number)


def _list_url() -> str:
    return redirect("client_documents:list").url
