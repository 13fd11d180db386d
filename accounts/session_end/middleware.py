"""What happens to requests whose session has ended: nothing that was typed is lost.

A form is kept (`unsent_forms`), the user logs in, and the page with the form shows its
values again. Scripts of a page get 401 with the reason in a header (static/js/base/session.js).
"""

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.session_end import unsent_forms
from accounts.session_end.form_refill import refill_form
from accounts.session_end.pages import (
    LOGIN,
    LOGOUT,
    find_page,
    get_next_page,
    get_view,
    get_view_name,
)
from econtract.platform.common.htmx import is_fragment
from econtract.platform.common.page_owner import read_page_owner

OK, SEE_OTHER, UNAUTHORIZED, FORBIDDEN = 200, 303, 401, 403
# Why the request of a script is refused: no session; a page from before the user's latest log-in;
# the page of another user; a page without an owner.
SESSION_HEADER = "X-Session"
ENDED, RENEWED, FOREIGN, UNKNOWN = "ended", "renewed", "foreign", "unknown"


class SessionEndMiddleware(LoginRequiredMiddleware):
    """Sends visitors to the log-in page, keeps what they sent, and shows it again afterwards."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        # The CSRF token is valid here, so the form is sent now and needs not be kept any longer.
        is_sent = request.method == "POST" and request.user.is_authenticated
        if is_sent and unsent_forms.has_unsent_forms(request):
            unsent_forms.discard_form(request, request.path)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]  # scripts are not redirected
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        """Django calls it when a page needs a log-in and the visitor has none."""
        if get_view_name(request) == LOGOUT:
            return redirect(LOGIN)
        if request.method == "POST" and (owner_id := read_page_owner(request)) is not None:
            unsent_forms.keep_form(request, owner_id=owner_id, action=request.path)
        if is_fragment(request):
            return _refuse_script(ENDED)
        return redirect_to_login(find_page(request))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Fills in the forms of a page that wait for their user."""
        is_page = (
            request.method == "GET"
            and response.status_code == OK
            and not response.streaming
            and response.headers.get("Content-Type", "").startswith("text/html")
        )
        if is_page and unsent_forms.has_unsent_forms(request) and isinstance(request.user, User):
            _refill(request, response, request.user)
        return response


def answer_stale_page(request: HttpRequest) -> HttpResponse | None:
    """The answer to a form whose CSRF token does not belong to the current session.

    Usually the user has logged in in another tab. None when it is not known whose page it was.
    """
    user = request.user
    if get_view_name(request) == LOGIN:
        return redirect(get_next_page(request)) if user.is_authenticated else None
    owner_id = read_page_owner(request)
    if owner_id is None or not getattr(get_view(request), "login_required", True):
        return _refuse_script(UNKNOWN, FORBIDDEN) if is_fragment(request) else None
    if isinstance(user, User) and user.pk != owner_id:
        if is_fragment(request):
            return _refuse_script(FOREIGN)
        return render(request, "403_foreign_page.html", status=FORBIDDEN)
    unsent_forms.keep_form(request, owner_id=owner_id, action=request.path)
    if isinstance(user, User):
        unsent_forms.explain_stale_page(request)
    if is_fragment(request):
        return _refuse_script(RENEWED if user.is_authenticated else ENDED)
    page = find_page(request)
    if user.is_authenticated:
        return HttpResponseRedirect(page, status=SEE_OTHER)
    return redirect_to_login(page)


def _refill(request: HttpRequest, response: HttpResponse, user: User) -> None:
    html = response.content.decode(response.charset)
    for form in unsent_forms.list_unsent_forms(request):
        if form.owner_id != user.pk:
            continue
        filled_html = refill_form(html, request.path, form)
        if filled_html is not None:
            html = filled_html
            unsent_forms.discard_form(request, form.action)
            response.content = html.encode(response.charset)


def _refuse_script(reason: str, status: int = UNAUTHORIZED) -> HttpResponse:
    return HttpResponse(status=status, headers={SESSION_HEADER: reason})
