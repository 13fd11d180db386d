"""The form of the verification page: a package, or a document with its signatures."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from econtract.verification.detached import NamedFile
from econtract.verification.package_files import MAX_SMALL_FILE_SIZE

MAX_SIGNATURES = 10


class MultipleFileInput(forms.ClearableFileInput):
    """A file input for several files."""

    allow_multiple_selected = True


class SmallFilesField(forms.FileField):
    """Signatures and powers of attorney, read into memory."""

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[NamedFile]:
        files: list[UploadedFile] = [
            super(SmallFilesField, self).clean(item, initial) for item in data or []
        ]
        if len(files) > MAX_SIGNATURES:
            raise forms.ValidationError(f"Можно приложить не больше {MAX_SIGNATURES} файлов.")
        if any(file.size is None or file.size > MAX_SMALL_FILE_SIZE for file in files):
            raise forms.ValidationError("Файл больше 2 МБ не может быть подписью.")
        return [NamedFile(file.name or "", file.read()) for file in files]


class VerificationForm(forms.Form):
    """A package, or a document with signatures. If there is a package, the rest is ignored."""

    package = forms.FileField(
        label="Пакет (ZIP)",
        help_text="Архив, полученный после подписания, целиком.",
        required=False,
        allow_empty_file=True,
    )
    document = forms.FileField(
        label="Документ",
        help_text="Тот самый файл, который подписан, обычно PDF.",
        required=False,
        allow_empty_file=True,
    )
    signatures = SmallFilesField(
        label="Подписи и доверенность",
        help_text="Файлы .sig или .p7s; если подписано по МЧД – ее XML и подпись к ней.",
        required=False,
        allow_empty_file=True,
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("package") or self.errors:
            return data
        if not data.get("document"):
            self.add_error("package", "Выберите пакет или документ с подписями.")
        elif not data.get("signatures"):
            self.add_error("signatures", "Приложите хотя бы одну подпись документа.")
        return data
