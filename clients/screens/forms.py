"""Forms for clients and contacts. Their cleaned values fit `clients.actions`."""

from dataclasses import asdict, fields, replace
from typing import Any, Self

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict

from clients.models import ContactDetails, ContactVersion, DeclinedName
from clients.models.formats import EMAIL_MESSAGE, PHONE_MESSAGE
from clients.screens.fields import EmailField, InnField, PhoneField, SnilsField

# Letters, and the signs that names contain; no digits, no markup.
NAME_PATTERN = r"\A[^\W\d_]+(?:[ .'’()-]+[^\W\d_]+)*[.)]?\Z"


class NameField(forms.CharField):
    """A surname, given name or patronymic."""

    def __init__(self, label: str, *, required_message: str = "", **kwargs: Any) -> None:
        super().__init__(
            label=label,
            max_length=100,
            validators=[RegexValidator(NAME_PATTERN, f"{label}: только буквы, пробел и дефис")],
            error_messages={"required": required_message},
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **kwargs,
        )


class PersonalForm(forms.Form):
    """The fields that every person has."""

    surname = NameField("Фамилия", required_message="Введите фамилию")
    given_name = NameField("Имя", required_message="Введите имя")
    patronymic = NameField("Отчество", required=False)
    phone = PhoneField(
        label="Мобильный телефон", help_text="+7 912 345-67-89", required_message=PHONE_MESSAGE
    )
    email = EmailField(label="Электронная почта", required_message=EMAIL_MESSAGE)

    def details(self, base: ContactDetails | None = None) -> ContactDetails:
        """The details in a valid form; ``base`` has those without a field."""
        names = {field.name for field in fields(ContactDetails)}
        values = {name: value for name, value in self.cleaned_data.items() if name in names}
        return replace(base, **values) if base else ContactDetails(**values)


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
    """A person who signs for themselves: «Самозанятый» or «Агент ДГПХ»."""

    field_order = ["inn"]

    inn = InnField(lengths=(12,), help_text="12 цифр", required_message="Введите ИНН")
    snils = SnilsField(label="СНИЛС", required=False, help_text="112-233-445 95")


class EditForm(PersonalForm):
    """An edit of a contact; ``based_on`` is the number of the version that is edited."""

    based_on = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    @classmethod
    def for_version(cls, version: ContactVersion, data: QueryDict | None) -> Self:
        """The form with the values of ``version``, or bound to ``data``."""
        initial = {**asdict(version.details), "based_on": version.number}
        form = cls(data, initial=initial, auto_id=f"contact-{version.contact_id}-%s")
        if data is None:
            form.fields["surname"].widget.attrs["autofocus"] = True
        return form

    def rebase_on(self, version: ContactVersion) -> None:
        """Lets the next save replace ``version``, which somebody else has saved meanwhile."""
        self.data = {**self.data, "based_on": str(version.number)}


class ContactEditForm(EditForm, ContactForm):
    """An edit of a company's contact."""


class PersonEditForm(EditForm):
    """An edit of a person who signs for themselves; their ИНН cannot be changed."""

    snils = SnilsField(label="СНИЛС", required=False, help_text="112-233-445 95")


class PhoneSearchForm(forms.Form):
    """«Найти по телефону», left of «Добавить»."""

    phone = PhoneField(label="Мобильный телефон", required_message=PHONE_MESSAGE)


class DeclinedNameForm(forms.ModelForm):
    """A contact's name in the cases that documents need. An empty field follows the rules."""

    class Meta:
        model = DeclinedName
        fields = ["genitive", "dative", "instrumental"]
        widgets = {name: forms.TextInput(attrs={"autocomplete": "off"}) for name in fields}
