"""Forms by which an administrator keeps signatories and their powers of attorney."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from econtract.platform.common.errors import Unavailable
from edo.models import Box, PowerOfAttorney, Signatory
from edo.powers.registration import (
    PowerOfAttorneyRefused,
    certificate_fields,
    checked_power_of_attorney,
)
from edo.safe_xml import LARGEST_XML


class SignatoryForm(forms.ModelForm):
    """The certificate is pasted; its number, dates, ИНН and СНИЛС are read from it."""

    class Meta:
        model = Signatory
        fields = [
            "surname",
            "given_name",
            "patronymic",
            "position",
            "key_ref",
            "certificate_pem",
            "boxes",
            "active",
        ]

    def clean_certificate_pem(self) -> str:
        try:
            found = certificate_fields(self.cleaned_data["certificate_pem"])
        except ValueError:
            raise forms.ValidationError(
                "Это не сертификат в формате PEM: он начинается с «-----BEGIN CERTIFICATE-----»."
            ) from None
        if not found["inn"] or not found["snils"]:
            raise forms.ValidationError("В сертификате нет ИНН или СНИЛС владельца.")
        for name, value in found.items():
            setattr(self.instance, name, value)
        return str(found["certificate_pem"])


class PowerOfAttorneyForm(forms.ModelForm):
    """Two files; whatever does not hold in them is named, all at once."""

    principal_inn = forms.ChoiceField(label="Организация (ИНН доверителя)")
    xml_file = forms.FileField(label="Файл МЧД (XML)", help_text="ON_EMCHD_ГГГГММДД_<номер>.xml")
    signature_file = forms.FileField(
        label="Подпись руководителя", help_text="Открепленная подпись к этому XML (.sig, .p7s)."
    )

    class Meta:
        model = PowerOfAttorney
        fields = ["signatory"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inns = Box.objects.order_by("inn").values_list("inn", flat=True).distinct()
        self.fields["principal_inn"] = forms.ChoiceField(
            label=self.fields["principal_inn"].label, choices=[(inn, inn) for inn in inns]
        )

    def clean_xml_file(self) -> bytes:
        return _content(self.cleaned_data["xml_file"])

    def clean_signature_file(self) -> bytes:
        return _content(self.cleaned_data["signature_file"])

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if not self.errors:
            try:
                self.instance = checked_power_of_attorney(
                    signatory=found["signatory"],
                    principal_inn=found["principal_inn"],
                    xml=found["xml_file"],
                    signature=found["signature_file"],
                )
            except PowerOfAttorneyRefused as refused:
                raise forms.ValidationError([item.text for item in refused.problems]) from None
            except Unavailable:
                raise forms.ValidationError(
                    "Проверить МЧД нельзя: не заданы доверенные корневые сертификаты."
                ) from None
        return found


def _content(file: UploadedFile) -> bytes:
    if file.size is None or file.size > LARGEST_XML:
        raise forms.ValidationError("Файл больше 1 МБ: это не МЧД и не подпись к ней.")
    return bytes(file.read())
