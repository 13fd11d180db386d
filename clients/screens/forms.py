"""Forms over clients and contacts. What they clean is what `clients.actions` takes."""

from dataclasses import asdict, fields, replace
from typing import Any, Self

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict

from clients.actions import ContactFacts
from clients.models import ContactVersion
from clients.models.values import EMAIL_MESSAGE, PHONE_MESSAGE
from clients.screens.fields import EmailField, InnField, PhoneField, SnilsField

# Letters with the signs that names are written with; no digits, no markup.
NAME = r"\A[^\W\d_]+(?:[ .'’()-]+[^\W\d_]+)*[.)]?\Z"


class NameField(forms.CharField):
    """A surname, name or patronymic."""

    def __init__(self, label: str, *, empty: str = "", **kwargs: Any) -> None:
        super().__init__(
            label=label,
            max_length=100,
            validators=[RegexValidator(NAME, f"{label}: только буквы, пробел и дефис")],
            error_messages={"required": empty},
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **kwargs,
        )


class PersonalForm(forms.Form):
    """The fields that every person has; ``facts`` gives them to the actions."""

    surname = NameField("Фамилия", empty="Введите фамилию")
    given_name = NameField("Имя", empty="Введите имя")
    patronymic = NameField("Отчество", required=False)
    phone = PhoneField(
        label="Мобильный телефон", help_text="+7 912 345-67-89", required_message=PHONE_MESSAGE
    )
    email = EmailField(label="Электронная почта", required_message=EMAIL_MESSAGE)

    def facts(self, base: ContactFacts | None = None) -> ContactFacts:
        """What a valid form says of a person; what it has no field for comes from ``base``."""
        known = {field.name for field in fields(ContactFacts)}
        said = {name: value for name, value in self.cleaned_data.items() if name in known}
        return replace(base, **said) if base else ContactFacts(**said)


class ContactForm(PersonalForm):
    """A company's contact."""

    position = forms.CharField(
        label="Должность",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    authority = forms.CharField(
        label="Основание подписания",
        help_text="Устав или доверенность №…",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PersonForm(PersonalForm):
    """One who signs in person: самозанятый or агент."""

    field_order = ["inn"]

    inn = InnField(lengths=(12,), help_text="12 цифр", required_message="Введите ИНН")
    snils = SnilsField(label="СНИЛС", required=False, help_text="112-233-445 95")


class EditForm(PersonalForm):
    """An edit of a version, whose number is ``based_on``."""

    based_on = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    @classmethod
    def over(cls, version: ContactVersion, data: QueryDict | None) -> Self:
        """The form with what ``version`` holds, or with what was posted over it."""
        initial = {**asdict(ContactFacts.of(version)), "based_on": version.number}
        form = cls(data, initial=initial, auto_id=f"contact-{version.contact_id}-%s")
        if data is None:
            form.fields["surname"].widget.attrs["autofocus"] = True
        return form

    def begin_again_from(self, version: ContactVersion) -> None:
        """Lets the next save go ahead, over a version that somebody else has made meanwhile."""
        self.data = {**self.data, "based_on": str(version.number)}


class ContactEditForm(EditForm, ContactForm):
    """An edit of a company's contact."""


class PersonEditForm(EditForm):
    """An edit of one who signs in person; the ИНН tells people apart and stays."""

    snils = SnilsField(label="СНИЛС", required=False, help_text="112-233-445 95")


class PhoneSearchForm(forms.Form):
    """«Найти по телефону», left of «Добавить»."""

    phone = PhoneField(label="Мобильный телефон", required_message=PHONE_MESSAGE)
