"""Form fields for numbers, phones and e-mail: they clean to the stored form."""

from typing import Any

from django import forms

from clients.models import formats


class CleanedField(forms.CharField):
    """Text that a function of `clients.models.formats` turns into its stored form.

    An empty optional field cleans to "".
    """

    attributes: dict[str, str] = {"autocomplete": "off", "spellcheck": "false"}

    def __init__(self, *, required_message: str = "", **kwargs: Any) -> None:
        if required_message:
            kwargs.setdefault("error_messages", {})["required"] = required_message
        super().__init__(**kwargs)

    def clean_value(self, value: str) -> str:
        """The stored form of a ``value`` that is not empty. Raises ValidationError."""
        raise NotImplementedError

    def display_value(self, value: str) -> str:
        """A stored value as the widget shows it."""
        return value

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return self.clean_value(text) if text else ""

    def prepare_value(self, value: Any) -> Any:
        return self.display_value(value) if isinstance(value, str) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), **self.attributes}


class NumberField(CleanedField):
    """A CleanedField with a numeric keyboard on phones."""

    attributes = {**CleanedField.attributes, "inputmode": "numeric"}


class InnField(NumberField):
    """ИНН; ``lengths`` are those of `formats.clean_inn`."""

    def __init__(self, *, lengths: tuple[int, ...] = (10, 12), **kwargs: Any) -> None:
        self.lengths = lengths
        super().__init__(**{"label": "ИНН", **kwargs})

    def clean_value(self, value: str) -> str:
        return formats.clean_inn(value, lengths=self.lengths)


class SnilsField(NumberField):
    """СНИЛС."""

    def clean_value(self, value: str) -> str:
        return formats.clean_snils(value)

    def display_value(self, value: str) -> str:
        return formats.display_snils(value)


class AccountField(NumberField):
    """«Лицевой счет»; ``data-digits`` lets nobody type anything but twelve digits."""

    attributes = {**NumberField.attributes, "data-digits": str(formats.ACCOUNT_LENGTH)}

    def clean_value(self, value: str) -> str:
        return formats.clean_account_number(value)


class PhoneField(CleanedField):
    """A Russian mobile phone, shown as «+7 912 345-67-89»."""

    widget = forms.TelInput

    def clean_value(self, value: str) -> str:
        return formats.clean_phone(value)

    def display_value(self, value: str) -> str:
        return formats.display_phone(value)


class EmailField(CleanedField):
    """An e-mail address."""

    widget = forms.EmailInput

    def clean_value(self, value: str) -> str:
        return formats.clean_email(value)
