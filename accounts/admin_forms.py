"""Admin forms about users that are not model forms."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.auth.forms import AdminPasswordChangeForm

from accounts import actions
from accounts.models import RoleGrant, User
from accounts.roles import Role

NO_MANAGER = "Выберите сотрудника с ролью «Менеджер», которому вход не закрыт"

# Of a form about several users.
MAX_SELECTED_USERS = 200
TOO_MANY_USERS = f"Не больше {MAX_SELECTED_USERS} сотрудников за раз"

# More do not fit a database key.
MAX_KEY_DIGITS = 18


class NumericKeys:
    """For widgets that look the chosen keys up; they fail on texts that are no keys."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        keys = [text for text in map(str, value) if text.isascii() and text.isdigit()]
        keys = [key for key in keys if len(key) <= MAX_KEY_DIGITS]
        return super().optgroups(name, keys, attr)  # type: ignore[misc]


class KeySelect(NumericKeys, AutocompleteSelect):
    """The admin's autocomplete for one object."""


class KeySelectMultiple(NumericKeys, AutocompleteSelectMultiple):
    """The admin's autocomplete for several objects."""


class UserSelect(KeySelect):
    """The admin's autocomplete for users. ``label`` is for screen readers; the admin has none."""

    def __init__(self, label: str) -> None:
        # The widget wants a foreign key to users; any registered model's will do.
        foreign_key = RoleGrant._meta.get_field("user")
        super().__init__(foreign_key, admin.site, attrs={"aria-label": label})


class AutocompleteAdmin(admin.options.BaseModelAdmin):
    """An admin page or inline whose ``autocomplete_fields`` take any text."""

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KeySelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KeySelectMultiple(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class PasswordForm(AdminPasswordChangeForm):
    """A password set by an administrator; the last one cannot forbid their own."""

    def clean(self) -> dict[str, Any]:
        cleaned_data: dict[str, Any] = super().clean() or {}
        forbids = self.data.get("usable_password") == "false" or "unset-password" in self.data
        if forbids and actions.is_last_administrator(self.user):
            # The page shows the errors of its fields only.
            self.add_error("usable_password", actions.LAST_ADMINISTRATOR.message)
        return cleaned_data


class BlockForm(forms.Form):
    """Why a user is blocked, and who takes their open tasks over."""

    reason = forms.CharField(
        label="Причина блокировки",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Укажите причину блокировки"},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        managers = User.objects.filter(is_active=True, roles__role=Role.MANAGER)
        self.fields["successor"] = forms.ModelChoiceField(
            label="Кому передать открытые задания",
            help_text="Без преемника задания останутся, их примут в работу те, кто их видит.",
            queryset=managers.exclude(pk=user.pk),
            required=False,
            widget=UserSelect("Кому передать открытые задания"),
            error_messages={"invalid_choice": NO_MANAGER},
        )
