"""Forms of the administration of people that are not a model's own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect

from accounts.models import RoleGrant, User
from accounts.roles import Role

NO_MANAGER = "Выберите сотрудника с ролью «Менеджер», которому вход не закрыт"


class PersonSelect(AutocompleteSelect):
    """Suggests people as one types; ``label`` is said aloud, as the admin's own list is not."""

    def __init__(self, label: str) -> None:
        # The admin suggests people wherever a model of it points at them.
        points_at_people = RoleGrant._meta.get_field("user")
        super().__init__(points_at_people, admin.site, attrs={"aria-label": label})

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """A value that is no key chooses nobody; the admin's own list would not bear it."""
        keys = [one for one in map(str, value) if one.isascii() and one.isdigit()]
        return super().optgroups(name, keys, attr)


class BlockForm(forms.Form):
    """Why a person is blocked, and who goes on with his open tasks."""

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
            widget=PersonSelect("Кому передать открытые задания"),
            error_messages={"invalid_choice": NO_MANAGER},
        )
