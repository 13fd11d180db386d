"""Errors that a user who is still typing should not see yet."""

from clients.rules.account_prefix import NO_REGION_MESSAGE, WRONG_PREFIX_MESSAGE
from tasks.screens.new_task.field_values import has_value
from tasks.screens.new_task.form_state import FormState

# Shown while the account number is still being typed; other errors once the field is left.
ERRORS_WHILE_TYPING = frozenset({NO_REGION_MESSAGE, WRONG_PREFIX_MESSAGE})


def hide_premature_errors(state: FormState, active_field: str) -> None:
    """Remove errors from the forms that a user who is still typing should not see yet.

    Only fields with a value keep theirs. ``active_field`` has the cursor; it keeps only errors
    that more typing cannot mend. The checklist does not change.
    """
    for form in state.bound_forms:
        for name in list(form.errors):
            field_name = form.add_prefix(name)
            if field_name == active_field:
                is_visible = not ERRORS_WHILE_TYPING.isdisjoint(form.errors[name])
            else:
                is_visible = has_value(state.values, field_name)
            if not is_visible:
                del form.errors[name]
