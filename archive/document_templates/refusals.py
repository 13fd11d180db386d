"""Why a template is not accepted or cannot be filled: one refusal for each reason.

A confined process sends the code and the place, a piece of the template's own text.
"""

from econtract.platform.common.refusals import Refusal

NOT_DOCX = Refusal("template_not_docx", "Бланк должен быть документом Word (DOCX).")
NOT_SCANNED = Refusal(
    "template_not_scanned",
    "Антивирус не отвечает, бланк не проверен.",
    "Загрузите его позже.",
)
SYNTAX = Refusal(
    "template_syntax",
    "В бланке есть метка с ошибкой.",
    "Метка пишется так: {{ номер_договора }}, в имени поля нет пробелов.",
)
FORBIDDEN = Refusal(
    "template_command_forbidden",
    "В бланке есть команда, которая не допускается.",
    "Допускаются поля {{ поле }}, условия {% if поле %} и повторы {% for строка in поле %}.",
)
UNBALANCED = Refusal(
    "template_tags_unbalanced",
    "Условие или повтор в бланке начинается в одной ячейке или таблице, а кончается вне ее.",
    "Поставьте начало и конец в один абзац или в абзацы рядом, с буквой p: {%p if поле %}.",
)
OUT_OF_REACH = Refusal(
    "template_field_out_of_reach",
    "В бланке есть метка там, где ее нельзя заполнить.",
    "Перенесите ее в текст, колонтитул или сноску внизу страницы.",
)
NAME_TOO_LONG = Refusal(
    "template_field_name_too_long",
    "Имя поля в бланке длиннее 100 знаков.",
    "Сократите его.",
)
TOO_COMPLEX = Refusal(
    "template_too_complex",
    "Заполнение бланка потребовало слишком много времени или памяти.",
    "Уберите из бланка вложенные повторы.",
)
DAMAGED = Refusal(
    "template_damaged",
    "Бланк не удалось прочитать.",
    "Откройте его в Word, сохраните и загрузите снова.",
)
VALUE_MISSING = Refusal("template_value_missing", "Для поля бланка нет значения.")
VALUE_UNPRINTABLE = Refusal(
    "template_value_unprintable",
    "В значении поля есть знак, которого не может быть в документе.",
    "Введите значение заново.",
)
VALUE_NOT_NUMBER = Refusal(
    "template_value_not_number",
    "В бланке это значение пишется прописью, но оно не число.",
    "Введите число, например 12 345,60.",
)
VALUE_NOT_DATE = Refusal(
    "template_value_not_date",
    "В бланке это значение пишется прописью, но оно не дата.",
    "Введите дату в виде ДД.ММ.ГГГГ.",
)

BY_CODE = {value.code: value for value in list(vars().values()) if isinstance(value, Refusal)}


class FillingFailed(Exception):
    """A template was not accepted or not filled, for the reason that ``refusal`` states.

    ``place`` is a field's name or a piece of the template's text; empty when it is not known.
    """

    def __init__(self, refusal: Refusal, place: str = "") -> None:
        self.refusal = refusal
        self.place = place
        super().__init__(refusal.code)

    @property
    def message(self) -> str:
        """What a page shows."""
        place = f" Место: «{self.place}»." if self.place else ""
        return f"{self.refusal.text}{place} {self.refusal.fix}".strip()
