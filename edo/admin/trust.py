"""Lists of accredited authorities and revocation lists in the Django admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from econtract.platform.common import clock
from econtract.platform.outbox.admin import ReadOnlyAdmin
from edo.admin.forms import TrustListForm
from edo.models import AuthorityCertificate, RevocationList, TrustList
from edo.trust.importing import AlreadyDecided, accept_trust_list, reject_trust_list
from edo.trust.snapshots import CHANGE_LABELS

DECISIONS = {"accept": accept_trust_list, "reject": reject_trust_list}


@admin.register(TrustList)
class TrustListAdmin(ReadOnlyAdmin):
    """The copies of the ТСЛ. One can be uploaded, and one that waits decided; none is deleted."""

    list_display = ["__str__", "state", "signer", "change_summary", "imported_at"]
    list_filter = ["state"]
    fields = [
        "number",
        "issued_at",
        "state",
        "reason_lines",
        "change_lines",
        "signer",
        "source",
        "sha256",
        "imported_at",
        "imported_by",
        "decided_at",
        "decided_by",
    ]
    readonly_fields = ["reason_lines", "change_lines"]
    date_hierarchy = "issued_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrustList]:
        return super().get_queryset(request).defer("content_compressed", "snapshot")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/decide/", view(self.decide), name="edo_trustlist_decide"),
            path("<int:pk>/file/", view(self.download), name="edo_trustlist_file"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_form(
        self, request: HttpRequest, obj: Any | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        kwargs["form"] = TrustListForm
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user  # type: ignore[attr-defined]
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["file"] if obj is None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [] if obj is None else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has stored the list already."""

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Accept or reject a list that waits; only POST changes anything."""
        decision = DECISIONS.get(request.POST.get("decision", ""))
        get_object_or_404(TrustList, pk=pk)
        if request.method == "POST" and decision is not None:
            try:
                trust_list = decision(pk, request.user)
            except AlreadyDecided:
                messages.warning(request, "Решение по этому списку уже принято.")
            else:
                state = trust_list.get_state_display().lower()
                messages.success(request, f"{trust_list}: {state}.")
        return redirect(reverse("admin:edo_trustlist_change", args=[pk]))

    def download(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file as it came."""
        trust_list = get_object_or_404(TrustList, pk=pk)
        name = f"tsl-{trust_list.number}.xml"
        return FileResponse(
            iter([trust_list.content]),
            as_attachment=True,
            filename=name,
            content_type="application/octet-stream",
        )

    @admin.display(description="Отличия")
    def change_summary(self, trust_list: TrustList) -> str:
        return ", ".join(
            f"{CHANGE_LABELS[kind].lower()}: {len(lines)}"
            for kind, lines in trust_list.changes.items()
        )

    @admin.display(description="Отличия от действовавшего списка")
    def change_lines(self, trust_list: TrustList) -> str | SafeString:
        if not trust_list.changes:
            return "Нет"
        rows = [
            (CHANGE_LABELS[kind], line)
            for kind, lines in trust_list.changes.items()
            for line in lines
        ]
        return format_html_join("", "<div>{}: {}</div>", rows)

    @admin.display(description="Почему нужно подтверждение")
    def reason_lines(self, trust_list: TrustList) -> str | SafeString:
        if not trust_list.reasons:
            return "Не нужно"
        return format_html_join("", "<div>{}</div>", [(reason,) for reason in trust_list.reasons])


@admin.register(AuthorityCertificate)
class AuthorityCertificateAdmin(ReadOnlyAdmin):
    list_display = ["authority", "status", "valid_until", "sha256"]
    list_filter = ["status"]
    search_fields = ["authority", "=sha256"]
    fields = ["authority", "status", "sha256", "valid_until", "term_lines", "crl_urls"]
    readonly_fields = ["term_lines"]
    show_full_result_count = False

    @admin.display(description="Сроки аккредитации")
    def term_lines(self, certificate: AuthorityCertificate) -> SafeString:
        rows = [(term["from"], term["until"] or "не закончился") for term in certificate.terms]
        return format_html_join("", "<div>{} – {}</div>", rows)


@admin.register(RevocationList)
class RevocationListAdmin(ReadOnlyAdmin):
    list_display = ["issuer_name", "url", "this_update", "next_update", "attempts", "error"]
    search_fields = ["issuer_name", "url"]
    actions = ["fetch_now"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RevocationList]:
        return super().get_queryset(request).defer("content", "issuer_certificate")

    @admin.action(description="Загрузить в ближайшую минуту", permissions=["view"])
    def fetch_now(self, request: HttpRequest, queryset: QuerySet[RevocationList]) -> None:
        count = queryset.update(due_at=clock.now())
        messages.success(request, f"Списков в очереди на загрузку: {count}.")
