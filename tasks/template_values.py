"""What the fields of a template («Бланк») can be bound to, and the values for one document."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from archive.document_templates import words
from archive.document_templates.filling import Value
from archive.models import TemplateField, TemplateVersion
from clients.models import Contact, ContactDetails, Region, Service
from clients.models.formats import display_phone, display_snils
from clients.rules.name_cases import decline_contact, decline_name
from econtract.platform.common.text import name_with_initials
from edo.models import Box, Signatory


class ClientData(Protocol):
    """What `Client` and CDI's `Organisation` have in common."""

    @property
    def short_name(self) -> str: ...
    @property
    def full_name(self) -> str: ...
    @property
    def inn(self) -> str: ...
    @property
    def kpp(self) -> str: ...
    @property
    def ogrn(self) -> str: ...
    @property
    def legal_address(self) -> str: ...
    @property
    def head_name(self) -> str: ...
    @property
    def head_position(self) -> str: ...


@dataclass(frozen=True)
class PersonData:
    """A client who is a person, of whom there are no registration data."""

    short_name: str
    inn: str
    full_name: str = ""
    kpp: str = ""
    ogrn: str = ""
    legal_address: str = ""
    head_name: str = ""
    head_position: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskData:
    """What a document is filled from, as far as it is known.

    ``saved_contact`` may have corrected forms of the contact's name. ``asked`` are the values of
    the fields with the source `TemplateField.ASK`, by field name; a list has an item in each line.
    """

    today: date
    client: ClientData | None = None
    contact: ContactDetails | None = None
    saved_contact: Contact | None = None
    signatory: Signatory | None = None
    box: Box | None = None
    region: Region | None = None
    services: Sequence[Service] = ()
    document_number: str = ""
    document_kind: str = ""
    account_number: str = ""
    contract_number: str = ""
    contract_date: date | None = None
    asked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GatheredValues:
    """The values by field name. ``missing`` are the fields that have none yet."""

    values: dict[str, Value]
    missing: tuple[TemplateField, ...]


@dataclass(frozen=True)
class ValueSource:
    """One thing that a field can be bound to. An ``optional`` value may be empty."""

    group: str
    label: str
    example: str
    read: Callable[[TaskData, TemplateVersion], str]
    optional: bool = False


def _client(label: str, name: str, example: str, *, optional: bool = False) -> ValueSource:
    def read(data: TaskData, _: TemplateVersion) -> str:
        return str(getattr(data.client, name)) if data.client else ""

    return ValueSource("Клиент", label, example, read, optional)


def _contact(label: str, example: str, read: Callable[[ContactDetails], str]) -> ValueSource:
    return ValueSource(
        "Контакт", label, example, lambda data, _: read(data.contact) if data.contact else ""
    )


def _contact_case(label: str, case: str, example: str) -> ValueSource:
    def read(data: TaskData, _: TemplateVersion) -> str:
        person, saved = data.contact, data.saved_contact
        if person is None:
            return ""
        if saved is not None and saved.current_version.full_name == person.full_name:
            return decline_contact(saved, case)
        return decline_name(person.surname, person.given_name, person.patronymic, case)

    return ValueSource("Контакт", label, example, read)


def _signatory(label: str, example: str, read: Callable[[Signatory], str]) -> ValueSource:
    return ValueSource(
        "Подписант", label, example, lambda data, _: read(data.signatory) if data.signatory else ""
    )


def _signatory_case(label: str, case: str, example: str) -> ValueSource:
    return _signatory(
        label,
        example,
        lambda person: decline_name(person.surname, person.given_name, person.patronymic, case),
    )


def _task(label: str, example: str, read: Callable[[TaskData], str]) -> ValueSource:
    return ValueSource("Задание", label, example, lambda data, _: read(data))


def _read_organisation(data: TaskData, version: TemplateVersion) -> str:
    return version.template.signer_name or (data.box.name if data.box else "")


def _format_day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else ""


