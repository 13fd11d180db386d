"""Two pages with one draft: what the other page has saved beside what is on this one."""

from typing import Any

from clients.screens.forms import ContactForm, PersonForm
from tasks.screens.new_task.company_section import CONTACT_PREFIX
from tasks.screens.new_task.contacts import NEW_CONTACT
from tasks.screens.new_task.field_values import get_value
from tasks.screens.new_task.form_state import COPIED_NUMBER, FormState
from tasks.screens.new_task.forms import CHANNELS, TaskForm
from tasks.screens.new_task.kind_options import DEFAULT_CHANNEL
from tasks.screens.new_task.last_choices import OFFER_FIELD
from tasks.screens.new_task.person_section import PERSON_PREFIX

Row = dict[str, Any]
# Fields that users do not see, or that say the same as another field.
EXCLUDED_FIELDS = frozenset(
    {"client", COPIED_NUMBER, DEFAULT_CHANNEL, OFFER_FIELD, "link", "confirmed"}
)
LABELS = {
    "client_q": "Наименование клиента",
    "contact": "Контактное лицо",
    "contact_phone": "Поиск контакта по телефону",
    **{name: str(field.label) for name, field in TaskForm.base_fields.items()},
    **{
        f"{CONTACT_PREFIX}-{name}": f"Новый контакт: {field.label}"
        for name, field in ContactForm.base_fields.items()
    },
    **{
        f"{PERSON_PREFIX}-{name}": str(field.label)
        for name, field in PersonForm.base_fields.items()
    },
}


def compare_states(saved: FormState, posted: FormState) -> list[Row]:
    """The fields that differ, for the `diff` component."""
    names = dict.fromkeys([*saved.values, *posted.values])
    rows = [
        {
            "label": LABELS[name],
            "old": _display_value(saved, name),
            "new": _display_value(posted, name),
        }
        for name in names
        if name not in EXCLUDED_FIELDS
    ]
    return [row for row in rows if row["old"] != row["new"]]


def _display_value(state: FormState, name: str) -> str:
    value = get_value(state.values, name)
    options = state.signing_options
    match name:
        case "region":
            return str(options.region or "")
        case "box":
            return str(options.box or "")
        case "signatory":
            return str(options.signatory_option.signatory) if options.signatory_option else ""
        case "services":
            return ", ".join(service.name for service in state.chosen_services)
        case "document_kind":
            return str(state.kind_options.chosen or "")
        case "channel":
            return next((label for channel, label in CHANNELS if channel == value), "")
        case "fraud_check":
            return "Да" if value else ""
        case "contact":
            return "Новый контакт" if value == NEW_CONTACT else value
        case _:
            return value
