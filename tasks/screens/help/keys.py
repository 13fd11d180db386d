"""The keys of the pages, for «Справка». They act by their place on the keyboard, in any layout."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """``single``: without Ctrl, so that it can be switched off."""

    keys: str
    does: str
    where: str
    single: bool = True


KEYS = (
    Key("Ctrl + K", "Найти или перейти: задания, клиенты, страницы", "Везде", single=False),
    Key("/", "Поиск в шапке", "Везде"),
    Key("Ctrl + V вне поля", "Найти скопированный ИНН, ОГРН, ЛС или штрихкод", "Везде", False),
    Key("J и K", "Следующее и предыдущее задание", "Список, карточка"),
    Key("Enter", "Открыть задание", "Список", single=False),
    Key("X", "Отметить задание", "Список"),
    Key("A", "Принять в работу", "Карточка"),
    Key("C", "Написать комментарий", "Карточка"),
    Key("Ctrl + Enter", "Отправить форму или комментарий", "Формы", single=False),
    Key("Esc", "Закрыть окно, меню или список подсказок", "Везде", single=False),
)
