"""Files of the directories, as administrators upload them."""

import csv
import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook

MOSCOW = {
    "mrf": "Центр",
    "region": "Москва и Московская область",
    "account_prefix": "850",
    "prefix_source": "manual",
    "archive": "APD",
    "seamless": "yes",
}


def as_csv(rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Mapping[str, object]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
