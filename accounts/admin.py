"""Admin pages of users; `accounts.admin_groups` has those of access groups and the journal."""

from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts import actions, admin_groups
from accounts.admin_base import LabelledFormSet, TitledAdmin
from accounts.admin_forms import (
    MAX_SELECTED_USERS,
    TOO_MANY_USERS,
    AutocompleteAdmin,
    BlockForm,
    PasswordForm,
)
from accounts.login import throttle
from accounts.models import RoleGrant, TypeAccess, User
from accounts.roles import Role
from accounts.signals import HandoverResult
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.formatting import format_time

__all__ = ["admin_groups"]  # registers its pages

admin.site.unregister(Group)  # Django's groups are not used: we have roles


class RoleFormSet(LabelledFormSet):
    """The roles of one user; the last administrator keeps theirs."""

    def clean(self) -> None:
        super().clean()
        stays_administrator = any(
            form.cleaned_data.get("role") == Role.ADMINISTRATOR
            and not form.cleaned_data.get("DELETE")
            for form in self.forms
        )
        user = cast(User, self.instance)
        if user.pk and not stays_administrator and actions.is_last_administrator(user):
            raise forms.ValidationError(actions.LAST_ADMINISTRATOR.message)


class RoleInline(admin.TabularInline):
    model = RoleGrant
    formset = RoleFormSet
    extra = 0
    max_num = len(Role)


class TypeAccessInline(admin.TabularInline):
    model = TypeAccess
    formset = LabelledFormSet
    extra = 0


class RegionInline(AutocompleteAdmin, admin.TabularInline):
    # The app of regions may not be imported here, so the link is reached through the user.
    model = User.regions.through
    verbose_name = "регион"
    verbose_name_plural = "регионы"
    autocomplete_fields = ["region"]
    formset = LabelledFormSet
    extra = 0