SOURCES: dict[str, ValueSource] = {
    "client.short_name": _client("Наименование", "short_name", "ООО «Ромашка»"),
    "client.full_name": ValueSource(
        "Клиент",
        "Полное наименование",
        "Общество с ограниченной ответственностью «Ромашка»",
        lambda data, _: (data.client.full_name or data.client.short_name) if data.client else "",
    ),
    "client.inn": _client("ИНН", "inn", "7707083893"),
    "client.kpp": _client("КПП", "kpp", "773601001", optional=True),
    "client.ogrn": _client("ОГРН/ОГРНИП", "ogrn", "1027700132195"),
    "client.legal_address": _client(
        "Юридический адрес", "legal_address", "г. Москва, ул. Лесная, 1"
    ),
    "client.head_name": _client("Руководитель", "head_name", "Петров Петр Петрович"),
    "client.head_position": _client(
        "Должность руководителя", "head_position", "Генеральный директор"
    ),
    "contact.full_name": _contact(
        "ФИО", "Кравцова Любовь Олеговна", lambda person: person.full_name
    ),
    "contact.genitive": _contact_case("ФИО, кого", "genitive", "Кравцовой Любови Олеговны"),
    "contact.dative": _contact_case("ФИО, кому", "dative", "Кравцовой Любови Олеговне"),
    "contact.instrumental": _contact_case(
        "ФИО, кем", "instrumental", "Кравцовой Любовью Олеговной"
    ),
    "contact.short_name": _contact(
        "Фамилия и инициалы",
        "Кравцова Л. О.",
        lambda person: name_with_initials(person.surname, person.given_name, person.patronymic),
    ),
    "contact.position": _contact("Должность", "Директор", lambda person: person.position),
    "contact.authority": _contact("Основание подписания", "Устав", lambda person: person.authority),
    "contact.phone": _contact(
        "Мобильный телефон", "+7 912 345-67-89", lambda person: display_phone(person.phone)
    ),
    "contact.email": _contact(
        "Электронная почта", "kravtsova@example.ru", lambda person: person.email
    ),
    "contact.inn": _contact("ИНН", "500100732259", lambda person: person.inn),
    "contact.snils": _contact(
        "СНИЛС", "112-233-445 95", lambda person: display_snils(person.snils)
    ),
    "task.document_number": _task("Номер документа", "277012345678", lambda t: t.document_number),
    "task.document_kind": _task("Вид документа", "Договор", lambda t: t.document_kind),
    "task.account_number": _task("Лицевой счет", "277012345678", lambda t: t.account_number),
    "task.contract_number": _task("Номер договора", "277012345678", lambda t: t.contract_number),
    "task.contract_date": _task(
        "Дата договора", "01.11.2026", lambda t: _format_day(t.contract_date)
    ),
    "task.region": _task("Регион", "Москва", lambda t: t.region.name if t.region else ""),
    "task.services": _task(
        "Услуги", "Интернет, Телефония", lambda t: ", ".join(item.name for item in t.services)
    ),
    "task.today": _task("Дата документа", "28.11.2026", lambda t: _format_day(t.today)),
    "task.today_long": _task(
        "Дата документа, месяц словом", "28 ноября 2026 г.", lambda t: words.long_date(t.today)
    ),
    "task.today_words": _task(
        "Дата документа прописью",
        words.date_in_words(date(2026, 11, 28)),
        lambda t: words.date_in_words(t.today),
    ),
    "signatory.full_name": _signatory("ФИО", "Сидоров Иван Ильич", str),
    "signatory.genitive": _signatory_case(
        "ФИО, кого (в лице)", "genitive", "Сидорова Ивана Ильича"
    ),
    "signatory.instrumental": _signatory_case(
        "ФИО, кем", "instrumental", "Сидоровым Иваном Ильичом"
    ),
    "signatory.short_name": _signatory(
        "Фамилия и инициалы",
        "Сидоров И. И.",
        lambda person: name_with_initials(person.surname, person.given_name, person.patronymic),
    ),
    "signatory.position": _signatory(
        "Должность", "Директор по продажам", lambda person: person.position
    ),
    "organisation.name": ValueSource(
        "Организация", "Наименование подписанта", "ПАО «Ростелеком»", _read_organisation
    ),
    "organisation.inn": ValueSource(
        "Организация", "ИНН", "7707049388", lambda data, _: data.box.inn if data.box else ""
    ),
    "organisation.kpp": ValueSource(
        "Организация",
        "КПП",
        "784201001",
        lambda data, _: data.box.kpp if data.box else "",
        optional=True,
    ),
}
_EXAMPLES = {
    TemplateField.Kind.NUMBER: "3",
    TemplateField.Kind.SUM: "12 345,60",
    TemplateField.Kind.DATE: "28.11.2026",
}


def gather_values(version: TemplateVersion, *, task_data: TaskData) -> GatheredValues:
    """The values for the fields of ``version``. A source that is not known gives no value."""
    values: dict[str, Value] = {}
    missing = []
    for template_field in version.fields.all():
        if template_field.source == TemplateField.ASK:
            text, optional = task_data.asked.get(template_field.name, "").strip(), False
        else:
            source = SOURCES.get(template_field.source)
            text = source.read(task_data, version) if source else ""
            optional = source.optional if source else False
        if not text and not optional:
            missing.append(template_field)
        values[template_field.name] = _shape(template_field, text)
    return GatheredValues(values, tuple(missing))


def example_values(version: TemplateVersion) -> dict[str, Value]:
    """Values for the sample of ``version``, also for fields that nobody has bound yet."""
    return {
        template_field.name: _shape(template_field, _example(template_field))
        for template_field in version.fields.all()
    }


def _example(template_field: TemplateField) -> str:
    if source := SOURCES.get(template_field.source):
        return source.example
    label = template_field.label
    if template_field.kind == TemplateField.Kind.LIST:
        return f"{label} 1\n{label} 2"
    return _EXAMPLES.get(TemplateField.Kind(template_field.kind), f"[{label}]")


def _shape(template_field: TemplateField, text: str) -> Value:
    """The value as the template uses it: a list of lines, or a date as documents have it."""
    if template_field.kind == TemplateField.Kind.LIST:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if template_field.kind == TemplateField.Kind.DATE:
        try:
            return _format_day(words.parse_date(text))
        except ValueError:
            return text
    return text
