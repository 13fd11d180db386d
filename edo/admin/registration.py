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
from edo.admin.forms import PowerOfAttorneyForm, SignatoryForm
from edo.expiry import SOON
from edo.models import Box, Exchange, PowerOfAttorney, Signatory
from edo.powers.registration import check_power_of_attorney
from edo.problems import MOSCOW


class TermFilter(admin.SimpleListFilter):
    """By the end of a certificate's or a power's term."""

    title = "срок действия"
    parameter_name = "term"
    ends_field = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("soon", f"Истекает в течение {SOON.days} дней"),
            ("expired", "Истек"),
            ("valid", "Действует"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ends, now = self.ends_field, self.now()
        soon = now + SOON
        match self.value():
            case "soon":
                return queryset.filter(**{f"{ends}__gte": now, f"{ends}__lte": soon})
            case "expired":
                return queryset.filter(**{f"{ends}__lt": now})
            case "valid":
                return queryset.filter(**{f"{ends}__gte": now})
        return queryset

    def now(self) -> Any:
        return clock.now()


class CertificateTermFilter(TermFilter):
    title = "срок сертификата"
    ends_field = "certificate_until"


class PowerTermFilter(TermFilter):
    title = "срок МЧД"
    ends_field = "valid_until"

    def now(self) -> Any:
        return clock.now().astimezone(MOSCOW).date()


@admin.register(Box)
class BoxAdmin(admin.ModelAdmin):
    list_display = ["name", "operator", "inn", "kpp", "active"]
    list_filter = ["active", "operator", "regions"]
    search_fields = ["name", "operator_box_id", "inn"]
    filter_horizontal = ["regions"]

    def has_delete_permission(self, request: HttpRequest, obj: Box | None = None) -> bool:
        """Exchanges keep their box: it is switched off instead."""
        return False


@admin.register(Signatory)
class SignatoryAdmin(admin.ModelAdmin):
    form = SignatoryForm
    list_display = ["__str__", "position", "certificate_serial", "certificate_until", "active"]
    list_filter = ["active", CertificateTermFilter, "boxes"]
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
        "key_ref",
        "certificate_pem",
        ("inn", "snils"),
        ("certificate_serial", "certificate_from", "certificate_until"),
        "boxes",
        "active",
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Signatory | None = None) -> bool:
        """Exchanges keep their signatory: he is switched off instead."""
        return False


@admin.register(PowerOfAttorney)
class PowerOfAttorneyAdmin(admin.ModelAdmin):
    """Uploaded once and never changed but for the date of its revocation."""

    list_display = ["registration_number", "signatory", "valid_from", "valid_until", "revoked_at"]
    list_filter = [PowerTermFilter, ("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["registration_number", "signatory__surname", "principal_inn"]
    list_select_related = ["signatory"]
    readonly_fields = [
        "signatory",
        "registration_number",
        "principal_inn",
        "head_name",
        "named_powers",
        "valid_from",
        "valid_until",
        "verdict",
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
        return self.upload_fields if obj is None else [*self.readonly_fields, "revoked_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [] if obj is None else self.readonly_fields

    def has_delete_permission(
        self, request: HttpRequest, obj: PowerOfAttorney | None = None
    ) -> bool:
        """Packages refer to it for years: it is revoked instead."""
        return False

    @admin.display(description="Полномочия")
    def named_powers(self, power: PowerOfAttorney) -> SafeString:
        rows = [(item["code"], item["name"]) for item in power.powers]
        return format_html_join("", "<div>{} {}</div>", rows)

    @admin.display(description="Проверка сейчас")
    def verdict(self, power: PowerOfAttorney) -> str | SafeString:
        try:
            report = check_power_of_attorney(
                signatory=power.signatory,
                principal_inn=power.principal_inn,
                xml=bytes(power.xml),
                signature=bytes(power.signature),
                at=clock.now(),
                revoked_at=power.revoked_at,
            )
        except Unavailable:
            return "Проверить нельзя: не заданы доверенные корневые сертификаты."
        if report.ok:
            return "МЧД действительна."
        return format_html_join("", "<div>{}</div>", [(item.text,) for item in report.problems])


@admin.register(Exchange)
class ExchangeAdmin(admin.ModelAdmin):
    """Only the product itself writes exchanges."""

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
