"""The form of the sign-in page."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables

from accounts import throttle
from accounts.models import User

WRONG_MESSAGE = "Неверный логин или пароль"
BLOCKED_MESSAGE = "Учетная запись заблокирована. Обратитесь к администратору"


def too_many_attempts_message() -> str:
    """«Слишком много попыток. Повторите через 15 минут»."""
    return f"Слишком много попыток. Повторите через {settings.LOGIN_WINDOW // 60} минут"


class LoginForm(AuthenticationForm):
    """Login and password.

    Only a user who knows the password of a blocked account learns that it is blocked.
    """

    error_messages = {"invalid_login": WRONG_MESSAGE, "inactive": BLOCKED_MESSAGE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, required_message in (
            ("username", "Логин", "Введите логин"),
            ("password", "Пароль", "Введите пароль"),
        ):
            field = self.fields[name]
            field.label = label
            field.error_messages["required"] = required_message
        self.fields["username"].widget = forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}
        )

    @sensitive_variables("password")
    def clean(self) -> dict[str, Any]:
        login = self.cleaned_data.get("username", "")
        password = self.cleaned_data.get("password", "")
        if not login or not password or self.request is None:
            return self.cleaned_data
        if throttle.is_blocked(self.request, login):
            raise ValidationError(too_many_attempts_message(), code="too_many")
        try:
            super().clean()
        except ValidationError:
            throttle.count_failure(self.request, login)
            if _is_blocked_user(login, password):
                raise ValidationError(BLOCKED_MESSAGE, code="inactive") from None
            raise
        throttle.reset_login(self.request, login)
        return self.cleaned_data


@sensitive_variables("password")
def _is_blocked_user(login: str, password: str) -> bool:
    """Whether the account is blocked and the password is right."""
    user = User.objects.filter(username=login, is_active=False).first()
    return user is not None and user.check_password(password)
