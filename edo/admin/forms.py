"""Forms for signatories, their powers of attorney, and lists of authorities."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from econtract.platform.common.errors import Unavailable
from edo.models import Box, PowerOfAttorney, Signatory, TrustList
from edo.powers.registration import PowerOfAttorneyRefused, build_power_of_attorney
from edo.safe_xml import MAX_XML_BYTES
from edo.signatories import read_certificate_fields
from edo.trust.importing import TrustListRefused, import_trust_list


class SignatoryForm(forms.ModelForm):
    """The administrator pastes the certificate; serial, dates, ИНН and СНИЛС come from it."""

    class Meta:
        model = Signatory
        fields = [
            "surname",
            "given_name",
            "patronymic",
            "position",
            "provider",
            "key_ref",
            "certificate_pem",
            "boxes",
            "active",
        ]

    def clean_certificate_pem(self) -> str:
        try:
            certificate_fields = read_certificate_fields(self.cleaned_data["certificate_pem"])
        except ValueError:
            raise forms.ValidationError(
                "Это не сертификат в формате PEM: он начинается с «-----BEGIN CERTIFICATE-----»."
            ) from None
        if not certificate_fields["inn"] or not certificate_fields["snils"]:
            raise forms.ValidationError("В сертификате нет ИНН или СНИЛС владельца.")
        for name, value in certificate_fields.items():
            setattr(self.instance, name, value)
        return str(certificate_fields["certificate_pem"])


class PowerOfAttorneyForm(forms.ModelForm):
    """Two files. Every failed check is shown at once."""

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
        return _read_file(self.cleaned_data["xml_file"])

    def clean_signature_file(self) -> bytes:
        return _read_file(self.cleaned_data["signature_file"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors:
            try:
                self.instance = build_power_of_attorney(
                    signatory=data["signatory"],
                    principal_inn=data["principal_inn"],
                    xml=data["xml_file"],
                    signature=data["signature_file"],
                )
            except PowerOfAttorneyRefused as error:
                texts = [problem.text for problem in error.problems]
                raise forms.ValidationError(texts) from None
            except Unavailable:
                raise forms.ValidationError(
                    "Проверить МЧД нельзя: не заданы доверенные корневые сертификаты."
                ) from None
        return data


class TrustListForm(forms.ModelForm):
    """A file of the ТСЛ. Saving is done by `import_trust_list`: it may take effect or wait."""

    file = forms.FileField(
        label="Файл списка (XML)",
        help_text="Как его публикует Минцифры, с подписью.",
        # The upload handler empties what is over its limit.
        error_messages={
            "empty": "Файл пуст или больше 10 МБ. Большой список загружает команда "
            "manage.py import_trust_list."
        },
    )
    user: Any = None  # who uploads it

    class Meta:
        model = TrustList
        fields: list[str] = []

    def clean_file(self) -> None:
        file = self.cleaned_data["file"]
        try:
            result = import_trust_list(
                bytes(file.read()), source=f"файл {file.name}", user=self.user
            )
        except TrustListRefused as refused:
            raise forms.ValidationError(str(refused)) from None
        except Unavailable:
            raise forms.ValidationError(
                "Проверить список нельзя: не заданы доверенные корневые сертификаты."
            ) from None
        if not result.is_new:
            raise forms.ValidationError(f"Этот файл уже загружен: {result.trust_list}.")
        self.instance = result.trust_list


def _read_file(file: UploadedFile) -> bytes:
    if file.size is None or file.size > MAX_XML_BYTES:
        raise forms.ValidationError("Файл больше 1 МБ: это не МЧД и не подпись к ней.")
    return bytes(file.read())
