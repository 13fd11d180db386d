"""Form fields that give actions checked values and give phones the right keyboard."""

from typing import Any

from django import forms

from clients.models import values


class CleanedField(forms.CharField):
    """Text that one function of `clients.models.values` turns into its stored form.

    ``clean`` gives "" for an empty optional field and the stored form otherwise.
    """

    attributes: dict[str, str] = {"autocomplete": "off", "spellcheck": "false"}

    def __init__(self, *, required_message: str = "", **kwargs: Any) -> None:
        if required_message:
            kwargs.setdefault("error_messages", {})["required"] = required_message
        super().__init__(**kwargs)

    def clean_value(self, value: str) -> str:
        """The stored form of ``value``, which is not empty. Raises ValidationError."""
        raise NotImplementedError

    def show_value(self, value: str) -> str:
        """How the widget shows a stored value."""
        return value

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return self.clean_value(text) if text else ""

    def prepare_value(self, value: Any) -> Any:
        return self.show_value(value) if isinstance(value, str) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), **self.attributes}


class NumberField(CleanedField):
    """A CleanedField whose keyboard is digits."""

    attributes = {**CleanedField.attributes, "inputmode": "numeric"}


class InnField(NumberField):
    """ИНН; ``lengths`` as in `values.clean_inn`."""

    def __init__(self, *, lengths: tuple[int, ...] = (10, 12), **kwargs: Any) -> None:
        self.lengths = lengths
        super().__init__(**{"label": "ИНН", **kwargs})

    def clean_value(self, value: str) -> str:
        return values.clean_inn(value, lengths=self.lengths)


class SnilsField(NumberField):
    """СНИЛС."""

    def clean_value(self, value: str) -> str:
        return values.clean_snils(value)

    def show_value(self, value: str) -> str:
        return values.display_snils(value)


class AccountField(NumberField):
    """«Лицевой счет»; ``data-digits`` keeps everything but twelve digits out of it."""

    attributes = {**NumberField.attributes, "data-digits": str(values.ACCOUNT_LENGTH)}

    def clean_value(self, value: str) -> str:
        return values.clean_account_number(value)


class PhoneField(CleanedField):
    """A Russian mobile phone, shown as «+7 912 345-67-89»."""

    widget = forms.TelInput

    def clean_value(self, value: str) -> str:
        return values.clean_phone(value)

    def show_value(self, value: str) -> str:
        return values.display_phone(value)


class EmailField(CleanedField):
    """An e-mail address."""

    widget = forms.EmailInput

    def clean_value(self, value: str) -> str:
        return values.clean_email(value)