@admin.register(User)
class UserAdmin(TitledAdmin, DjangoUserAdmin):
    """Users are never deleted: their tasks and their history remain."""

    list_display = ["username", "__str__", "role_names", "can_log_in", "last_login"]
    list_filter = ["is_active", "roles__role", "type_accesses__task_type"]
    search_fields = ["username", "last_name", "first_name", "email"]
    ordering = ["last_name", "first_name", "username"]
    actions = ["open_regions"]
    change_password_form = PasswordForm
    inlines = [RoleInline, TypeAccessInline, RegionInline]
    filter_horizontal = ()
    readonly_fields = [
        "can_log_in",
        "blocked_at",
        "block_reason",
        "login_limit",
        "must_change_password",
        "last_login",
        "date_joined",
    ]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (
            "Сотрудник",
            {
                "fields": [
                    *("last_name", "first_name", "patronymic"),
                    *("email", "phone", "time_zone"),
                ]
            },
        ),
        ("Блокировка", {"fields": ["can_log_in", "blocked_at", "block_reason"]}),
        ("Вход", {"fields": ["login_limit", "must_change_password"]}),
        ("Даты", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        (
            "Сотрудник",
            {"fields": ["last_name", "first_name", "patronymic", "email", "phone"]},
        ),
    ]

    @admin.action(description="Открыть регионы…")
    def open_regions(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        """The page of the room that has regions (`clients.directories.region_access_admin`)."""
        if users.count() > MAX_SELECTED_USERS:
            self.message_user(request, TOO_MANY_USERS, messages.ERROR)
            return None
        query = urlencode({"users": list(users.values_list("pk", flat=True))}, doseq=True)
        return redirect(f"{reverse('admin:clients_region_access')}?{query}")

    @admin.display(description="Роли")
    def role_names(self, user: User) -> str:
        return ", ".join(str(grant) for grant in user.roles.all())

    @admin.display(description="Вход разрешен", boolean=True)
    def can_log_in(self, user: User) -> bool:
        return user.is_active

    @admin.display(description="Ограничение после неверных паролей")
    def login_limit(self, user: User) -> str:
        until = throttle.limited_until(user.username)
        if until is None:
            return "Нет"
        return f"До {format_time(datetime.fromtimestamp(until, UTC))}, не на знакомых устройствах"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("roles")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: Any, obj: User, form: Any, change: bool) -> None:
        before = User.objects.get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        actions.record_account(user=obj, before=before, actor=request.user)
        if not change:
            actions.record_password_of_administrator(user=obj, actor=request.user)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        with actions.change_rights([form.instance.pk], actor=request.user):
            super().save_related(request, form, formsets, change)

    @transaction.atomic
    def user_change_password(self, request: Any, id: str, form_url: str = "") -> HttpResponse:
        account = self.get_object(request, id)
        password = account.password if account else ""
        response = super().user_change_password(request, id, form_url)
        if account is not None:
            account.refresh_from_db()
            if account.password != password:
                actions.record_password_of_administrator(user=account, actor=request.user)
        return response

    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ActionRefused as error:  # two administrators at the same moment
            self.message_user(request, str(error), messages.ERROR)
            return redirect(request.path)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/block/", view(self.block), name="accounts_user_block"),
            path("<int:pk>/unblock/", view(self.unblock), name="accounts_user_unblock"),
            path("<int:pk>/lift/", view(self.lift_login_limit), name="accounts_user_lift"),
            *super().get_urls(),
        ]

    def block(self, request: HttpRequest, pk: int) -> HttpResponse:
        """«Заблокировать», with a reason and a successor."""
        user = get_object_or_404(User, pk=pk)
        form = BlockForm(request.POST or None, user=user)
        if request.method == "POST" and form.is_valid():
            actor = cast(User, request.user)
            try:
                result = actions.block(user=user, actor=actor, **form.cleaned_data)
            except ActionRefused as error:
                form.add_error(None, error.messages)
            else:
                self._add_messages(request, user, result)
                return self._redirect_to(user)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Заблокировать: {user}",
            "form": form,
            "account": user,
            "open_tasks": user.tasks.filter(completed_at=None).count(),
            "opts": self.opts,
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "accounts/admin/block.html", context, status=status)

    def _add_messages(self, request: HttpRequest, user: User, result: HandoverResult) -> None:
        text = f"{user}: вход заблокирован"
        if result.task_count:
            text += f", передано заданий: {result.task_count}"
        self.message_user(request, text, messages.SUCCESS)
        for reason in dict.fromkeys(result.failures.values()):
            numbers = [str(number) for number, text in result.failures.items() if text == reason]
            warning = f"Не переданы задания {', '.join(numbers)}. {reason}"
            self.message_user(request, warning, messages.WARNING)

    def unblock(self, request: HttpRequest, pk: int) -> HttpResponse:
        """«Разблокировать»."""
        user = get_object_or_404(User, pk=pk)
        if request.method == "POST":
            actions.unblock(user=user, actor=cast(User, request.user))
            self.message_user(request, f"{user}: вход разрешен", messages.SUCCESS)
            return self._redirect_to(user)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Разблокировать: {user}",
            "account": user,
            "opts": self.opts,
        }
        return TemplateResponse(request, "accounts/admin/unblock.html", context)

    def lift_login_limit(self, request: HttpRequest, pk: int) -> HttpResponse:
        """«Снять ограничение входа» after wrong passwords."""
        user = get_object_or_404(User, pk=pk)
        if request.method == "POST":
            actions.lift_login_limit(user=user, actor=cast(User, request.user))
            self.message_user(request, f"{user}: ограничение входа снято", messages.SUCCESS)
            return self._redirect_to(user)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Снять ограничение входа: {user}",
            "account": user,
            "opts": self.opts,
        }
        return TemplateResponse(request, "accounts/admin/lift_login_limit.html", context)

    def _redirect_to(self, user: User) -> HttpResponse:
        return redirect(reverse("admin:accounts_user_change", args=[user.pk]))
