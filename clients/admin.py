"""Directories, clients and contacts in the admin."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from accounts.actions import change_rights
from accounts.admin_forms import AutocompleteAdmin
from clients.directories import registry
from clients.directories.admin import DirectoryAdmin
from clients.directories.region_access_admin import show_region_access
from clients.models import (
    BillingPrefix,
    Client,
    ClientContact,
    Contact,
    ContactVersion,
    Region,
    SentMessage,
    Service,
)
from clients.models.queries import ClientQuerySet


def _build_macro_region_field(db_field: Any, first: list[tuple[str, str]]) -> forms.ChoiceField:
    """A choice: the account rules compare the names of macro-regions to the letter."""
    names = sorted(set(Region.objects.values_list("mrf", flat=True)))
    return forms.ChoiceField(
        label=db_field.verbose_name,
        choices=[*first, *((name, name) for name in names)],
        required=not db_field.blank,
        help_text="Новый макрорегион загружают из файла регионов.",
    )


@admin.register(Region)
class RegionAdmin(AutocompleteAdmin, DirectoryAdmin):
    directory = registry.REGIONS
    list_display = [
        "name",
        "mrf",
        "account_prefix",
        "prefix_source",
        "archive",
        "seamless",
        "active",
    ]
    list_filter = ["mrf", "archive", "seamless", "active", "prefix_source"]
    search_fields = ["name", "account_prefix"]
    autocomplete_fields = ["managers"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(show_region_access)
        return [path("access/", view, name="clients_region_access"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        links = {"access_url": reverse("admin:clients_region_access")}
        return super().changelist_view(request, {**(extra_context or {}), **links})

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        # The first regions come from a file, and so does a new macro-region.
        if db_field.name == "mrf" and Region.objects.exists():
            return _build_macro_region_field(db_field, [])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        before = set(form.instance.managers.values_list("pk", flat=True))
        after = {user.pk for user in form.cleaned_data.get("managers", ())}
        with change_rights(before | after, actor=request.user):
            super().save_related(request, form, formsets, change)

    def has_delete_permission(self, request: HttpRequest, obj: Region | None = None) -> bool:
        """Tasks refer to regions, so a region can only be switched off."""
        return False


@admin.register(Service)
class ServiceAdmin(DirectoryAdmin):
    directory = registry.SERVICES
    list_display = ["name", "code", "fraud_risk", "account_rule", "position", "active"]
    list_filter = ["fraud_risk", "active"]
    search_fields = ["name", "code"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "account_rule":
            systems = BillingPrefix.objects.values_list("billing_system", flat=True)
            rules = [f"{Service.BY_BILLING}{system}" for system in sorted(set(systems))]
            choices = [(Service.BY_REGION, "Код региона"), *((rule, rule) for rule in rules)]
            return forms.ChoiceField(label=db_field.verbose_name, choices=choices)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Service | None = None) -> bool:
        """Tasks refer to services, so a service can only be switched off."""
        return False


@admin.register(BillingPrefix)
class BillingPrefixAdmin(DirectoryAdmin):
    directory = registry.BILLING_PREFIXES
    list_display = ["billing_system", "service", "mrf", "account_prefix", "prefix_source"]
    list_filter = ["billing_system", "prefix_source"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "mrf":
            return _build_macro_region_field(db_field, [("", "Все макрорегионы")])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: BillingPrefix | None = None) -> bool:
        """One by one, and never the last prefix of a billing system that services use."""
        return obj is not None and not obj.is_last_in_use


class EditableFieldsAdmin(admin.ModelAdmin):
    """Read only except ``editable_fields``: users edit these rows in «Управление»."""

    editable_fields: tuple[str, ...] = ()
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        names = [field.name for field in self.model._meta.fields if field.editable]
        return [name for name in names if name not in self.editable_fields]


class ClientContactInline(admin.StackedInline):
    model = ClientContact
    fields = readonly_fields = ("contact", "created_at")
    can_delete = False
    extra = max_num = 0


class ContactVersionInline(admin.StackedInline):
    model = ContactVersion
    fields = readonly_fields = (
        "number",
        "surname",
        "given_name",
        "patronymic",
        "phone",
        "email",
        "position",
        "authority",
        "created_at",
        "created_by",
    )
    can_delete = False
    extra = max_num = 0


@admin.register(Client)
class ClientAdmin(EditableFieldsAdmin):
    editable_fields = ("needs_approval",)
    list_display = ["short_name", "inn", "kpp", "kind", "state", "needs_approval"]
    list_filter = ["kind", "state", "needs_approval"]
    search_fields = ["search_key"]
    inlines = [ClientContactInline]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Client], search_term: str
    ) -> tuple[QuerySet[Client], bool]:
        """Search as in «Управление», which uses an index."""
        clients = cast(ClientQuerySet, queryset)
        return (clients.search(search_term) if search_term.strip() else clients), False


@admin.register(Contact)
class ContactAdmin(EditableFieldsAdmin):
    list_display = ["__str__", "phone", "identified_at", "created_at"]
    list_select_related = ["current"]
    search_fields = ["phone", "current__name_key", "current__email"]
    inlines = [ContactVersionInline]
    ordering = ["-created_at"]


@admin.register(SentMessage)
class SentMessageAdmin(EditableFieldsAdmin):
    list_display = [
        "created_at",
        "channel",
        "to_masked",
        "template",
        "parts",
        "state",
        "reason",
        "state_at",
    ]
    list_filter = ["channel", "state", "reason"]
    raw_id_fields = ["client"]
    ordering = ["-pk"]
