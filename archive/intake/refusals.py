"""Why an uploaded file is not accepted: one refusal for each reason."""

from econtract.platform.common.refusals import Refusal

EMPTY = Refusal("file_empty", "Файл пустой")
NO_CONTENT = Refusal("file_has_no_content", "В документе нет ни текста, ни изображений")
PDF_TOO_LARGE = Refusal("pdf_too_large", "Файл больше 30 МБ")
OFFICE_FILE_TOO_LARGE = Refusal("office_file_too_large", "Файл больше 10 МБ")
ZIP_ARCHIVE = Refusal("file_is_zip", "Архивы zip не принимаются: приложите сам документ")
OTHER_ARCHIVE = Refusal("file_is_archive", "Архивы не принимаются: приложите сам документ")
UNKNOWN_FORMAT = Refusal(
    "file_format_unknown", "Не удалось распознать документ: принимаются PDF, Word и Excel"
)
WEB_PAGE = Refusal(
    "file_is_web_page",
    "Это веб-страница (HTML), хотя и названа документом: откройте ее в Word или Excel"
    " и сохраните как DOCX, XLSX или PDF",
)
WEB_ARCHIVE = Refusal(
    "file_is_web_archive",
    "Это веб-архив (MHT), хотя и назван документом: откройте его в Word или Excel"
    " и сохраните как DOCX, XLSX или PDF",
)
SPREADSHEET_XML = Refusal(
    "file_is_spreadsheet_xml",
    "Это таблица XML 2003, так выгружает 1С: откройте ее в Excel и сохраните как XLSX или PDF",
)
WORD_XML = Refusal(
    "file_is_word_xml",
    "Это документ Word в формате XML: откройте его в Word и сохраните как DOCX или PDF",
)
XML_DATA = Refusal(
    "file_is_xml",
    "Это данные XML, а не документ: приложите его печатную форму в PDF, Word или Excel",
)
TABLE_1C = Refusal(
    "file_is_1c_table",
    "Это табличный документ 1С (MXL): сохраните его в 1С как XLSX или PDF",
)
PDF_ENCRYPTED = Refusal(
    "pdf_encrypted",
    "PDF открывается только с паролем: снимите пароль и загрузите снова",
)
ENCRYPTED = Refusal("file_encrypted", "Документ защищен паролем: снимите пароль и загрузите снова")
MACROS = Refusal("file_has_macros", "В документе есть макросы: сохраните его без макросов")
PDF_CORRUPT = Refusal("pdf_corrupt", "PDF поврежден или обрезан: создайте файл заново")
CORRUPT = Refusal(
    "file_corrupt",
    "Документ поврежден или обрезан: откройте его, сохраните и загрузите снова",
)
PDF_READ_DIFFERENTLY = Refusal(
    "pdf_read_differently",
    "Программы показывают этот PDF по-разному: напечатайте его в новый PDF и загрузите снова",
)
NO_PAGES = Refusal("pdf_has_no_pages", "В PDF нет ни одной страницы")
TOO_MANY_PAGES = Refusal("file_has_too_many_pages", "В документе слишком много страниц")
TOO_LARGE_UNPACKED = Refusal(
    "file_too_large_unpacked", "В распакованном виде документ слишком велик"
)
TOO_COMPLEX = Refusal(
    "file_too_complex",
    "Документ слишком сложный, проверить его не удалось: упростите файл",
)
PDF_JAVASCRIPT = Refusal(
    "pdf_has_javascript", "В PDF есть сценарий JavaScript: сохраните файл без него"
)
PDF_LAUNCH_ACTION = Refusal(
    "pdf_has_launch_action", "В PDF есть команда запуска программ: сохраните файл без нее"
)
PDF_XFA_FORM = Refusal(
    "pdf_has_xfa_form", "PDF содержит динамическую форму XFA: распечатайте ее в обычный PDF"
)
PDF_PORTFOLIO = Refusal(
    "pdf_is_portfolio",
    "Это портфолио PDF: документы вложены в него, на страницах их нет. "
    "Загрузите сам документ отдельным файлом",
)
PDF_CONTAINS_PROGRAM = Refusal(
    "pdf_contains_program", "В PDF вложена программа: удалите вложение и загрузите снова"
)
PDF_CONTAINS_ARCHIVE = Refusal(
    "pdf_contains_archive", "В PDF вложен архив: удалите вложение и загрузите снова"
)
PDF_CONTAINS_MACROS = Refusal(
    "pdf_contains_macros",
    "В PDF вложен документ с макросами: удалите вложение и загрузите снова",
)
POLYGLOT = Refusal(
    "file_is_polyglot", "В файле скрыто содержимое другого вида: сохраните документ заново"
)
TOO_MANY_WAITING = Refusal(
    "too_many_files_waiting",
    "Слишком много ваших документов еще преобразуется: дождитесь их и загрузите снова",
)
TOO_MANY_FILES = Refusal(
    "too_many_files", "В документе может быть не больше 20 файлов: объедините часть из них"
)
INFECTED = Refusal("file_infected", "В файле обнаружен вирус")

BY_CODE = {value.code: value for value in list(vars().values()) if isinstance(value, Refusal)}


class IntakeRefused(Exception):
    """The file is not accepted, for the reason that ``refusal`` states."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.code)
