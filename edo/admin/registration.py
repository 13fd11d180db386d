"""Boxes, signatories, powers of attorney and exchanges in the Django admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.moscow_time import MOSCOW
from edo.admin.forms import PowerOfAttorneyForm, SignatoryForm
from edo.expiry import EXPIRES_SOON
from edo.models import Box, Exchange, PowerOfAttorney, Signatory
from edo.powers.verification import verify_power_of_attorney


class ExpiryFilter(admin.SimpleListFilter):
    """By the date on which a certificate or a power of attorney expires."""

    title = "срок действия"
    parameter_name = "term"
    until_field = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("soon", f"Истекает в течение {EXPIRES_SOON.days} дней"),
            ("expired", "Истек"),
            ("valid", "Действует"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        until, now = self.until_field, self.get_now()
        soon = now + EXPIRES_SOON
        match self.value():
            case "soon":
                return queryset.filter(**{f"{until}__gte": now, f"{until}__lte": soon})
            case "expired":
                return queryset.filter(**{f"{until}__lt": now})
            case "valid":
                return queryset.filter(**{f"{until}__gte": now})
        return queryset

    def get_now(self) -> Any:
        return clock.now()


class CertificateExpiryFilter(ExpiryFilter):
    title = "срок сертификата"
    until_field = "certificate_until"


class PowerExpiryFilter(ExpiryFilter):
    title = "срок МЧД"
    until_field = "valid_until"

    def get_now(self) -> Any:
        return clock.now().astimezone(MOSCOW).date()


@admin.register(Box)
class BoxAdmin(admin.ModelAdmin):
    list_display = ["name", "operator", "inn", "kpp", "active"]
    list_filter = ["active", "operator", "regions"]
    search_fields = ["name", "operator_box_id", "inn"]
    filter_horizontal = ["regions"]

    def has_delete_permission(self, request: HttpRequest, obj: Box | None = None) -> bool:
        """Exchanges refer to their box. Deactivate it instead."""
        return False


@admin.register(Signatory)
class SignatoryAdmin(admin.ModelAdmin):
    form = SignatoryForm
    list_display = ["__str__", "position", "certificate_serial", "certificate_until", "active"]
    list_filter = ["active", "provider", CertificateExpiryFilter, "boxes"]
    search_fields = ["surname", "given_name", "inn", "certificate_serial"]
    filter_horizontal = ["boxes"]
    readonly_fields = [
        "inn",
        "snils",
        "certificate_serial",
        "certificate_from",
        "certificate_until",
    ]
    fields = [
        ("surname", "given_name", "patronymic"),
        "position",
        ("provider", "key_ref"),
        "certificate_pem",
        ("inn", "snils"),
        ("certificate_serial", "certificate_from", "certificate_until"),
        "boxes",
        "active",
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Signatory | None = None) -> bool:
        """Exchanges refer to their signatory. Deactivate them instead."""
        return False


@admin.register(PowerOfAttorney)
class PowerOfAttorneyAdmin(admin.ModelAdmin):
    """Uploaded once. Only its revocation and the way of sending it can be changed."""

    list_display = ["registration_number", "signatory", "valid_from", "valid_until", "revoked_at"]
    list_filter = [PowerExpiryFilter, ("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["registration_number", "signatory__surname", "principal_inn"]
    list_select_related = ["signatory"]
    readonly_fields = [
        "signatory",
        "registration_number",
        "principal_inn",
        "head_name",
        "power_names",
        "valid_from",
        "valid_until",
        "check_result",
        "created_at",
    ]
    upload_fields = ["signatory", "principal_inn", "xml_file", "signature_file"]

    def get_form(
        self, request: HttpRequest, obj: Any | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        if obj is None:
            kwargs["form"] = PowerOfAttorneyForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return (
            self.upload_fields
            if obj is None
            else [*self.readonly_fields, "is_registered", "revoked_at"]
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [] if obj is None else self.readonly_fields

    def has_delete_permission(
        self, request: HttpRequest, obj: PowerOfAttorney | None = None
    ) -> bool:
        """Packages refer to it for years. Revoke it instead."""
        return False

    @admin.display(description="Полномочия")
    def power_names(self, power: PowerOfAttorney) -> SafeString:
        rows = [(each["code"], each["name"]) for each in power.powers]
        return format_html_join("", "<div>{} {}</div>", rows)

    @admin.display(description="Проверка сейчас")
    def check_result(self, power: PowerOfAttorney) -> str | SafeString:
        try:
            report = verify_power_of_attorney(
                signatory=power.signatory,
                principal_inn=power.principal_inn,
                xml=bytes(power.xml),
                signature=bytes(power.signature),
                at=clock.now(),
                revoked_at=power.revoked_at,
            )
        except Unavailable:
            return "Проверить нельзя: не заданы доверенные корневые сертификаты."
        if report.is_valid:
            return "МЧД действительна."
        return format_html_join("", "<div>{}</div>", [(each.text,) for each in report.reasons])


@admin.register(Exchange)
class ExchangeAdmin(admin.ModelAdmin):
    """Read-only: only `edo.channels.operator` writes exchanges."""

    list_display = [
        "document_number",
        "state",
        "recipient_inn",
        "box",
        "signatory",
        "created_at",
        "finished_at",
    ]
    list_filter = ["state", "box"]
    list_select_related = ["box", "signatory"]
    search_fields = ["=message_id", "=document_number", "=recipient_inn"]
    date_hierarchy = "created_at"
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Exchange | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Exchange | None = None) -> bool:
        return False
