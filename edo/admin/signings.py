"""Signings by SMS in the Django admin: their evidence, and the personal data in it."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from accounts.models import User
from clients.models.formats import mask_phone
from econtract.platform.common.errors import ActionRefused
from econtract.platform.outbox.admin import ReadOnlyAdmin
from edo.channels.simple import personal_data
from edo.models import SimpleSigning

UNPROCESSABLE = 422


class BasisForm(forms.Form):
    """Why personal data are erased or disclosed: for the journal of the signing."""

    basis = forms.CharField(
        label="Основание",
        max_length=200,
        help_text="Например, номер и дата заявления или запроса суда.",
        error_messages={"required": "Укажите основание"},
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


@admin.register(SimpleSigning)
class SimpleSigningAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "person", "phone", "state", "created_at", "finished_at"]
    list_filter = ["state"]
    search_fields = ["=document_number", "=client_inn"]
    fields = [
        "file_name",
        ("document_number", "client_inn"),
        ("person", "phone"),
        ("identified_at", "identification_ref"),
        ("state", "progress", "progress_at"),
        "document_sha256",
        "head",
        ("created_at", "sent_at", "finished_at"),
        "warnings",
    ]
    readonly_fields = ["person", "phone", "head"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    change_form_template = "admin/edo/simplesigning/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SimpleSigning]:
        rows = super().get_queryset(request).select_related("signer")
        return rows.defer("sender_signature").order_by("-created_at", "pk")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/erase/", view(self.erase), name="edo_simplesigning_erase"),
            path("<uuid:pk>/phone/", view(self.disclose), name="edo_simplesigning_phone"),
            *super().get_urls(),
        ]

    @admin.display(description="Кто подписывает", ordering="signer__name_key")
    def person(self, signing: SimpleSigning) -> str:
        return signing.signer.full_name

    @admin.display(description="Телефон")
    def phone(self, signing: SimpleSigning) -> str:
        return mask_phone(signing.signer.phone)

    @admin.display(description="Хеш последней записи")
    def head(self, signing: SimpleSigning) -> str:
        rows = signing.records.order_by("-number").values_list("hash", flat=True)
        return rows.first() or "Записей нет"

    def erase(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """«Стереть персональные данные» of the person in all their signings."""
        signing = get_object_or_404(SimpleSigning.objects.select_related("signer"), pk=pk)
        signings = personal_data.find_signings_of_person(signing)
        form = BasisForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            actor = cast(User, request.user)
            try:
                count = personal_data.erase_person(signing, actor_id=actor.pk)
            except ActionRefused as error:
                form.add_error(None, error.messages)
            else:
                text = f"Стерты персональные данные в записях. {form.cleaned_data['basis']}"
                for item in signings:
                    self.log_change(request, item, text)
                self.message_user(request, f"Стерто значений: {count}", messages.SUCCESS)
                return redirect(reverse("admin:edo_simplesigning_change", args=[pk]))
        return self._render(request, signing, form, "erase", signings=signings)

    def disclose(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """«Номер телефона для суда»: the openings of its commitments, after the basis is given."""
        signing = get_object_or_404(SimpleSigning.objects.select_related("signer"), pk=pk)
        form, openings = BasisForm(request.POST or None), []
        if request.method == "POST" and form.is_valid():
            actor = cast(User, request.user)
            try:
                openings = personal_data.disclose_phone(signing, actor_id=actor.pk)
            except ActionRefused as error:
                form.add_error(None, error.messages)
            else:
                text = f"Раскрыт номер телефона. {form.cleaned_data['basis']}"
                self.log_change(request, signing, text)
        return self._render(request, signing, form, "phone", openings=openings)

    def _render(
        self, request: HttpRequest, signing: SimpleSigning, form: BasisForm, name: str, **more: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "signing": signing,
            "form": form,
            **more,
        }
        template = f"admin/edo/simplesigning/{name}.html"
        status = UNPROCESSABLE if form.errors else 200
        return TemplateResponse(request, template, context, status=status)
