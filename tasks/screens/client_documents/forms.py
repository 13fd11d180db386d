"""What the client sends from «Мои документы»."""

import uuid

from django import forms

from clients.models.formats import clean_phone
from tasks.models import Comment


class PhoneForm(forms.Form):
    """The phone with which the person was identified."""

    phone = forms.CharField(
        label="Номер мобильного телефона",
        max_length=40,
        help_text="Тот, на который приходило СМС со ссылкой на документ",
        error_messages={"required": "Введите номер телефона"},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])


class QuestionForm(forms.Form):
    """«Вопрос по документу». The key makes a form that is sent twice one question."""

    text = forms.CharField(
        label="Вопрос по документу",
        max_length=Comment.MAX_LENGTH,
        error_messages={"required": "Напишите вопрос"},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class ConsentForm(forms.Form):
    """The consent to personal data, given again. ``text_id`` is the text that the page shows."""

    text_id = forms.IntegerField(widget=forms.HiddenInput)
    is_accepted = forms.BooleanField(
        label="Согласен на обработку персональных данных",
        error_messages={"required": "Отметьте согласие, если даете его снова"},
    )
