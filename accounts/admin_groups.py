"""Admin pages of access groups and of the rights journal."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from accounts import actions
from accounts.admin_base import LabelledFormSet, TitledAdmin
from accounts.admin_forms import AutocompleteAdmin
from accounts.memberships import MEMBERSHIPS
from accounts.models import AccessGroup, AccessGroupUserObjectPermission, JournalEntry, User
from econtract.platform.outbox.admin import ReadOnlyAdmin

MEMBER_LABELS = {"user": "Сотрудник", "permission": "Участвует как"}


class MemberInline(AutocompleteAdmin, admin.TabularInline):
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
