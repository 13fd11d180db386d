"""The columns of a batch's file: what they are called, and which of them must be there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.models import TemplateField, TemplateVersion
from econtract.platform.common.errors import ActionRefused
from tasks.batches import refusals

# The column of a report by which a corrected file finds its rows.
ROW_NUMBER = "Строка"
# Columns that a report adds and that are not read again.
REPORT_COLUMNS = (ROW_NUMBER, "Состояние", "Что исправить", "Задание")


@dataclass(frozen=True)
class Column:
    """A column for the field ``name``; any of ``headings`` names it, the first is the usual one."""

    name: str
    headings: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.headings[0]


INN = Column("inn", ("ИНН", "ИНН клиента"))
ACCOUNT = Column("account_number", ("Лицевой счет", "ЛС", "Номер ЛС"))
# Needed for a client or a contact who is not in the directory yet.
PERSON_COLUMNS = (
    Column("surname", ("Фамилия",)),
    Column("given_name", ("Имя",)),
    Column("patronymic", ("Отчество",)),
    Column("phone", ("Телефон", "Мобильный телефон", "Номер телефона")),
    Column("email", ("Электронная почта", "E-mail", "Email", "Почта")),
    Column("position", ("Должность",)),
    Column("authority", ("Основание подписания", "Основание")),
    Column("snils", ("СНИЛС",)),
)
COLUMNS = (
    INN,
    Column("kpp", ("КПП",)),
    *PERSON_COLUMNS,
    ACCOUNT,
    Column("document_number", ("Номер документа",)),
    Column("contract_number", ("Номер договора",)),
    Column("contract_date", ("Дата договора",)),
)
REQUIRED = (INN, ACCOUNT)
TITLES = {column.name: column.title for column in COLUMNS}


@dataclass(frozen=True)
class ColumnMap:
    """The headings of one file by what they mean.

    ``fields`` are those of `COLUMNS`, ``asked`` the names of the template's fields whose values
    the file brings. ``row_number`` is the heading of `ROW_NUMBER`, "" in a file without it.
    """

    fields: Mapping[str, str]
    asked: Mapping[str, str]
    row_number: str = ""

    def read(self, values: Mapping[str, str]) -> dict[str, str]:
        """The values of the fields of a row; "" for a column that the file lacks."""
        return {column.name: values.get(self.fields.get(column.name, ""), "") for column in COLUMNS}

    def read_asked(self, values: Mapping[str, str]) -> dict[str, str]:
        """The values that the template asks for, by the name of its field."""
        return {name: values.get(heading, "") for name, heading in self.asked.items()}


def asked_fields(version: TemplateVersion) -> list[TemplateField]:
    """The fields of the template whose values the file must bring."""
    return [field for field in version.fields.all() if field.source == TemplateField.ASK]


def map_columns(
    headings: Sequence[str], asked: Iterable[TemplateField], first_row: Iterable[str] = ()
) -> ColumnMap:
    """Finds out what the ``headings`` mean; others are left alone.

    ``first_row`` are the values under them. Raises ActionRefused when a column is missing.
    """
    by_key = {_key(heading): heading for heading in headings}
    fields = _find_fields(by_key)
    asked_columns: dict[str, str] = {}
    missing = [column.title for column in REQUIRED if column.name not in fields]
    for field in asked:
        heading = by_key.get(_key(field.label)) or by_key.get(_key(field.name))
        if heading is None:
            missing.append(field.label)
        else:
            asked_columns[field.name] = heading
    known_below = _find_fields({_key(value): value for value in first_row})
    if INN.name in known_below:
        refusal = refusals.TWO_HEADING_ROWS if fields else refusals.HEADINGS_NOT_FIRST
        raise ActionRefused(refusal)
    if missing:
        raise ActionRefused(refusals.missing_columns(missing))
    return ColumnMap(fields, asked_columns, by_key.get(_key(ROW_NUMBER), ""))


def _find_fields(by_key: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for column in COLUMNS:
        for heading in column.headings:
            if _key(heading) in by_key:
                found[column.name] = by_key[_key(heading)]
                break
    return found


def _key(heading: str) -> str:
    """Headings are compared without case, «ё», stars and spaces at the ends."""
    return " ".join(heading.casefold().replace("ё", "е").strip(" *:.").split())
