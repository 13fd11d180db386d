"""Every reason not to take a file, each with a sentence of its own for the person at the form."""

SENTENCES = {
    "empty": "Файл пустой",
    "no_content": "В документе нет ни текста, ни изображений",
    "too_big_pdf": "Файл больше 30 МБ",
    "too_big_office": "Файл больше 10 МБ",
    "zip": "Архивы zip не принимаются: приложите сам документ",
    "archive": "Архивы не принимаются: приложите сам документ",
    "unknown": "Не удалось распознать документ: принимаются PDF, Word и Excel",
    "encrypted_pdf": "PDF защищен паролем или ограничениями: снимите защиту и загрузите снова",
    "encrypted": "Документ защищен паролем: снимите пароль и загрузите снова",
    "macro": "В документе есть макросы: сохраните его без макросов",
    "corrupt_pdf": "PDF поврежден или обрезан: создайте файл заново",
    "corrupt": "Документ поврежден или обрезан: откройте его, сохраните и загрузите снова",
    "no_pages": "В PDF нет ни одной страницы",
    "too_many_pages": "В документе слишком много страниц",
    "bomb": "В распакованном виде документ слишком велик",
    "too_complex": "Документ слишком сложный, проверить его не удалось: упростите файл",
    "pdf_script": "В PDF есть сценарий JavaScript: сохраните файл без него",
    "pdf_launch": "В PDF есть команда запуска программ: сохраните файл без нее",
    "pdf_form": "PDF содержит динамическую форму XFA: распечатайте ее в обычный PDF",
    "polyglot": "В файле скрыто содержимое другого вида: сохраните документ заново",
    "virus": "В файле обнаружен вирус",
}


class IntakeRefused(Exception):
    """The file is not taken. ``code`` is a key of SENTENCES, ``message_ru`` is for the user."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.message_ru = SENTENCES[code]
        super().__init__(code)
