"""What a person must check in an office document before it may be sent.

The inspection tells at once what it can see. What only the conversion sees comes with the PDF.
"""

from archive.findings import Finding

TRACKED_CHANGES = Finding(
    "tracked_changes",
    "В документе есть исправления. В PDF попадает итоговый текст: вставки приняты, удаленного нет."
    " Проверьте страницы или загрузите файл без исправлений",
)
COMMENTS = Finding(
    "comments", "В документе есть примечания. В PDF они не печатаются: проверьте, что они не нужны"
)
INCLUDED_DOCUMENT = Finding(
    "included_document",
    "В документ вставлен другой файл. Его текст перенесен без оформления: проверьте страницы",
)
LINKED_CONTENT = Finding(
    "linked_content",
    "Часть документа хранится в другом файле и в PDF не попала: вставьте ее в документ",
)
LINKED_PICTURES = Finding(
    "linked_pictures",
    "В документе есть картинки по ссылке. В PDF они не попали: вставьте их в документ",
)
EMBEDDED_OBJECTS = Finding(
    "embedded_objects",
    "В документ вложены файлы или объекты других программ. В PDF виден только их снимок или значок:"
    " проверьте страницы",
)
DRAWINGS_OMITTED = Finding(
    "drawings_omitted",
    "Диаграммы, схемы или рисунки документа в PDF не попали: сохраните документ в PDF сами",
)
FIELDS_WITHOUT_VALUES = Finding(
    "fields_without_values",
    "В документе есть поля без сохраненного значения (дата, имя файла и другие). В PDF их нет",
)
FORMULAS_WITHOUT_VALUES = Finding(
    "formulas_without_values",
    "В таблице есть формулы без сохраненного значения. Откройте файл в Excel, сохраните и загрузите"
    " снова или проверьте страницы",
)
NUMBERS_TOO_WIDE = Finding(
    "numbers_too_wide",
    "Вместо чисел в PDF решетки (###): числа не поместились в столбцы. Расширьте столбцы и"
    " загрузите файл снова",
)
