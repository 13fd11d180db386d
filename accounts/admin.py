"""Admin pages of users, access groups and the rights journal."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts import actions
from accounts.admin_forms import BlockForm
from accounts.memberships import MEMBERSHIPS
from accounts.models import (
    AccessGroup,
    AccessGroupUserObjectPermission,
    JournalEntry,
    RoleGrant,
    TypeAccess,
    User,
)
from accounts.roles import Role
from accounts.signals import HandoverResult
from econtract.platform.common.errors import ActionRefused
from econtract.platform.outbox.admin import ReadOnlyAdmin

MEMBER_LABELS = {"user": "Сотрудник", "permission": "Участвует как"}

admin.site.unregister(Group)  # Django's groups are not used: we have roles


class LabelledFormSet(BaseInlineFormSet):
    """A tabular inline whose fields have labels for screen readers, not only column headers."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            if not field.widget.is_hidden:
                # The admin wraps widgets of relations in another one, with its buttons.
                widget = getattr(field.widget, "widget", field.widget)
                widget.attrs["aria-label"] = field.label or name


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


class RegionInline(admin.TabularInline):
    # The app of regions may not be imported here, so the link is reached through the user.
    model = User.regions.through
    verbose_name = "регион"
    verbose_name_plural = "регионы"
    autocomplete_fields = ["region"]
    formset = LabelledFormSet
    extra = 0


class TitledAdmin(admin.ModelAdmin):
    """Titles pages with the model's name: Django's «Изменить …» is not good Russian."""

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        name = str(self.opts.verbose_name)
        context["title"] = f"{name[0].upper()}{name[1:]}"
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(User)
class UserAdmin(TitledAdmin, DjangoUserAdmin):
    """Users are never deleted: their tasks and their history remain."""

    list_display = ["username", "__str__", "role_names", "can_log_in", "last_login"]
    list_filter = ["is_active", "roles__role", "type_accesses__task_type"]
    search_fields = ["username", "last_name", "first_name", "email"]
    ordering = ["last_name", "first_name", "username"]
    inlines = [RoleInline, TypeAccessInline, RegionInline]
    filter_horizontal = ()
    readonly_fields = ["can_log_in", "blocked_at", "block_reason", "last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (
            "Сотрудник",
            {"fields": ["last_name", "first_name", "patronymic", "email", "time_zone"]},
        ),
        ("Блокировка", {"fields": ["can_log_in", "blocked_at", "block_reason"]}),
        ("Даты", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        ("Сотрудник", {"fields": ["last_name", "first_name", "patronymic", "email"]}),
    ]

    @admin.display(description="Роли")
    def role_names(self, user: User) -> str:
        return ", ".join(str(grant) for grant in user.roles.all())

    @admin.display(description="Вход разрешен", boolean=True)
    def can_log_in(self, user: User) -> bool:
        return user.is_active

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("roles")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        with actions.change_rights([form.instance.pk], actor=request.user):
            super().save_related(request, form, formsets, change)

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

    def _redirect_to(self, user: User) -> HttpResponse:
        return redirect(reverse("admin:accounts_user_change", args=[user.pk]))


class MemberInline(admin.TabularInline):
    """The members of a group, each with one of the three memberships."""

    model = AccessGroupUserObjectPermission
    verbose_name = "участник"
    verbose_name_plural = "участники"
    fields = ["user", "permission"]
    autocomplete_fields = ["user"]
    formset = LabelledFormSet
    extra = 0

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "permission":
            kwargs["queryset"] = Permission.objects.filter(codename__in=MEMBERSHIPS).order_by("pk")
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in MEMBER_LABELS:
            field.label = MEMBER_LABELS[db_field.name]
            # Users and memberships are not created here.
            field.widget.can_add_related = field.widget.can_change_related = False
            field.widget.can_view_related = False
            field.label_from_instance = _option_label
        return field


def _option_label(option: User | Permission) -> str:
    return option.name if isinstance(option, Permission) else str(option)


@admin.register(AccessGroup)
class AccessGroupAdmin(TitledAdmin):
    list_display = ["name", "managers_see_each_other", "created_at"]
    search_fields = ["name"]
    inlines = [MemberInline]

    def save_model(self, request: Any, obj: AccessGroup, form: Any, change: bool) -> None:
        # The journal describes memberships with the group's name and switch.
        with actions.change_rights(_member_ids([obj]) if change else (), actor=request.user):
            super().save_model(request, obj, form, change)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        user_ids = {line.instance.user_id for formset in formsets for line in formset.forms}
        with actions.change_rights(user_ids | _member_ids([form.instance]), actor=request.user):
            super().save_related(request, form, formsets, change)

    def delete_model(self, request: Any, obj: AccessGroup) -> None:
        with actions.change_rights(_member_ids([obj]), actor=request.user):
            super().delete_model(request, obj)

    def delete_queryset(self, request: Any, queryset: QuerySet[AccessGroup]) -> None:
        with actions.change_rights(_member_ids(list(queryset)), actor=request.user):
            super().delete_queryset(request, queryset)


def _member_ids(groups: list[AccessGroup]) -> set[int]:
    memberships = AccessGroupUserObjectPermission.objects.filter(content_object__in=groups)
    return set(memberships.values_list("user_id", flat=True))


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    """Who changed whose rights; read-only."""

    list_display = ["at", "actor", "subject", "change"]
    list_select_related = ["actor", "subject"]
    search_fields = ["subject__username", "subject__last_name", "change"]
    date_hierarchy = "at"
    show_full_result_count = False
