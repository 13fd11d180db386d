"""The administrator's view of directories, clients and contacts."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from clients.directories import registry
from clients.directories.admin import DirectoryAdmin
from clients.models import (
    BillingPrefix,
    Client,
    ClientContact,
    Contact,
    ContactVersion,
    Region,
    Service,
)
from clients.models.queries import ClientQuerySet


@admin.register(Region)
class RegionAdmin(DirectoryAdmin):
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

    def has_delete_permission(self, request: HttpRequest, obj: Region | None = None) -> bool:
        """Tasks keep their region: it is switched off instead."""
        return False


@admin.register(Service)
class ServiceAdmin(DirectoryAdmin):
    directory = registry.SERVICES
    list_display = ["name", "code", "fraud_risk", "account_rule", "position", "active"]
    list_filter = ["fraud_risk", "active"]
    search_fields = ["name", "code"]

    def has_delete_permission(self, request: HttpRequest, obj: Service | None = None) -> bool:
        """Tasks keep their services: one is switched off instead."""
        return False


@admin.register(BillingPrefix)
class BillingPrefixAdmin(DirectoryAdmin):
    directory = registry.BILLING_PREFIXES
    list_display = ["billing_system", "service", "mrf", "account_prefix", "prefix_source"]
    list_filter = ["billing_system", "prefix_source"]


class ReadMostlyAdmin(admin.ModelAdmin):
    """Made and changed by people at work in «Управление»; here they are looked at."""

    editable: tuple[str, ...] = ()
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        names = [field.name for field in self.model._meta.fields if field.editable]
        return [name for name in names if name not in self.editable]


class LinkInline(admin.StackedInline):
    model = ClientContact
    fields = readonly_fields = ("contact", "created_at")
    can_delete = False
    extra = max_num = 0


class VersionInline(admin.StackedInline):
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
class ClientAdmin(ReadMostlyAdmin):
    editable = ("warned",)
    list_display = ["short_name", "inn", "kpp", "kind", "state", "warned"]
    list_filter = ["kind", "state", "warned"]
    search_fields = ["search_key"]
    inlines = [LinkInline]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Client], search_term: str
    ) -> tuple[QuerySet[Client], bool]:
        """The product's own search, with its index."""
        clients = cast(ClientQuerySet, queryset)
        return (clients.search(search_term) if search_term.strip() else clients), False


@admin.register(Contact)
class ContactAdmin(ReadMostlyAdmin):
    list_display = ["__str__", "phone", "identified_at", "created_at"]
    list_select_related = ["current"]
    search_fields = ["phone", "current__name_key", "current__email"]
    inlines = [VersionInline]
    ordering = ["-created_at"]
