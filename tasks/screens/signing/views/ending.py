"""«Отказаться», «Это не мой номер», and the question after the signature."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from edo.channels.simple import client
from edo.models import SigningLink
from tasks.actions.simple_signing import enqueue_next_step, forget_identification
from tasks.screens.common.client_device import build_device
from tasks.screens.signing.forms import RatingForm, RefusalForm
from tasks.screens.signing.page import build_heading
from tasks.screens.signing.views.document import UNPROCESSABLE
from tasks.screens.signing.visits import Visit, visitor_page


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_page
def refuse(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The reasons; after POST the document is refused for good."""
    if not visit.is_live:
        return redirect("../")
    is_sent = request.method == "POST"
    form = RefusalForm(request.POST if is_sent else None)
    if not is_sent or not form.is_valid():
        context = {"heading": build_heading(visit), "form": form, "root": "../"}
        status = UNPROCESSABLE if is_sent else 200
        return render(request, "tasks/signing/refuse.html", context, status=status)
    with transaction.atomic():
        client.refuse(visit.link, form.reason, build_device(request))
        enqueue_next_step(visit.signing.pk)
    return redirect("../")


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_page
def wrong_number(request: HttpRequest, visit: Visit) -> HttpResponse:
    """«Это не мой номер»: asks once more; after POST the link works no longer."""
    if not visit.is_live:
        return redirect("../")
    if request.method != "POST":
        context = {"heading": build_heading(visit), "root": "../"}
        return render(request, "tasks/signing/wrong_number.html", context)
    with transaction.atomic():
        for signing_id in client.report_wrong_number(visit.link, build_device(request)):
            enqueue_next_step(signing_id)
        forget_identification(visit.signing.signer)
    return redirect("../")


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_page
def rate(request: HttpRequest, visit: Visit) -> HttpResponse:
    """One answer, and only after the signature."""
    form = RatingForm(request.POST)
    if request.method == "POST" and visit.link.end == SigningLink.End.USED and form.is_valid():
        client.rate(visit.signing, form.cleaned_data["rating"])
    return redirect("../#rating")
