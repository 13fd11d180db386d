"""Saving the form as a draft, and creating its task."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from archive.documents import StoredUpload
from tasks.actions import drafts
from tasks.actions.create import create_task
from tasks.actions.drafts import PageVersion
from tasks.models import SigningTask
from tasks.recipient_lookups import request_lookup
from tasks.screens.new_task.account_check import query_account
from tasks.screens.new_task.form_state import FormState


def save_form(
    state: FormState, page_version: PageVersion, files: Sequence[StoredUpload] = ()
) -> FormState:
    """Save the form as the user's draft; ``files`` join its document.

    Raises DraftChanged and AlreadyCreated.
    """
    with transaction.atomic():
        state = _fill_draft(state, page_version, files)
        state.draft.save()
        if state.form.is_signed_by_sms and state.signing_options.box is not None:
            request_lookup(state.signing_options.box, state.recipient)
    return state


def create_or_save(
    state: FormState, page_version: PageVersion, files: Sequence[StoredUpload]
) -> tuple[FormState, SigningTask | None]:
    """Create client, contact and task and delete the draft; or save an incomplete form.

    All in one transaction. Raises as `save_form`; DuplicateContact if the phone has been taken in
    the meantime, and ActionRefused. Nothing is saved then.
    """
    with transaction.atomic():
        state = _fill_draft(state, page_version, files)
        if not state.is_complete:
            state.draft.save()
            return state, None
        client, contact = state.client_section.save_client(state.user)
        task = create_task(
            data=state.build_task_data(client, contact),
            actor=state.user,
            submission_key=page_version.submission_key,
        )
        state.draft.delete()
    return state, task


def check_account(state: FormState) -> None:
    """«Проверка ЛС» of a saved form, with no transaction open; the draft keeps the result.

    The number must be valid, and the client known.
    """
    check_input = state.account_check_input
    outcome = query_account(state.account_number, state.client_section.inn)
    drafts.record_account_check(draft=state.draft, outcome=outcome, check_input=check_input)


def _fill_draft(
    state: FormState, page_version: PageVersion, files: Sequence[StoredUpload]
) -> FormState:
    answer = state.client_section.cdi_answer
    draft = drafts.fill_draft(
        user=state.user,
        task_type=state.kind.task_type,
        page_version=page_version,
        fields=state.values,
        organisation=answer.to_json() if answer else None,
        files=files,
    )
    return replace(state, draft=draft)
