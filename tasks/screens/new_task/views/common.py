"""What every address of the form does: whose form it is, what was sent, what is sent back."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect, retarget, trigger_client_event

from archive.documents import StoredUpload
from econtract.platform.common.formatting import format_datetime, format_time
from econtract.platform.common.htmx import is_fragment
from tasks.actions import drafts
from tasks.actions.drafts import AlreadyCreated, DraftChanged, PageVersion
from tasks.models import Draft
from tasks.screens.common.form_kinds import FORM_KIND_BY_SLUG, FormKind
from tasks.screens.common.requests import UNPROCESSABLE, person_of
from tasks.screens.new_task import companies
from tasks.screens.new_task.companies import CHOOSE
from tasks.screens.new_task.company_section import CompanySection
from tasks.screens.new_task.contacts import ADD_CONTACT
from tasks.screens.new_task.draft_conflict import compare_states
from tasks.screens.new_task.field_values import get_value, read_values
from tasks.screens.new_task.form_state import FormState, build_error_list, field_names
from tasks.screens.new_task.support_requests import build_error_request, build_regions_request

CONFLICT = 409
RESTORE = "restore"
ADDRESSES = (
    "form",
    "draft",
    "close",
    "restart",
    "reopen",
    "clients",
    "client",
    "contact_find",
    "contact_add",
    "contact_link",
    "account",
    "document",
    "document_detach",
    "document_review",
)


def get_form_kind(request: HttpRequest, slug: str) -> FormKind:
    """The form, when its type is opened to the person."""
    kind = FORM_KIND_BY_SLUG[slug]
    if kind.task_type not in person_of(request).task_types:
        raise PermissionDenied(f"Нужен доступ «{kind.label}».")
    return kind


def form_url(kind: FormKind, *, restore: bool = True, anchor: str = "", find: str = "") -> str:
    """The form's address; with what the draft holds unless ``restore`` is False."""
    query = {RESTORE: "1"} if restore else {}
    if find:
        query["find"] = find
    url = reverse("tasks:new_form", args=[kind.slug])
    return f"{url}{'?' if query else ''}{urlencode(query)}{'#' if anchor else ''}{anchor}"


