"""The forms of «Бланки»."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField

from archive.document_templates.versions import Binding
from archive.models import DocumentTemplate, TemplateField, TemplateVersion
from tasks.template_values import SOURCES

NO_FILE = "Выберите файл Word (DOCX)"


class TemplateForm(forms.ModelForm):
    """How documents made of a template are called and signed."""

    class Meta:
        model = DocumentTemplate
        fields = ["name", "sms_signing", "signer_name", "is_active"]
        error_messages = {
            "name": {
                "required": "Введите название бланка",
                "unique": "Бланк с таким названием уже есть",
            }
        }


class NewTemplateForm(TemplateForm):
    """The same for a template that is being added."""

    class Meta(TemplateForm.Meta):
        fields = ["name", "sms_signing", "signer_name"]


class FieldLine(NamedTuple):
    """The two controls of one field."""

    name: str
    kind: str
    source: BoundField
    question: BoundField


class BindingForm(forms.Form):
    """Where the value of each field of ``version`` comes from."""

    def __init__(self, version: TemplateVersion, data: Any = None) -> None:
        super().__init__(data)
        self.template_fields = list(version.fields.all())
        choices = _source_choices()
        for field in self.template_fields:
            self.fields[f"source-{field.pk}"] = forms.ChoiceField(
                label=f"Источник поля «{field.name}»",
                choices=choices,
                initial=field.source,
                required=False,
                error_messages={"invalid_choice": "Выберите источник из списка"},
            )
            self.fields[f"question-{field.pk}"] = forms.CharField(
                label=f"Что спросить о поле «{field.name}»",
                initial=field.question,
                max_length=200,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    @property
    def lines(self) -> Iterator[FieldLine]:
        for field in self.template_fields:
            yield FieldLine(
                field.name,
                TemplateField.Kind(field.kind).label,
                self[f"source-{field.pk}"],
                self[f"question-{field.pk}"],
            )

    @property
    def bindings(self) -> dict[str, Binding]:
        """The bindings of a valid form by field name."""
        return {
            field.name: Binding(
                self.cleaned_data[f"source-{field.pk}"], self.cleaned_data[f"question-{field.pk}"]
            )
            for field in self.template_fields
        }


def describe_source(field: TemplateField) -> str:
    """«Клиент: ИНН»."""
    if field.source == TemplateField.ASK:
        return f"Спросить: {field.label}"
    source = SOURCES.get(field.source)
    return f"{source.group}: {source.label}" if source else "Не выбран"


def _source_choices() -> list[Any]:
    groups = groupby(SOURCES.items(), key=lambda item: item[1].group)
    return [
        ("", "Не выбран"),
        (TemplateField.ASK, "Спросить в форме задания"),
        *(
            (group, [(code, f"{group}: {source.label}") for code, source in items])
            for group, items in groups
        ),
    ]
