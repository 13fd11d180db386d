"""Admin forms about users that are not model forms."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect

from accounts.models import RoleGrant, User
from accounts.roles import Role

NO_MANAGER = "Выберите сотрудника с ролью «Менеджер», которому вход не закрыт"


class UserSelect(AutocompleteSelect):
    """The admin's autocomplete for users. ``label`` is for screen readers; the admin has none."""

    def __init__(self, label: str) -> None:
        # The widget wants a foreign key to users; any registered model's will do.
        foreign_key = RoleGrant._meta.get_field("user")
        super().__init__(foreign_key, admin.site, attrs={"aria-label": label})

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Ignores values that are no ids, which Django's widget would fail on."""
        ids = [text for text in map(str, value) if text.isascii() and text.isdigit()]
        return super().optgroups(name, ids, attr)


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
