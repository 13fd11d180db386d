"""A form's state is a value: reading it changes nothing."""

from copy import deepcopy

import pytest

from accounts.models import User
from tasks.models import Draft
from tasks.screens.common.form_kinds import FORM_KIND_BY_SLUG
from tasks.screens.new_task.form_state import FormState, build_form_state
from tasks.screens.new_task.premature_errors import hide_premature_errors
from tests.tasks.screens.new_task.conftest import FormPage


def build(form: FormPage, user: User, **values: str) -> FormState:
    kind = FORM_KIND_BY_SLUG[form.slug]
    posted = {
        name: value if isinstance(value, list) else [value]
        for name, value in {**form.values, **values}.items()
    }
    return build_form_state(kind, user, posted, Draft(user=user, task_type=kind.task_type))


@pytest.mark.parametrize("slug", ["company", "person"])
def test_the_checklist_stays_when_errors_are_hidden(
    slug: str, manager: User, request: pytest.FixtureRequest
) -> None:
    form = request.getfixturevalue(slug)
    empty = {name: "" for name in form.values if name.startswith(("new-", "person-"))}
    state = build(form, manager, **empty, account_number="")
    problems = [item.problems for item in state.checklist]
    hide_premature_errors(state, active_field="")
    assert not any(bound_form.errors for bound_form in state.bound_forms if bound_form.prefix)
    assert [item.problems for item in state.checklist] == problems
    assert not state.is_complete


@pytest.mark.parametrize("slug", ["company", "person"])
def test_building_the_state_leaves_the_draft_as_it_is(
    slug: str, manager: User, request: pytest.FixtureRequest
) -> None:
    form = request.getfixturevalue(slug)
    kind = FORM_KIND_BY_SLUG[form.slug]
    fields = {name: [form.values[name]] for name in ("account_number", "document_kind")}
    draft = Draft(user=manager, task_type=kind.task_type, fields=deepcopy(fields))
    state = build_form_state(kind, manager, draft.fields, draft)
    assert draft.fields == fields
    assert state.values["document_number"] == fields["account_number"]
    assert state.values["region"] == [form.values["region"]]  # the user's only one
