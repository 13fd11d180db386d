"""A document of the form that is filled from a template («Бланк»)."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from archive.models import DocumentTemplate, TemplateField, TemplateVersion
from clients.models import ContactDetails
from econtract.platform.common import clock
from tasks.actions.templates import usable_templates
from tasks.models import DocumentKind
from tasks.screens.common.requests import parse_key
from tasks.screens.new_task.field_values import (
    ASKED_PREFIX,
    MAX_ASKED_LENGTH,
    FieldValues,
    get_value,
)
from tasks.template_values import PersonData, TaskData

if TYPE_CHECKING:
    from tasks.screens.new_task.form_state import FormState

FIELD = "template"
CHOOSE_TEMPLATE = "Выберите бланк"
_WIDGETS: Mapping[str, forms.Widget] = {
    TemplateField.Kind.DATE: forms.DateInput(attrs={"type": "date"}),
    TemplateField.Kind.SUM: forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    TemplateField.Kind.NUMBER: forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": "off"}
    ),
}
_TEXT = forms.Textarea(attrs={"rows": 2, "maxlength": MAX_ASKED_LENGTH})
_HINTS = {
    TemplateField.Kind.LIST: "Каждая строка – отдельный пункт",
    TemplateField.Kind.SUM: "Например, 12 345,60",
}


class TemplateChoice:
    """The templates to choose from, the chosen one, and the form of what it asks.

    While none is chosen, it is that of the document ``kind``. Read from the database only when a
    page shows it.
    """

    def __init__(self, values: FieldValues, kind: DocumentKind | None) -> None:
        self.values = values
        self.kind = kind

    @cached_property
    def templates(self) -> list[DocumentTemplate]:
        return list(usable_templates())

    @cached_property
    def chosen(self) -> DocumentTemplate | None:
        template = find_template(self.values)
        if template is None and self.kind is not None and self.kind.default_template_id:
            template = usable_templates().filter(pk=self.kind.default_template_id).first()
        return template

    @cached_property
    def version(self) -> TemplateVersion | None:
        """The version that is filled."""
        return self.chosen.current_version if self.chosen else None

    @cached_property
    def form(self) -> forms.Form:
        """The values that are asked for, as they were typed."""
        form = forms.Form(MultiValueDict(self.values))
        for field in self.asked_fields:
            kind = TemplateField.Kind(field.kind)
            form.fields[f"{ASKED_PREFIX}{field.name}"] = forms.CharField(
                label=field.label,
                required=False,
                help_text=_HINTS.get(kind, ""),
                widget=_WIDGETS.get(kind)
                or forms.Textarea(attrs={"rows": 2, "maxlength": MAX_ASKED_LENGTH}),
            )
        return form

    @property
    def asked_fields(self) -> list[TemplateField]:
        return list(self.version.fields.filter(source=TemplateField.ASK)) if self.version else []


def find_template(values: FieldValues) -> DocumentTemplate | None:
    """The chosen template, if documents may be made of it."""
    pk = parse_key(get_value(values, FIELD))
    return usable_templates().filter(pk=pk).first() if pk else None


def asks_for_sms(values: FieldValues) -> bool:
    """Whether documents of the chosen template are signed by SMS."""
    template = find_template(values)
    return template is not None and template.sms_signing


def asked_names(data: QueryDict) -> list[str]:
    """The posted fields that a template asks for."""
    return [name for name in data if name.startswith(ASKED_PREFIX)]


def build_task_data(state: "FormState") -> TaskData:
    """What the form knows by now, for the fields of the template."""
    section, options = state.client_section, state.signing_options
    details = section.contact_details
    cleaned: Any = state.form.cleaned_data
    kind = state.kind_options.chosen
    return TaskData(
        today=timezone.localdate(clock.now()),
        client=section.registration or _describe_person(state, details),
        contact=details,
        saved_contact=section.contact,
        signatory=options.signatory,
        box=options.box,
        region=options.region,
        services=state.chosen_services,
        document_number=cleaned.get("document_number") or "",
        document_kind=kind.name if kind else "",
        account_number=state.account_number,
        contract_number=cleaned.get("contract_number") or "",
        contract_date=cleaned.get("contract_date"),
        asked={
            name.removeprefix(ASKED_PREFIX): values[-1]
            for name, values in state.values.items()
            if name.startswith(ASKED_PREFIX) and values
        },
    )


def _describe_person(state: "FormState", details: ContactDetails | None) -> PersonData | None:
    """A person of whom CDI knows nothing is the client themselves."""
    if details is None or not state.kind.is_for_persons:
        return None
    return PersonData(details.full_name, details.inn)
