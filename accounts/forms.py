"""The form of the sign-in page."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables

from accounts import throttle
from accounts.models import User

WRONG = "Неверный логин или пароль"
BLOCKED = "Учетная запись заблокирована. Обратитесь к администратору"


def too_many() -> str:
    """«Слишком много попыток. Повторите через 15 минут»."""
    return f"Слишком много попыток. Повторите через {settings.LOGIN_WINDOW // 60} минут"


class LoginForm(AuthenticationForm):
    """Login and password, with three messages: wrong, blocked, too many guesses.

    That an account is blocked is told only to one who knows its password.
    """

    error_messages = {"invalid_login": WRONG, "inactive": BLOCKED}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, absent in (
            ("username", "Логин", "Введите логин"),
            ("password", "Пароль", "Введите пароль"),
        ):
            field = self.fields[name]
            field.label = label
            field.error_messages["required"] = absent
        self.fields["username"].widget = forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}
        )

    @sensitive_variables("password")
    def clean(self) -> dict[str, Any]:
        login = self.cleaned_data.get("username", "")
        password = self.cleaned_data.get("password", "")
        if not login or not password or self.request is None:
            return self.cleaned_data
        if throttle.is_spent(self.request, login):
            raise ValidationError(too_many(), code="too_many")
        try:
            super().clean()
        except ValidationError:
            throttle.note_failure(self.request, login)
            if _knows_password_of_blocked(login, password):
                raise ValidationError(BLOCKED, code="inactive") from None
            raise
        throttle.forget(self.request, login)
        return self.cleaned_data


@sensitive_variables("password")
def _knows_password_of_blocked(login: str, password: str) -> bool:
    user = User.objects.filter(username=login, is_active=False).first()
    return user is not None and user.check_password(password)
