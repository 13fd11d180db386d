"""The code that a client has got by SMS."""

import re

from django import forms


class CodeForm(forms.Form):
    """The code from the SMS. Spaces and dashes are no mistake."""

    code = forms.CharField(
        label="Код из СМС",
        max_length=40,
        error_messages={"required": "Введите код из СМС"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        code = re.sub(r"[\s-]", "", self.cleaned_data["code"])
        if not re.fullmatch("[0-9]{6}", code):
            raise forms.ValidationError("В коде шесть цифр. Проверьте, что введены все")
        return code
