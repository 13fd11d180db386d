"""Saved drafts as the pages list them: by client, with the links to restore and to delete."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from accounts.roles import TaskType
from econtract.platform.common.formatting import format_datetime
from tasks.models import Draft
from tasks.screens.common.form_kinds import FORM_KINDS, FormKind
from tasks.screens.new_task.cdi_answers import CdiAnswer
from tasks.screens.new_task.companies import parse_client_value
from tasks.screens.new_task.field_values import get_value
from tasks.screens.new_task.person_section import FULL_NAME_FIELDS, INN_FIELD, PERSON_PREFIX

# In a URL: the submission key of the draft that it is about.
DRAFT_PARAM = "draft"
NO_CLIENT = "Клиент не указан"
FORM_KIND_BY_TYPE = {kind.task_type: kind for kind in FORM_KINDS}


@dataclass(frozen=True)
class SavedDraft:
    """A line of the list. ``client`` is the name, as far as it is known."""

    kind: FormKind
    client: str
    number: str
    saved_at: str
    url: str
    delete_url: str


def build_saved_drafts(drafts: Iterable[Draft]) -> list[SavedDraft]:
    """The lines for ``drafts``, in their order."""
    return [_build_saved_draft(draft) for draft in drafts]


def draft_url(name: str, kind: FormKind, draft: Draft, **query: str) -> str:
    """The URL of the form's page ``name`` about ``draft``."""
    url = reverse(f"tasks:new_{name}", args=[kind.slug])
    return f"{url}?{urlencode({DRAFT_PARAM: str(draft.submission_key), **query})}"


def _build_saved_draft(draft: Draft) -> SavedDraft:
    kind = FORM_KIND_BY_TYPE[TaskType(draft.task_type)]
    fields = draft.fields
    return SavedDraft(
        kind=kind,
        client=_name_client(draft),
        number=get_value(fields, "document_number") or get_value(fields, "account_number"),
        saved_at=format_datetime(draft.updated_at),
        url=draft_url("form", kind, draft),
        delete_url=draft_url("delete", kind, draft),
    )


def _name_client(draft: Draft) -> str:
    """CDI's name of the client, else what was typed, else the ИНН."""
    answer = CdiAnswer.from_json(draft.organisation)
    if answer is not None and answer.organisation is not None:
        return answer.organisation.short_name
    names = (get_value(draft.fields, f"{PERSON_PREFIX}-{name}") for name in FULL_NAME_FIELDS)
    typed_name = " ".join(filter(None, names)) or get_value(draft.fields, "client_q")
    identity = parse_client_value(get_value(draft.fields, "client"))
    inn = identity[0] if identity else get_value(draft.fields, INN_FIELD)
    return typed_name or (f"ИНН {inn}" if inn else NO_CLIENT)
