"""The document of the form, filled from a template («Бланк»)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from archive.document_templates.refusals import FillingFailed
from archive.documents import StoredUpload
from archive.intake.refusals import IntakeRefused
from archive.joining import composition
from econtract.platform.common.errors import ActionRefused
from tasks.actions import draft_files
from tasks.actions.templates import fill_document
from tasks.models import Draft
from tasks.screens.new_task.field_values import get_value
from tasks.screens.new_task.form_state import FormState
from tasks.screens.new_task.saving import save_form
from tasks.screens.new_task.templates import (
    CHOOSE_TEMPLATE,
    TemplateChoice,
    build_task_data,
)
from tasks.screens.new_task.views.conflicts import handle_draft_conflicts
from tasks.screens.new_task.views.requests import (
    get_form_kind,
    read_form,
    read_page_version,
    save_posted_form,
)
from tasks.screens.new_task.views.responses import render_refused_file, respond_document_block


@require_POST
@handle_draft_conflicts
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """«Выбрать бланк»: the form shows what the template asks for."""
    state = save_posted_form(request, get_form_kind(request, slug))
    return respond_document_block(request, state)


@require_POST
@handle_draft_conflicts
def fill(request: HttpRequest, slug: str) -> HttpResponse:
    """«Заполнить»: the filled file becomes the document, or takes the place of its own former one.

    The document is filled before anything is locked.
    """
    state = read_form(request, get_form_kind(request, slug))
    try:
        file = _fill(state)
    except (ActionRefused, FillingFailed, IntakeRefused) as error:
        message = _describe(error)
        state = save_form(state, read_page_version(request))
        return render_refused_file(request, state, message)
    former = _find_former(state.draft, file) if file else None
    new_files = [file] if file and former is None else []
    state = save_form(state, read_page_version(request), new_files)
    if file is None:
        return render_refused_file(request, state, CHOOSE_TEMPLATE)
    if former is not None:
        draft_files.replace_file(draft=state.draft, version_id=former, upload=file)
    return respond_document_block(request, state)


def _fill(state: FormState) -> StoredUpload | None:
    """The filled document; None when no template is chosen."""
    choice = TemplateChoice(state.values, state.kind_options.chosen)
    if choice.chosen is None or choice.version is None:
        return None
    number = get_value(state.values, "document_number")
    return fill_document(
        choice.version,
        build_task_data(state),
        file_name=f"{choice.chosen.name} {number}".strip() + ".docx",
        user=state.user,
    )


def _describe(error: ActionRefused | FillingFailed | IntakeRefused) -> str:
    if isinstance(error, ActionRefused):
        return " ".join(error.messages)
    return error.message if isinstance(error, FillingFailed) else error.refusal.message


def _find_former(draft: Draft, file: StoredUpload) -> int | None:
    """The file of the draft that was filled from another version or other values."""
    template = file.template_version.template_id if file.template_version else None
    for part in composition.list_parts(draft.document_version):
        if part.template_version and part.template_version.template_id == template:
            return int(part.pk)
    return None
