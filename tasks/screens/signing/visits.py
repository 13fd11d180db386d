"""Who may see the page of a link: whoever has the link, for as long as it is live.

A browser that has seen the page of a live link gets a cookie for that address. It alone is shown
later why the link has ended, and the signed document. To all others, links that are unknown, that
have ended, or that belong to another installation look alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hmac import compare_digest
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing as signed_values
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from archive.models import DocumentVersion
from econtract.platform.common.compiled import CompiledQuery, Parameter
from edo.channels.simple import links
from edo.channels.simple.links import LinkEnded
from edo.models import SigningLink, SimpleSigning
from tasks.models import SigningTask
from tasks.screens.common import client_limits
from tasks.screens.common.client_device import set_device_cookie

COOKIE = "signing"
COOKIE_AGE = 24 * 60 * 60
SALT = "tasks.screens.signing.visits"
# Of a file: nothing in it runs, and no page shows it in a frame.
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
NOT_FOUND = 404
# What the page shows of a task: reading all columns would take longer than the rest of the page.
TASK_COLUMNS = (
    *("document", "document_number", "package", "simple_signing"),
    *("client__short_name", "document_kind__name"),
    *("manager__first_name", "manager__last_name", "manager__phone"),
)
RELATIONS = ("client", "manager", "document_kind")

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Visit:
    """A request with a link. ``is_live``: the link is; else only its end may be shown."""

    link: SigningLink
    is_live: bool
    task: SigningTask
    version: DocumentVersion

    @property
    def signing(self) -> SimpleSigning:
        return self.link.signing


def visitor_page(view: View) -> View:
    """A public view that gets a `Visit` in the place of the token.

    Exempt from CSRF protection: the address itself is the secret that a foreign site would need,
    and without a referrer browsers send the origin «null», which Django refuses.
    """

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest, token: str, **arguments: Any) -> HttpResponseBase:
        match = request.resolver_match
        # Reports of the script are many; they must not use up what forms may do.
        counter = match.url_name if match and match.url_name == "progress" else "forms"
        if request.method == "POST" and client_limits.is_limit_exceeded(request, counter):
            return protect(client_limits.refuse_request(request))
        try:
            response = _respond(request, token, view, arguments)
        except LinkEnded:
            # Since we looked: the answer is that of any other link that has ended.
            response = _respond(request, token, view, arguments)
        return protect(response)

    return wrapper


def _respond(
    request: HttpRequest, token: str, view: View, arguments: dict[str, Any]
) -> HttpResponseBase:
    visit = find_visit(request, token)
    if visit is None:
        return _no_such_link(request)
    try:
        response = view(request, visit, **arguments)
    except Http404:
        response = render(request, "tasks/signing/unknown.html", status=NOT_FOUND)
    if visit.is_live:
        _set_visit_cookie(request, response, token, visit.link)
    return response


def find_visit(request: HttpRequest, token: str) -> Visit | None:
    """The visit of a live link, or of one whose page this browser has seen while it was live."""
    link = links.find_by_token(token)
    is_live = link is not None
    if link is None:
        link = _find_seen_link(request, token)
    if link is None:
        return None
    task = _find_task(link.signing)
    sha256 = link.signing.document_sha256
    versions = _find_versions(document_id=task.document_id, sha256=sha256) if task else []
    return Visit(link, is_live, task, versions[0]) if task and versions else None


@CompiledQuery
def _find_versions(document_id: Parameter, sha256: Parameter) -> QuerySet[DocumentVersion]:
    rows = DocumentVersion.objects.filter(document=document_id, pdf__sha256=sha256)
    return rows.select_related("pdf").order_by("pk")


def _find_task(signing: SimpleSigning) -> SigningTask | None:
    if rows := _find_tasks(signing_id=signing.pk):
        return rows[0]
    tasks = SigningTask.objects.filter(past_simple_signings=signing)
    return tasks.select_related(*RELATIONS).only(*TASK_COLUMNS).first()


@CompiledQuery
def _find_tasks(signing_id: Parameter) -> QuerySet[SigningTask]:
    tasks = SigningTask.objects.filter(simple_signing=signing_id)
    return tasks.select_related(*RELATIONS).only(*TASK_COLUMNS)


def _find_seen_link(request: HttpRequest, token: str) -> SigningLink | None:
    cookie = request.COOKIES.get(COOKIE, "")
    if not cookie:
        return None
    try:
        pk = signed_values.loads(cookie, salt=SALT, max_age=COOKIE_AGE)
    except signed_values.BadSignature:
        return None
    link = SigningLink.objects.select_related("signing__signer", "signing__box").filter(pk=pk)
    seen = link.first()
    is_same = seen is not None and compare_digest(seen.token_sha256, links.hash_token(token))
    return seen if is_same else None


def _set_visit_cookie(
    request: HttpRequest, response: HttpResponseBase, token: str, link: SigningLink
) -> None:
    response.set_cookie(
        COOKIE,
        signed_values.dumps(link.pk, salt=SALT),
        max_age=COOKIE_AGE,
        path=f"/s/{token}/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    set_device_cookie(request, response)


def protect(response: HttpResponseBase) -> HttpResponseBase:
    """Headers of every answer: stored nowhere, indexed nowhere, framed nowhere, no referrer."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    if response.has_header("Content-Security-Policy"):
        response["Content-Security-Policy"] = FILE_POLICY
    return response


def _no_such_link(request: HttpRequest) -> HttpResponse:
    if client_limits.is_limit_exceeded(request, "dead_links"):
        return client_limits.refuse_request(request)
    return render(request, "tasks/signing/unknown.html", status=NOT_FOUND)
