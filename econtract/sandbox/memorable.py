"""Memorable organisations, each with a fixed behaviour (docs/protocols.md, section 10)."""

from typing import Any

from econtract.sandbox.models import Habit

# Name, КПП, city, address.
BRANCHES = (
    ("Центр", "770743001", "Москва", "125047, г. Москва, ул. Гончарная, д. 30"),
    (
        "Северо-Запад", "784243001", "Санкт-Петербург",
        "191167, г. Санкт-Петербург, Синопская наб., д. 14",
    ),
    (
        "Волга", "526043001", "Нижний Новгород",
        "603000, г. Нижний Новгород, ул. Большая Покровская, д. 56",
    ),
    ("Юг", "230843001", "Краснодар", "350000, г. Краснодар, ул. Красная, д. 59"),
    ("Урал", "667043001", "Екатеринбург", "620014, г. Екатеринбург, ул. Московская, д. 11"),
    ("Сибирь", "540743001", "Новосибирск", "630099, г. Новосибирск, ул. Орджоникидзе, д. 18"),
    ("Дальний Восток", "272143001", "Хабаровск", "680000, г. Хабаровск, ул. Карла Маркса, д. 56"),
)  # fmt: skip

# Name, first 9 digits of the ИНН, first 12 of the ОГРН, state, habit, and whose documents the ЭДО
# box accepts: "all", "partners", or "" for no box.
COMPANIES = (
    ("ООО «Ромашка»", "770100110", "115774600110", "active", Habit.AGREES, "all"),
    ("ООО «Лотос»", "770100120", "115774600120", "active", Habit.AGREES, "all"),
    ("АО «Вектор»", "770100130", "115774600130", "active", Habit.AGREES, "all"),
    ("ООО «Закат»", "770100140", "115774600140", "liquidated", Habit.AGREES, "all"),
    ("ООО «Рассвет»", "770100150", "115774600150", "liquidating", Habit.AGREES, "all"),
    ("АО «Стройтрест»", "770100160", "115774600160", "bankrupt", Habit.AGREES, "all"),
    ("ООО «Новосел»", "770100170", "115774600170", "active", Habit.AGREES, "all"),
    ("ООО «Отказ»", "770100180", "115774600180", "active", Habit.DATA_REFUSED, "all"),
    ("ООО «Молчание»", "770100190", "115774600190", "active", Habit.NO_CONSENT, "all"),
    ("ООО «Несовпадение»", "770100200", "115774600200", "active", Habit.DATA_MISMATCH, "all"),
    ("ООО «Черный список»", "770100210", "115774600210", "active", Habit.BLACKLISTED, "all"),
    ("ООО «Полномочия»", "770100220", "115774600220", "active", Habit.DOCUMENTS, "all"),
    ("ООО «Ожидание»", "770100230", "115774600230", "active", Habit.AUTHORITY_PENDING, "all"),
    ("ООО «Перемена»", "770100240", "115774600240", "active", Habit.PASSES_WITH_CHANGES, "all"),
    ("ООО «Другой заказ»", "770100250", "115774600250", "active", Habit.CHANGE_SERVICES, "all"),
    ("ООО «Занятый кабинет»", "770100260", "115774600260", "active", Habit.CABINET_EXISTS, "all"),
    ("ООО «Неверные данные»", "770100270", "115774600270", "active", Habit.CABINET_BAD_DATA, "all"),
    ("ООО «Не подпишу»", "770100280", "115774600280", "active", Habit.REJECTS, "all"),
    ("ООО «Тихий ящик»", "770100290", "115774600290", "active", Habit.NO_SIGNATURE, "all"),
    ("ООО «Кривая подпись»", "770100300", "115774600300", "active", Habit.BROKEN_SIGNATURE, "all"),
    ("ООО «Чужая подпись»", "770100310", "115774600310", "active", Habit.FOREIGN_SIGNATURE, "all"),
    (
        "ООО «Только свои»", "770100320", "115774600320", "active", Habit.REFUSES_STRANGERS,
        "partners",
    ),
    ("ООО «Наши партнеры»", "770100330", "115774600330", "active", Habit.AGREES, "partners"),
    ("ООО «Бумага»", "770100340", "115774600340", "active", Habit.AGREES, ""),
    ("ООО «Архивный брак»", "770100350", "115774600350", "active", Habit.ARCHIVE_REJECTS, "all"),
)  # fmt: skip
# Companies that show what the ЭДО operator can do. Name, first 9 digits of the ИНН, habit, and what
# differs from an open box of a test organisation.
EDO_COMPANIES: tuple[tuple[str, str, Habit, dict[str, Any]], ...] = (
    ("ООО «Ждет приглашения»", "770100360", Habit.IGNORES_INVITATIONS, {"partners_only": True}),
    ("ООО «Новый ящик»", "770100370", Habit.AGREES, {"is_active_box": False}),
    ("ООО «Два ящика»", "770100380", Habit.AGREES, {}),
    ("ООО «Роуминг»", "770100390", Habit.AGREES, {}),
    (
        "ООО «Чужой оператор»", "770100400", Habit.AGREES,
        {"is_roaming": True, "partners_only": True},
    ),
    (
        "ООО «Отделы»", "770100410", Habit.AGREES,
        {"departments": [
            {"DepartmentId": "5f1c7d5e-52a6-4d0a-9c2e-0e8f6a1b7c01", "Name": "Закупки"},
            {"DepartmentId": "5f1c7d5e-52a6-4d0a-9c2e-0e8f6a1b7c02", "Name": "Бухгалтерия"},
        ]},
    ),
    ("ООО «Сначала согласую»", "770100420", Habit.APPROVES, {}),
    ("ООО «Отказ сообщением»", "770100430", Habit.REJECTS_BY_MESSAGE, {}),
    ("ООО «Отзыв с согласия»", "770100440", Habit.DECIDES_REVOCATION, {}),
    ("ООО «Против отзыва»", "770100450", Habit.REJECTS_REVOCATION, {}),
    ("ООО «Передумал»", "770100460", Habit.REVOKES, {}),
    ("ООО «Долгая доставка»", "770100470", Habit.SLOW_DELIVERY, {}),
    ("ООО «Нет доставки»", "770100480", Habit.DELIVERY_FAILS, {}),
    ("ООО «Боевой ящик»", "770100490", Habit.AGREES, {"is_test_box": False}),
)  # fmt: skip
# One more box of a company above: its name, and what differs from the first one.
EDO_SECOND_BOXES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ООО «Два ящика»", {"kpp": "784201001", "is_branch": True}),
    ("ООО «Роуминг»", {"is_roaming": True, "box_number": 1}),
)
# Kind, ИНН, first 14 digits of the ОГРНИП, surname, given name, patronymic.
PEOPLE = (
    ("sole_proprietor", "500100732259", "31577460001234", "Петров", "Петр", "Петрович"),
    ("self_employed", "771234567859", "", "Иванова", "Анна", "Андреевна"),
    ("individual", "772345678901", "", "Сидоров", "Алексей", "Иванович"),
)
