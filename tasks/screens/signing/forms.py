"""What the client sends from the signing page."""

from collections.abc import Sequence

from django import forms

from edo.models import AgreementText

MAX_REASON_LENGTH = 500
REASONS = {
    "mistake": "В документе ошибка",
    "terms": "Не согласен с условиями",
    "not_needed": "Договор больше не нужен",
    "other": "Другая причина",
}
LABELS = {
    AgreementText.Kind.ELECTRONIC_INTERACTION: "Согласен на электронное взаимодействие",
    AgreementText.Kind.PERSONAL_DATA: "Согласен на обработку персональных данных",
}
MISSING_TICK_MESSAGES = {
    AgreementText.Kind.ELECTRONIC_INTERACTION: (
        "Отметьте согласие на электронное взаимодействие: без него подписать по СМС нельзя"
    ),
    AgreementText.Kind.PERSONAL_DATA: (
        "Отметьте согласие на обработку персональных данных: без него подписать по СМС нельзя"
    ),
}


class AgreementsForm(forms.Form):
    """A tick for each text that the client has not accepted yet.

    The field's name has the version: an old page does not accept a text that it does not show.
    """

    def __init__(self, texts: Sequence[AgreementText], data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.texts = {f"{text.kind}_{text.version}": text for text in texts}
        for name, text in self.texts.items():
            kind = AgreementText.Kind(text.kind)
            self.fields[name] = forms.BooleanField(
                label=LABELS[kind], error_messages={"required": MISSING_TICK_MESSAGES[kind]}
            )


class RefusalForm(forms.Form):
    """Why the client does not sign."""

    choice = forms.ChoiceField(
        label="Почему вы не подписываете",
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Выберите причину"},
    )
    comment = forms.CharField(
        label="Что нужно исправить",
        max_length=MAX_REASON_LENGTH - 50,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "Сократите текст до 450 знаков"},
    )

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        if values.get("choice") == "other" and not values.get("comment"):
            self.add_error("comment", "Напишите причину")
        return values

    @property
    def reason(self) -> str:
        """The reason as the manager reads it."""
        choice, comment = self.cleaned_data["choice"], self.cleaned_data["comment"]
        if choice == "other":
            return str(comment)
        return f"{REASONS[choice]}: {comment}" if comment else REASONS[choice]


class RatingForm(forms.Form):
    """How easy it was to sign, 1 to 5."""

    rating = forms.IntegerField(min_value=1, max_value=5)