def read_page_version(request: HttpRequest) -> PageVersion:
    """What the page says of itself; nonsense is that of a new page."""
    posted = request.POST
    return PageVersion(
        page=posted.get("page", "")[:36],
        revision=_number(posted.get("overwrite") or posted.get("revision", "")),
        key=_key(posted.get("submission_key", "")),
        turn=_number(posted.get("turn", "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def read_form(request: HttpRequest, kind: FormKind, *, ask: bool = False) -> FormState:
    """The form as it was sent, over the draft as it is; nothing is saved."""
    user = person_of(request)
    values = read_values(request.POST, field_names(kind))
    return FormState(kind, user, values, drafts.find_draft(user, kind.task_type), ask=ask)


def save_form(state: FormState, mark: PageVersion, file: StoredUpload | None = None) -> None:
    """Keeps the state as the draft. Raises DraftChanged and AlreadyCreated."""
    with transaction.atomic():
        write_draft(state, mark, file)
        state.draft.save()


def write_draft(state: FormState, mark: PageVersion, file: StoredUpload | None = None) -> None:
    """As `save_entry`, in the transaction of one who saves or finishes the draft himself."""
    lookup = state.client_section.lookup
    state.draft = drafts.write_draft(
        user=state.user,
        task_type=state.kind.task_type,
        mark=mark,
        fields=state.values,
        organisation=lookup.to_json() if lookup else None,
        file=file,
    )


def save_posted_form(
    request: HttpRequest, kind: FormKind, *, ask: bool = False, file: StoredUpload | None = None
) -> FormState:
    """The posted form, saved. Raises DraftChanged and AlreadyCreated."""
    state = read_form(request, kind, ask=ask)
    save_form(state, read_page_version(request), file)
    return state


# --- What is sent back -----------------------------------------------------------------------


def build_page_version(draft: Draft, *, restored: bool) -> PageVersion:
    """For a page about to be drawn, empty or with the draft's contents."""
    page = str(uuid.uuid4())
    if restored:
        return PageVersion(page, draft.revision, draft.submission_key)
    return PageVersion(page, None, uuid.uuid4())


def build_context(state: FormState, mark: PageVersion, **more: Any) -> dict[str, Any]:
    """Everything that the form's templates draw."""
    kind = state.kind
    return {
        "kind": kind,
        "state": state,
        "client_section": state.client_section,
        "form": state.form,
        "items": state.items,
        "mark": mark,
        "urls": {name: reverse(f"tasks:new_{name}", args=[kind.slug]) for name in ADDRESSES},
        "regions_missing": state.places.regionless,
        "regions_request": build_regions_request(state.user),
        "helpme_url": settings.HELPME_URL,
        "dataport_url": settings.DATAPORT_URL,
        "draft_text": format_saved_at(state.draft),
        **more,
    }


def format_saved_at(draft: Draft) -> str:
    """«Сохранено в 14:32»."""
    kept = draft.pk and drafts.has_contents(draft)
    return f"Сохранено в {format_time(draft.updated_at)}" if kept else ""


def render_page(
    request: HttpRequest, state: FormState, mark: PageVersion, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The whole page. With a status of refusal everything that is wrong is said."""
    errors = build_error_list(state.items) if status == UNPROCESSABLE else []
    if not errors:
        state.hide_untouched("")
    context = build_context(
        state,
        mark,
        errors=errors,
        build_error_request=build_error_request(state.user, kind_label=state.kind.label),
        **_errors_of_party(state, said=bool(errors)),
        **more,
    )
    response = render(request, "tasks/new_task/form.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _errors_of_party(state: FormState, *, said: bool) -> dict[str, str]:
    """What is said at the client's and the contact's field, which are no fields of a form."""
    client_section = state.client_section
    if not said or not isinstance(client_section, CompanySection):
        return {}
    return {
        "client_error": "" if client_section.company else CHOOSE,
        "contact_error": "" if client_section.contact or client_section.new else ADD_CONTACT,
    }


def render_changes(
    request: HttpRequest,
    state: FormState,
    *,
    anchor: str = "",
    find: str = "",
    said: str = "",
    focus: str = "",
    refocus: str = "",
    **more: Any,
) -> HttpResponse:
    """After something was done to the draft: the changed parts to htmx, the page to the rest.

    ``anchor`` and ``find`` go to the page's address. When htmx has asked, ``said`` is read out,
    the field ``focus`` (a selector) takes the cursor, ``refocus`` only when the button that was
    pressed is gone with it; ``more`` goes to the templates.
    """
    if not is_fragment(request):
        return redirect(form_url(state.kind, anchor=anchor, find=find))
    state.hide_untouched("" if said else request.POST.get("active", ""))
    context = build_context(state, read_page_version(request), oob=True, **more)
    response = render(request, "tasks/new_task/_draft_answer.html", context)
    patch_vary_headers(response, ["HX-Request"])
    response["Cache-Control"] = "no-store"
    if said:
        trigger_client_event(response, "announce", {"value": said})
    if focus or refocus:
        move_focus(response, focus or refocus, lost=not focus)
    return response


def move_focus(response: HttpResponse, selector: str, *, lost: bool) -> None:
    """Has the page put the cursor there; ``lost``: only when nothing on the page has it."""
    detail = {"value": selector, "lost": lost}
    trigger_client_event(response, "focus-field", detail, after="settle")


View = Callable[[HttpRequest, str], HttpResponse]


def handle_draft_conflicts(view: View) -> View:
    """For an address that writes the draft: the answer when it may not be written any more."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str) -> HttpResponse:
        try:
            return view(request, slug)
        except DraftChanged as error:
            return _refuse(request, FORM_KIND_BY_SLUG[slug], error)
        except AlreadyCreated as error:
            return _to_made(request, error)

    return guarded


def _refuse(request: HttpRequest, kind: FormKind, error: DraftChanged) -> HttpResponse:
    """Another page was faster: what it has saved beside what is here, and the choice (409)."""
    state = read_form(request, kind)
    saved = FormState(kind, state.user, error.draft.fields, error.draft)
    more = {
        "conflict": {
            "at": format_datetime(error.draft.updated_at),
            "rows": compare_states(saved, state),
            "revision": error.draft.revision,
        },
        "restore_url": form_url(kind),
    }
    if not is_fragment(request):
        return render_page(request, state, read_page_version(request), status=CONFLICT, **more)
    context = build_context(state, read_page_version(request), **more)
    response = render(request, "tasks/new_task/_conflict_answer.html", context, status=CONFLICT)
    response["Cache-Control"] = "no-store"
    # Whatever was asked for: its own place on the page stays as it is.
    retarget(response, "#draft-status")
    response["HX-Reswap"] = "morph"
    return response


def _to_made(request: HttpRequest, error: AlreadyCreated) -> HttpResponse:
    """The page's task is made: that very task."""
    if is_fragment(request):
        return HttpResponseClientRedirect(error.task.get_absolute_url())
    return redirect(error.task)


def client_search(state: FormState) -> dict[str, Any]:
    """What the page without a script shows of a search for the client."""
    query = get_value(state.values, "client_q")
    options, words = companies.search_companies(state.kind.section, query) if query else ([], "")
    return {"client_options": options, "client_words": words}
