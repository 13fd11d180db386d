"""Two pages over one draft: what the other has saved beside what is here."""

from typing import Any

from clients.screens.forms import ContactForm, PersonForm
from tasks.models import DocumentKind
from tasks.screens.new_task import company_section, person_section
from tasks.screens.new_task.contacts import NEW
from tasks.screens.new_task.field_values import get_value
from tasks.screens.new_task.form_state import FormState
from tasks.screens.new_task.forms import TaskForm

Row = dict[str, Any]
HIDDEN = frozenset({"client", "copied_number", "link", "confirmed"})
LABELS = {
    "client_q": "Наименование клиента",
    "contact": "Контактное лицо",
    "contact_phone": "Поиск контакта по телефону",
    **{name: str(field.label) for name, field in TaskForm.base_fields.items()},
    **{
        f"{company_section.PREFIX}-{name}": f"Новый контакт: {field.label}"
        for name, field in ContactForm.base_fields.items()
    },
    **{
        f"{person_section.PREFIX}-{name}": str(field.label)
        for name, field in PersonForm.base_fields.items()
    },
}


def compare_states(saved: FormState, here: FormState) -> list[Row]:
    """The fields that differ, in words, for the `diff` component."""
    names = dict.fromkeys([*saved.values, *here.values])
    rows = [
        {"label": LABELS[name], "old": _words(saved, name), "new": _words(here, name)}
        for name in names
        if name not in HIDDEN
    ]
    return [row for row in rows if row["old"] != row["new"]]


def _words(state: FormState, name: str) -> str:
    value = get_value(state.values, name)
    places = state.places
    match name:
        case "region":
            return str(places.region or "")
        case "box":
            return str(places.box or "")
        case "signatory":
            return str(places.signer.signatory) if places.signer else ""
        case "services":
            return ", ".join(service.name for service in state.services)
        case "document_kind":
            return str(dict(DocumentKind.choices).get(value, ""))
        case "fraud_check":
            return "Да" if value else ""
        case "contact":
            return "Новый контакт" if value == NEW else value
        case _:
            return value
