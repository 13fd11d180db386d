"""The page of all components: sample data for `templates/showcase/components.html`, no models."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

KINDS = [
    ("waiting", "Документ на подписании"),
    ("error", "Ошибка идентификации"),
    ("action", "На согласовании"),
    ("system", "Документ отправлен"),
    ("done", "Задание выполнено"),
    ("closed", "Задание отменено"),
]
ROWS = [
    ("10482", "ООО «Ромашка»", "7707049388", "Подписание договора", 0, "", "Клиент", "2 мин"),
    (
        "10479",
        "ИП Петров П.П.",
        "500100732259",
        "Удаленная идентификация",
        1,
        "Отказ клиента от предоставления данных",
        "Вы",
        "18 мин",
    ),
    ("10471", "АО «Вектор»", "7728168971", "Согласование", 2, "", "Согласующий", "1 ч"),
    ("10466", "Самозанятый Иванова А.А.", "500100732259", "Создание ЛКЮЛ", 3, "", "Система", "2 ч"),
    (
        "10450",
        "ООО «Лотос»",
        "7707083893",
        "Завершено",
        4,
        "Подписано за 7 мин 40 с",
        "–",
        "вчера",
    ),
    ("10449", "ООО «Ива»", "7707083893", "Завершено", 5, "", "–", "вчера"),
]
CHANGES = [
    {"label": "Мобильный телефон", "old": "+7 912 345-67-89", "new": "+7 912 345-67-00"},
    {"label": "Должность", "old": "Директор", "new": "Директор"},
]
EVENTS = [
    {
        "time": "21.11.2025 14:32",
        "iso": "2025-11-21T14:32:00+03:00",
        "text": "Документ отправлен клиенту",
        "actor": "Система",
        "badge": "waiting",
    },
    {
        "time": "21.11.2025 14:30",
        "iso": "2025-11-21T14:30:00+03:00",
        "text": "Контакт изменен",
        "actor": "Иванова А.",
        "icon": "pencil",
        "changes": CHANGES,
    },
    {
        "time": "21.11.2025 14:20",
        "iso": "2025-11-21T14:20:00+03:00",
        "text": "Ошибка идентификации",
        "note": "Отказ клиента от предоставления данных",
        "actor": "Система",
        "badge": "error",
    },
]
OPTIONS = [
    {"value": "7707049388", "text": "ООО «Ромашка»", "note": "ИНН 7707049388, Москва"},
    {
        "value": "7728168971",
        "text": "ООО «Ромашка-2»",
        "note": "ИНН 7728168971, Тверь.",
        "disabled": True,
        "reason": "Клиент ликвидирован. Создать задание нельзя",
        "badge_kind": "error",
        "badge": "Ликвидирован",
    },
]


class SampleForm(forms.Form):
    """One field for every kind of widget that the screens use."""

    surname = forms.CharField(label="Фамилия")
    patronymic = forms.CharField(label="Отчество", required=False)
    phone = forms.CharField(label="Мобильный телефон", help_text="+7 912 345-67-89")
    region = forms.ChoiceField(
        label="Регион инсталляции",
        choices=[("", "Выберите регион"), ("850", "Москва и Московская область")],
    )
    account = forms.CharField(
        label="Лицевой счет",
        help_text="12 цифр",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-digits": "12", "class": "num"}),
    )
    comment = forms.CharField(label="Комментарий", required=False, widget=forms.Textarea)
    services = forms.MultipleChoiceField(
        label="Услуги",
        help_text="Выберите хотя бы одну услугу",
        choices=[
            ("internet", "Интернет для бизнеса"),
            ("vpn", "VPN и каналы связи"),
            ("virtual_pbx", "Виртуальная АТС"),
            ("mobile", "Мобильная связь"),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.ChoiceField(
        label="Причина отказа",
        choices=[("mistake", "Ошибка в документе"), ("other", "Другое")],
        widget=forms.RadioSelect,
    )
    checked = forms.BooleanField(label="Проверка проведена", required=False)
    number = forms.CharField(
        label="Номер документа", required=False, widget=forms.TextInput(attrs={"readonly": True})
    )


def invalid_form() -> SampleForm:
    """The sample form with errors, worded as on the screens."""
    form = SampleForm({"surname": "Иванова", "account": "999"}, auto_id="bad_%s")
    for name, text in (
        ("phone", "Введите телефон: +7 и 10 цифр"),
        ("account", "Некорректно указан код лицевого счета"),
        ("services", "Выберите хотя бы одну услугу"),
    ):
        form.errors[name] = form.error_class([text], field_id=form[name].auto_id)
    for name in ("region", "reason"):
        del form.errors[name]
    return form


def sample_context() -> dict[str, Any]:
    """The sample data of the components page."""
    return {
        "kinds": KINDS,
        "rows": [
            {
                "number": number,
                "client": client,
                "inn": inn,
                "stage": stage,
                "kind": KINDS[kind][0],
                "status": KINDS[kind][1],
                "resolution": note,
                "turn": turn,
                "updated": age,
            }
            for number, client, inn, stage, kind, note, turn, age in ROWS
        ],
        "sample": SampleForm(initial={"number": "850123456789"}),
        "bad": invalid_form(),
        "options": OPTIONS,
        "tabs": [
            {"label": "Мои задания", "url": "#", "current": True, "count": 12},
            {"label": "Все задания", "url": "#", "count": 87},
            {"label": "Архив", "url": "#", "count": None},
            {"label": "Управление", "url": "#", "count": None},
        ],
        "chips": [
            {"label": "Обработка ошибок", "url": "#", "count": 3, "icon": "alert-triangle"},
            {
                "label": "Звонок клиенту",
                "url": "#",
                "count": 5,
                "icon": "phone",
                "current": True,
            },
            {"label": "Редактирование", "url": "#", "count": 2, "icon": "pencil"},
            {"label": "На согласовании", "url": "#", "count": 2, "icon": "hourglass"},
        ],
        "steps": [
            {"label": "Идентификация", "state": "done", "time": "3 мин"},
            {"label": "Создание ЛКЮЛ", "state": "done", "time": "1 мин"},
            {"label": "Подписание договора", "state": "current", "time": "14 мин"},
            {"label": "Передача в архив", "state": "todo"},
            {"label": "Завершено", "state": "todo"},
        ],
        "failed_steps": [
            {"label": "Идентификация", "state": "error", "time": "18 мин"},
            {"label": "Создание ЛКЮЛ", "state": "todo"},
            {"label": "Подписание договора", "state": "todo"},
        ],
        "pagination": [
            {"label": "1", "current": True},
            {"label": "2", "url": "#"},
            {"label": "3", "url": "#"},
            {"label": "…"},
            {"label": "35", "url": "#"},
        ],
        "sizes": [
            {"label": "25", "current": True},
            {"label": "50", "url": "#"},
            {"label": "100", "url": "#"},
        ],
        "details": [
            {"label": "Наименование", "value": "ООО «Ромашка»"},
            {"label": "ИНН", "value": "7707049388", "num": True, "copyable": True},
            {"label": "Юридический адрес", "value": "125009, г. Москва, ул. Тверская, д. 7"},
            {"label": "Электронная почта", "value": ""},
        ],
        "changes": CHANGES,
        "events": EVENTS,
        "missing": [
            {"label": "Клиент", "done": True},
            {"label": "Лицевой счет", "href": "#id_account"},
            {"label": "Услуги", "href": "#id_services_0"},
        ],
        "previews": [("/static/favicon.svg", number) for number in "123"],
    }


def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state: the page that tests/ui checks."""
    return render(request, "showcase/components.html", sample_context())
