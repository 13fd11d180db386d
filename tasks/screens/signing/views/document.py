"""The document, the code and the signature."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from econtract.platform.common.errors import OutsideError
from edo.channels.simple import client, codes
from edo.channels.simple.codes import CheckResult
from edo.records import ClientDevice
from tasks.actions.simple_signing import enqueue_next_step
from tasks.screens.common.client_codes import CodeForm
from tasks.screens.common.client_device import build_device
from tasks.screens.signing.page import (
    SigningPage,
    build_agreements_form,
    build_ended_page,
    build_page,
)
from tasks.screens.signing.visits import Visit, visitor_page

UNPROCESSABLE, CONFLICT, UNAVAILABLE = 422, 409, 503
MAX_PAGES_IN_REPORT = 1000
SMS_PROBLEM = "СМС с кодом не отправлена: служба сообщений не отвечает. Повторите через минуту"


@require_http_methods(["GET", "HEAD"])
@gzip_page
@visitor_page
def document(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The page: to read and sign, or why it is too late for that."""
    return show(request, visit)


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_page
def progress(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A report of the page's script: what the client has looked at. 409: the link has ended."""
    if request.method != "POST":
        return redirect("../")
    if not visit.is_live:
        return HttpResponse(status=CONFLICT)
    with transaction.atomic():
        if _record_progress(request, visit, build_device(request)):
            enqueue_next_step(visit.signing.pk)
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_page
def code(request: HttpRequest, visit: Visit) -> HttpResponse:
    """«Получить код»: accepts the texts the first time, and sends the code, or sends it again."""
    if request.method != "POST" or not visit.is_live:
        return _to_page(request, visit)
    form = build_agreements_form(visit, request)
    if not form.is_valid():
        return show(request, visit, build_page(visit, texts=form), UNPROCESSABLE)
    device = build_device(request)
    with transaction.atomic():
        is_first = _record_progress(request, visit, device)
        # Without a script nobody has measured what was looked at: only that the form was sent.
        client.record_submission(visit.link, device, pages=visit.version.pages or 0)
        if is_first:
            enqueue_next_step(visit.signing.pk)
        client.accept_texts(visit.link, list(form.texts.values()), device)
    try:
        status = codes.request_code(visit.link, device)
    except OutsideError:
        return show(request, visit, build_page(visit, problem=SMS_PROBLEM), UNAVAILABLE)
    if status.problem:
        return show(request, visit, build_page(visit, problem=status.problem), UNPROCESSABLE)
    return redirect("../#code")


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_page
def sign(request: HttpRequest, visit: Visit) -> HttpResponse:
    """«Подписать»."""
    if request.method != "POST" or not visit.is_live:
        return _to_page(request, visit)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return show(request, visit, build_page(visit, code=form), UNPROCESSABLE)
    with transaction.atomic():
        result = client.sign(visit.link, form.cleaned_data["code"], build_device(request))
        if result.is_right:
            enqueue_next_step(visit.signing.pk)
    if result.is_right:
        return redirect("../")
    return show(request, visit, _build_refused_page(visit, form, result), UNPROCESSABLE)


def _build_refused_page(visit: Visit, form: CodeForm, result: CheckResult) -> SigningPage:
    if result.attempts_left:
        text = f"Неверный код. Осталось попыток: {result.attempts_left}"
        form.add_error("code", text)
        return build_page(visit, code=form)
    if result.needs_texts:
        return build_page(visit, problem="Сначала примите тексты и получите новый код")
    if result.is_expired:
        return build_page(visit, problem="Срок кода истек. Получите новый код")
    return build_page(visit, problem="Код больше не действует. Получите новый код")


def show(
    request: HttpRequest, visit: Visit, page: SigningPage | None = None, status: int = 200
) -> HttpResponse:
    """The page of a live link, or the end of one."""
    # Addresses in the page are relative, so that its text does not contain the token.
    match = request.resolver_match
    root = "" if match and match.url_name == "document" else "../"
    if visit.is_live:
        context = {"page": page or build_page(visit), "root": root}
        return render(request, "tasks/signing/document.html", context, status=status)
    context = {"page": build_ended_page(visit), "root": root}
    return render(request, "tasks/signing/ended.html", context, status=status)


def _to_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The answer to a form's address without a form, and to a form that came too late."""
    return show(request, visit, status=CONFLICT) if request.method == "POST" else redirect("../")


def _record_progress(request: HttpRequest, visit: Visit, device: ClientDevice) -> bool:
    """Record what the script has sent, if there is one; whether this was the first opening."""
    return client.record_progress(
        visit.link,
        device,
        pages=_read_pages(request.POST.get("pages", ""), visit.version.pages or 0),
        has_reached_end=bool(request.POST.get("end")),
        has_downloaded=bool(request.POST.get("download")),
    )


def _read_pages(text: str, pages: int) -> list[int]:
    numbers = {int(part) for part in text[:10_000].split(",") if part.isascii() and part.isdigit()}
    return sorted(number for number in numbers if 1 <= number <= pages)[:MAX_PAGES_IN_REPORT]
