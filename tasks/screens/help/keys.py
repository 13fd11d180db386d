"""The keyboard shortcuts, for «Справка». A shortcut is a physical key, the same in every layout."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shortcut:
    """A shortcut; ``single`` if it works without Ctrl, so the user can turn it off."""

    keys: str
    action: str
    where: str
    single: bool = True


SHORTCUTS = (
    Shortcut("Ctrl + K", "Найти или перейти: задания, клиенты, страницы", "Везде", single=False),
    Shortcut("/", "Поиск в шапке", "Везде"),
    Shortcut("Ctrl + V вне поля", "Найти скопированный ИНН, ОГРН, ЛС или штрихкод", "Везде", False),
    Shortcut("J и K", "Следующее и предыдущее задание", "Список, карточка"),
    Shortcut("Enter", "Открыть задание", "Список", single=False),
    Shortcut("X", "Отметить задание", "Список"),
    Shortcut("A", "Принять в работу", "Карточка"),
    Shortcut("C", "Написать комментарий", "Карточка"),
    Shortcut("Ctrl + Enter", "Отправить форму или комментарий", "Формы", single=False),
    Shortcut("Esc", "Закрыть окно, меню или список подсказок", "Везде", single=False),
)
