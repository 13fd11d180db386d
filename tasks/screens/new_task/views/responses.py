"""Rendering the form: the whole page, or for htmx the parts that have changed."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event

from econtract.platform.common.formatting import format_time
from econtract.platform.common.htmx import is_fragment
from tasks.actions import drafts
from tasks.actions.drafts import PageVersion
from tasks.models import Draft
from tasks.screens.common.form_kinds import FormKind
from tasks.screens.common.requests import UNPROCESSABLE
from tasks.screens.new_task.checklist import build_error_list
from tasks.screens.new_task.companies import CHOOSE_CLIENT
from tasks.screens.new_task.company_section import CompanySection
from tasks.screens.new_task.contacts import ADD_CONTACT
from tasks.screens.new_task.draft_list import draft_url
from tasks.screens.new_task.form_state import FormState
from tasks.screens.new_task.premature_errors import hide_premature_errors
from tasks.screens.new_task.support_requests import build_error_request, build_regions_request
from tasks.screens.new_task.templates import TemplateChoice
from tasks.screens.new_task.views.requests import read_page_version

# Without JavaScript a search redirects to the form, and this says what result to show there.
SEARCH_PARAM = "find"
CLIENT_SEARCH, CONTACT_SEARCH = "client", "contact"
URL_NAMES = (
    "form",
    "draft",
    "close",
    "clients",
    "client",
    "contact_find",
    "contact_add",
    "contact_link",
    "account",
    "recipient",
    "document",
    "document_detach",
    "document_files",
    "document_review",
    "document_template",
    "document_fill",
)


def form_url(
    kind: FormKind, draft: Draft | None = None, *, anchor: str = "", search: str = ""
) -> str:
    """The URL of the form with the contents of ``draft``, or of an empty one."""
    if draft is None:
        return reverse("tasks:new_form", args=[kind.slug])
    query = {SEARCH_PARAM: search} if search else {}
    return draft_url("form", kind, draft, **query) + (f"#{anchor}" if anchor else "")


def new_page_version(draft: Draft, *, is_restored: bool) -> PageVersion:
    """For a page that is opened with the draft's contents, or with a new draft."""
    revision = draft.revision if is_restored else None
    return PageVersion(str(uuid.uuid4()), revision, draft.submission_key)


def build_context(state: FormState, page_version: PageVersion, **extra: Any) -> dict[str, Any]:
    """The context of all templates of the form."""
    kind = state.kind
    return {
        "kind": kind,
        "state": state,
        "client_section": state.client_section,
        "form": state.form,
        "page_version": page_version,
        "urls": {name: reverse(f"tasks:new_{name}", args=[kind.slug]) for name in URL_NAMES}
        | {"document_state": draft_url("document", kind, state.draft)},
        "draft_url": form_url(kind, state.draft),
        "template_choice": TemplateChoice(state.values, state.kind_options.chosen),
        "regions_missing": state.signing_options.user_has_no_regions,
        "regions_request": build_regions_request(state.user),
        "dataport_url": settings.DATAPORT_URL,
        "draft_text": _format_saved_at(state.draft),
        **extra,
    }


def _format_saved_at(draft: Draft) -> str:
    is_saved = draft.pk and drafts.has_contents(draft)
    return f"Сохранено в {format_time(draft.updated_at)}" if is_saved else ""


def render_page(
    request: HttpRequest,
    state: FormState,
    page_version: PageVersion,
    *,
    status: int = 200,
    refusals: Sequence[str] = (),
    **extra: Any,
) -> HttpResponse:
    """The whole page. With the status 422 it shows all errors, and why the creation was refused."""
    errors = build_error_list(state.checklist) if status == UNPROCESSABLE else []
    errors += [{"href": "", "text": text} for text in refusals]
    if errors:
        extra |= _build_client_errors(state)
    else:
        hide_premature_errors(state, active_field="")
    context = build_context(
        state,
        page_version,
        errors=errors,
        error_request=build_error_request(state.user, kind_label=state.kind.label),
        **extra,
    )
    response = render(request, "tasks/new_task/form.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _build_client_errors(state: FormState) -> dict[str, str]:
    """The errors of client and contact, which are not fields of a Django form."""
    section = state.client_section
    if not isinstance(section, CompanySection):
        return {}
    return {
        "client_error": "" if section.company else CHOOSE_CLIENT,
        "contact_error": "" if section.contact or section.contact_form else ADD_CONTACT,
    }


def render_changes(
    request: HttpRequest,
    state: FormState,
    *,
    anchor: str = "",
    search: str = "",
    announcement: str = "",
    focus: str = "",
    focus_if_lost: str = "",
    **extra: Any,
) -> HttpResponse:
    """After a change of the draft: the changed parts for htmx, else a redirect to the form.

    The redirect has ``anchor`` and ``search``. For htmx, screen readers read ``announcement``, and
    the field ``focus`` gets the cursor; ``focus_if_lost`` gets it only when the button that was
    pressed is gone. Both are CSS selectors. ``extra`` goes to the templates.
    """
    if not is_fragment(request):
        return redirect(form_url(state.kind, state.draft, anchor=anchor, search=search))
    hide_premature_errors(state, "" if announcement else request.POST.get("active", ""))
    context = build_context(state, read_page_version(request), oob=True, **extra)
    response = render(request, "tasks/new_task/_draft_answer.html", context)
    patch_vary_headers(response, ["HX-Request"])
    response["Cache-Control"] = "no-store"
    if announcement:
        trigger_client_event(response, "announce", {"value": announcement})
    if focus or focus_if_lost:
        move_focus(response, focus or focus_if_lost, only_if_lost=not focus)
    return response


def render_document_block(
    request: HttpRequest, state: FormState, *, status: int = 200, **extra: str
) -> HttpResponse:
    """The document, with the checklist and the draft's status beside it."""
    context = build_context(state, read_page_version(request), **extra)
    response = render(request, "tasks/new_task/_document_answer.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def respond_document_block(request: HttpRequest, state: FormState) -> HttpResponse:
    """After a change of the document: its block for htmx, else a redirect to it."""
    if not is_fragment(request):
        return redirect(form_url(state.kind, state.draft, anchor="document-block"))
    response = render_document_block(request, state)
    focus_document_block(response)
    return response


def render_refused_file(request: HttpRequest, state: FormState, message: str) -> HttpResponse:
    """The form with ``message`` at the file field (422)."""
    if is_fragment(request):
        response = render_document_block(
            request, state, status=UNPROCESSABLE, document_error=message
        )
        focus_document_block(response)
        return response
    page_version = read_page_version(request)
    return render_page(request, state, page_version, status=UNPROCESSABLE, document_error=message)


def focus_document_block(response: HttpResponse) -> None:
    """Keep the cursor in the document block when its button is replaced."""
    move_focus(response, "#document-block :is(input, button)", only_if_lost=True)


def move_focus(response: HttpResponse, selector: str, *, only_if_lost: bool) -> None:
    """Put the cursor into a field; ``only_if_lost``: only if nothing on the page has it."""
    detail = {"value": selector, "lost": only_if_lost}
    trigger_client_event(response, "focus-field", detail, after="settle")
