"""What happens when a page may not write to the draft any more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect, retarget

from econtract.platform.common.formatting import format_datetime
from econtract.platform.common.htmx import is_fragment
from tasks.actions.drafts import AlreadyCreated, DraftChanged
from tasks.screens.common.form_kinds import FORM_KIND_BY_SLUG, FormKind
from tasks.screens.common.requests import CONFLICT
from tasks.screens.new_task.draft_conflict import compare_states
from tasks.screens.new_task.form_state import build_form_state
from tasks.screens.new_task.views.requests import read_form, read_page_version
from tasks.screens.new_task.views.responses import build_context, form_url, render_page

FormView = Callable[[HttpRequest, str], HttpResponse]


def handle_draft_conflicts(view: FormView) -> FormView:
    """Turn DraftChanged and AlreadyCreated into responses."""

    @wraps(view)
    def wrapper(request: HttpRequest, slug: str) -> HttpResponse:
        try:
            return view(request, slug)
        except DraftChanged as error:
            return _render_conflict(request, FORM_KIND_BY_SLUG[slug], error)
        except AlreadyCreated as error:
            return _redirect_to_task(request, error)

    return wrapper


def _render_conflict(request: HttpRequest, kind: FormKind, error: DraftChanged) -> HttpResponse:
    """What the other page has saved beside what was posted, for the user to choose (409)."""
    posted_state = read_form(request, kind)
    saved_state = build_form_state(kind, posted_state.user, error.draft.fields, error.draft)
    page_version = read_page_version(request)
    extra: dict[str, Any] = {
        "conflict": {
            "at": format_datetime(error.draft.updated_at),
            "rows": compare_states(saved_state, posted_state),
            "revision": error.draft.revision,
        },
        "restore_url": form_url(kind, error.draft),
    }
    if not is_fragment(request):
        return render_page(request, posted_state, page_version, status=CONFLICT, **extra)
    context = build_context(posted_state, page_version, **extra)
    response = render(request, "tasks/new_task/_conflict_answer.html", context, status=CONFLICT)
    response["Cache-Control"] = "no-store"
    # Whatever part of the page was requested stays as it is.
    retarget(response, "#draft-status")
    response["HX-Reswap"] = "morph"
    return response


def _redirect_to_task(request: HttpRequest, error: AlreadyCreated) -> HttpResponse:
    if is_fragment(request):
        return HttpResponseClientRedirect(error.task.get_absolute_url())
    return redirect(error.task)
