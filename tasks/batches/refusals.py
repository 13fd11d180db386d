"""Why a file or an action of a batch is refused."""

from collections.abc import Iterable

from econtract.platform.common.refusals import Refusal

NOT_POSSIBLE_NOW = Refusal(
    "batch_in_another_state", "Сейчас это сделать нельзя: прогон уже в другом состоянии."
)
NOT_OWN = Refusal("batch_of_another_manager", "Прогоном управляет менеджер, который его создал.")
NOTHING_READY = Refusal(
    "batch_has_no_ready_rows",
    "Запускать нечего: ни одна строка не прошла проверку.",
    "Скачайте отчет, исправьте строки и загрузите файл снова.",
)
NOTHING_TO_RETRY = Refusal("batch_has_no_errors", "Повторять нечего: строк с ошибкой нет.")
FILE_RUN_BEFORE = Refusal(
    "batch_file_run_before",
    "Этот же файл уже запускали.",
    "Если документы нужны еще раз, отметьте «Запустить этот файл повторно».",
)
TEMPLATE_NOT_PUBLISHED = Refusal(
    "batch_template_not_published",
    "Бланк не введен в действие: его образец никто не просмотрел.",
    "Попросите об этом редактора бланков.",
)
TWO_HEADING_ROWS = Refusal(
    "table_has_two_heading_rows",
    "В файле две строки заголовков.",
    "Оставьте одну, с названиями столбцов из подсказки.",
)
HEADINGS_NOT_FIRST = Refusal(
    "table_headings_not_first",
    "Над заголовками столбцов есть другие строки.",
    "Удалите их: названия столбцов должны быть в первой строке.",
)
NO_SUCH_ROWS = Refusal(
    "batch_rows_unknown",
    "В файле нет строк, которые можно исправить.",
    "Загрузите отчет этого прогона с исправленными строками и столбцом «Строка».",
)


def missing_columns(names: Iterable[str]) -> Refusal:
    """The file lacks the columns ``names``."""
    listed = ", ".join(f"«{name}»" for name in names)
    return Refusal(
        "table_lacks_columns",
        f"В файле нет столбцов: {listed}.",
        "Назовите столбцы так в первой строке; порядок не важен.",
    )
