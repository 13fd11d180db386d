"""«Клиент и контакт»."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from clients.models import Client
from clients.models.formats import display_phone, display_snils
from clients.rules.usability import find_warning
from econtract.platform.common.formatting import format_datetime
from econtract.platform.common.refusals import Refusal
from tasks.actions.contact import contact_refusals
from tasks.models import SigningTask
from tasks.screens.card.labeled_values import LabeledValue


@dataclass(frozen=True)
class ContactLink:
    """A link that looks like a quiet button."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True)
class ClientBlock:
    """Company and contact; ``links`` change the contact, ``refusals`` say why there are none.

    ``warning`` says why tasks with this client need an approval.
    """

    warning: str
    company: tuple[LabeledValue, ...]
    person: tuple[LabeledValue, ...]
    person_title: str
    links: tuple[ContactLink, ...]
    refusals: tuple[Refusal, ...]
    newer_version: str


def build_client_block(task: SigningTask, user: User) -> ClientBlock:
    refusals = contact_refusals(task, user)
    return ClientBlock(
        warning=_describe_warning(task.client),
        company=tuple(_company_rows(task.client)),
        person=tuple(_contact_rows(task)),
        person_title="Данные клиента" if task.client.signs_in_person else "Контактное лицо",
        links=() if refusals else tuple(_contact_links(task)),
        refusals=tuple(refusals),
        newer_version=_describe_newer_version(task),
    )


def _company_rows(client: Client) -> list[LabeledValue]:
    if client.signs_in_person:
        rows = [LabeledValue("ФИО", client.short_name)]
    else:
        rows = [LabeledValue("Наименование", client.short_name)]
    rows.append(LabeledValue("ИНН", client.inn, num=True, copyable=True))
    if client.kpp:
        rows.append(LabeledValue("КПП", client.kpp, num=True))
    if client.ogrn:
        label = "ОГРНИП" if client.kind == Client.Kind.SOLE_PROPRIETOR else "ОГРН"
        rows.append(LabeledValue(label, client.ogrn, num=True))
    if client.legal_address:
        rows.append(LabeledValue("Юридический адрес", client.legal_address))
    if client.state != Client.State.ACTIVE:
        rows.append(LabeledValue("Состояние", client.get_state_display()))
    return rows


def _describe_warning(client: Client) -> str:
    if warning := find_warning(client):
        return f"{warning}: новые задания с ним согласует руководитель."
    if client.needs_approval:
        return "Клиент отмечен «Требует внимания»: новые задания с ним согласует руководитель."
    return ""


def _contact_rows(task: SigningTask) -> list[LabeledValue]:
    version = task.contact_version
    rows = [
        LabeledValue("ФИО", version.full_name),
        LabeledValue("Мобильный телефон", display_phone(version.phone), num=True, copyable=True),
        LabeledValue("Электронная почта", version.email, copyable=True),
    ]
    optional = [
        LabeledValue("Должность", version.position),
        LabeledValue("Основание подписания", version.authority),
        LabeledValue("СНИЛС", display_snils(version.snils), num=True),
    ]
    return [*rows, *(row for row in optional if row.value)]


def _contact_links(task: SigningTask) -> list[ContactLink]:
    def url(name: str) -> str:
        return reverse(f"tasks:{name}", args=[task.number])

    links = [ContactLink("Редактировать", url("contact_edit"), "pencil")]
    if not task.client.signs_in_person:
        links.append(ContactLink("Заменить", url("contact_replace"), "replace"))
    if _describe_newer_version(task):
        links.append(ContactLink("Обновить версию", url("contact_refresh"), "refresh"))
    return links


def _describe_newer_version(task: SigningTask) -> str:
    """Says that the client's card has a newer version than the task; "" if it has none."""
    contact = task.contact_version.contact
    if contact.current_id == task.contact_version_id or contact.current is None:
        return ""
    at = format_datetime(contact.current.created_at)
    return f"В карточке клиента есть более новая версия данных, от {at}."
