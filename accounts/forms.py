"""The forms of the sign-in page and of «Сменить пароль»."""

import math
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from accounts.login import throttle
from accounts.models import User
from econtract.platform.common.formatting import pluralize

WRONG_MESSAGE = "Неверный логин или пароль"
TOO_MANY = "too_many"
RULES_HINT = "Не меньше 8 знаков, не только цифры, не распространенное слово и не ваше имя"
BLOCKED_MESSAGE = "Учетная запись заблокирована. Обратитесь к администратору"


def too_many_attempts(seconds: int) -> ValidationError:
    """«Слишком много попыток. Повторите через 15 минут»."""
    if seconds < 60:
        wait = f"{seconds} {pluralize(seconds, 'секунду', 'секунды', 'секунд')}"
    else:
        minutes = math.ceil(seconds / 60)
        wait = f"{minutes} {pluralize(minutes, 'минуту', 'минуты', 'минут')}"
    return ValidationError(f"Слишком много попыток. Повторите через {wait}", code=TOO_MANY)


class LoginForm(AuthenticationForm):
    """Login and password.

    Only a user who knows the password of a blocked account learns that it is blocked.
    """

    error_messages = {"invalid_login": WRONG_MESSAGE, "inactive": BLOCKED_MESSAGE}

    # The seconds to wait before the next attempt, set by `clean`.
    delay = 0

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
        self.delay = throttle.get_delay(self.request, login)
        if self.delay:
            raise too_many_attempts(self.delay)
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


class OwnPasswordForm(PasswordChangeForm):
    """«Сменить пароль». Asks for the old password, with the same delays as the sign-in page."""

    error_messages = {
        "password_mismatch": "Пароли не совпадают",
        "password_incorrect": "Неверный текущий пароль",
    }

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        for name, label, required_message in (
            ("old_password", "Текущий пароль", "Введите текущий пароль"),
            ("new_password1", "Новый пароль", "Введите новый пароль"),
            ("new_password2", "Новый пароль еще раз", "Введите новый пароль еще раз"),
        ):
            field = self.fields[name]
            field.label = label
            field.help_text = ""
            field.error_messages["required"] = required_message
        self.fields["new_password1"].help_text = RULES_HINT

    def clean_old_password(self) -> str:
        login = self.user.get_username()
        if delay := throttle.get_delay(self.request, login):
            raise too_many_attempts(delay)
        try:
            return str(super().clean_old_password())
        except ValidationError:
            throttle.count_failure(self.request, login)
            raise

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("old_password") and cleaned["old_password"] == cleaned.get("new_password1"):
            self.add_error("new_password1", "Новый пароль такой же, как текущий")
        return cleaned
