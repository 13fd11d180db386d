"""The page «Открыть регионы» of the admin."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.admin_forms import (
    MAX_SELECTED_USERS,
    TOO_MANY_USERS,
    KeySelectMultiple,
    UserSelect,
)
from accounts.models import User
from clients.directories.region_access import (
    AccessChange,
    RegionAccessResult,
    change_region_access,
)
from clients.models import Region

# The admin's class for a column of radio buttons or check boxes.
RADIO_LIST = "radiolist"
NO_REGION = "Выберите регионы: все, макрорегионы, как у сотрудника или по одному"
UNKNOWN_USER = "Такого сотрудника нет"


class RegionAccessForm(forms.Form):
    """Whose regions change, which ones, and how. ``cleaned_data["chosen"]`` has the regions.

    The ways of choosing regions add up.
    """

    all_regions = forms.BooleanField(label="Все действующие регионы", required=False)
    macro_regions = forms.MultipleChoiceField(
        label="Макрорегионы",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": RADIO_LIST}),
    )
    change = forms.ChoiceField(
        label="Что сделать",
        choices=AccessChange.choices,
        initial=AccessChange.OPEN,
        widget=forms.RadioSelect(attrs={"class": RADIO_LIST}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        managers, region = _relations()
        self.fields["users"] = forms.ModelMultipleChoiceField(
            label="Сотрудники",
            queryset=User.objects.all(),
            widget=KeySelectMultiple(managers, admin.site, attrs={"aria-label": "Сотрудники"}),
            error_messages={
                "required": "Выберите сотрудников",
                "invalid_choice": UNKNOWN_USER,
                "invalid_pk_value": UNKNOWN_USER,
            },
        )
        self.fields["colleague"] = forms.ModelChoiceField(
            label="Как у сотрудника",
            queryset=User.objects.all(),
            required=False,
            widget=UserSelect("Как у сотрудника"),
            error_messages={"invalid_choice": UNKNOWN_USER},
        )
        self.fields["regions"] = forms.ModelMultipleChoiceField(
            label="Отдельные регионы",
            queryset=Region.objects.all(),
            required=False,
            widget=KeySelectMultiple(region, admin.site, attrs={"aria-label": "Отдельные регионы"}),
        )
        names = Region.objects.filter(active=True).order_by("mrf").values_list("mrf", flat=True)
        cast(forms.MultipleChoiceField, self.fields["macro_regions"]).choices = [
            (name, name) for name in names.distinct()
        ]
        self.order_fields(
            ["users", "all_regions", "macro_regions", "colleague", "regions", "change"]
        )

    def clean_users(self) -> Any:
        users = self.cleaned_data["users"]
        if len(users) > MAX_SELECTED_USERS:
            raise forms.ValidationError(TOO_MANY_USERS)
        return users

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            data["chosen"] = self._find_regions()
            if not data["chosen"]:
                raise forms.ValidationError(NO_REGION)
        return data

    def _find_regions(self) -> set[Region]:
        """An inactive region counts only if it is named, or if the colleague has it."""
        data, active = self.cleaned_data, Region.objects.filter(active=True)
        regions = set(data["regions"])
        if data["all_regions"]:
            regions |= set(active)
        if data["macro_regions"]:
            regions |= set(active.filter(mrf__in=data["macro_regions"]))
        if data["colleague"]:
            regions |= set(data["colleague"].regions.all())
        return regions


def _relations() -> tuple[Any, Any]:
    """The relations by which the admin's autocomplete looks up users and regions."""
    return (
        Region._meta.get_field("managers"),
        Region.managers.through._meta.get_field("region"),
    )


def show_region_access(request: HttpRequest) -> HttpResponse:
    """The form for the users of ``?users=``, and the change."""
    initial = {"users": request.GET.getlist("users")[:MAX_SELECTED_USERS]}
    form = RegionAccessForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        users = list(data["users"])
        result = change_region_access(
            users, data["chosen"], AccessChange(data["change"]), actor=cast(User, request.user)
        )
        messages.success(request, _describe_result(users, result))
        return redirect(_page_of(users))
    context = {
        **admin.site.each_context(request),
        "title": "Открыть регионы",
        "form": form,
        "opts": Region._meta,
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "clients/admin/region_access.html", context, status=status)


def _describe_result(users: list[User], result: RegionAccessResult) -> str:
    counts = f"{result.opened_count}, закрыто: {result.closed_count}"
    if len(users) == 1:
        return f"{users[0]}: открыто регионов: {counts}"
    return f"Сотрудников: {len(users)}. Открыто регионов у всех вместе: {counts}"


def _page_of(users: Iterable[User]) -> str:
    """The page of the only user, or the list of all."""
    first, *others = users
    if others:
        return reverse("admin:accounts_user_changelist")
    return reverse("admin:accounts_user_change", args=[first.pk])
