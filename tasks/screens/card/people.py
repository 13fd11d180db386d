"""«Клиент и контакт», the account number and the services."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from clients.models import Client, Service
from clients.models.formats import display_phone, display_snils
from econtract.platform.common.formatting import format_datetime
from econtract.platform.common.refusals import Refusal
from tasks.actions.account import account_refusals, fraud_check_refusals
from tasks.actions.contact import contact_refusals
from tasks.actions.document import document_refusals
from tasks.models import SigningTask
from tasks.screens.card.signing import Fact


@dataclass(frozen=True)
class ContactLink:
    """A link that looks like a quiet button."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True)
class ClientBlock:
    """Company and contact; ``links`` change the contact, ``refusals`` say why they are absent."""

    company: tuple[Fact, ...]
    person: tuple[Fact, ...]
    person_title: str
    links: tuple[ContactLink, ...]
    refusals: tuple[Refusal, ...]
    newer: str


@dataclass(frozen=True)
class AccountBlock:
    """«Лицевой счет»: whether it is checked, and what may be done about it."""

    number: str
    verified: str
    change_url: str
    check_url: str
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class ServicesBlock:
    """What the contract contains, and the reminder that a risky service calls for."""

    facts: tuple[Fact, ...]
    names: tuple[str, ...]
    reminder: bool
    confirmed: bool
    confirm_url: str
    checklist_url: str


def client_block(task: SigningTask, user: User) -> ClientBlock:
    """Who signs for whom."""
    refusals = contact_refusals(task, user)
    return ClientBlock(
        company=tuple(_company(task.client)),
        person=tuple(_person(task)),
        person_title="Данные клиента" if task.client.signs_in_person else "Контактное лицо",
        links=() if refusals else tuple(_links(task)),
        refusals=tuple(refusals),
        newer=_newer(task),
    )


def _company(client: Client) -> list[Fact]:
    if client.signs_in_person:
        facts = [Fact("ФИО", client.short_name)]
    else:
        facts = [Fact("Наименование", client.short_name)]
    facts.append(Fact("ИНН", client.inn, num=True, copyable=True))
    if client.kpp:
        facts.append(Fact("КПП", client.kpp, num=True))
    if client.ogrn:
        label = "ОГРНИП" if client.kind == Client.Kind.SOLE_PROPRIETOR else "ОГРН"
        facts.append(Fact(label, client.ogrn, num=True))
    if client.legal_address:
        facts.append(Fact("Юридический адрес", client.legal_address))
    if client.state != Client.State.ACTIVE:
        facts.append(Fact("Состояние", client.get_state_display()))
    return facts


def _person(task: SigningTask) -> list[Fact]:
    version = task.contact_version
    facts = [
        Fact("ФИО", version.full_name),
        Fact("Мобильный телефон", display_phone(version.phone), num=True, copyable=True),
        Fact("Электронная почта", version.email, copyable=True),
    ]
    optional = [
        Fact("Должность", version.position),
        Fact("Основание подписания", version.authority),
        Fact("СНИЛС", display_snils(version.snils), num=True),
    ]
    return [*facts, *(fact for fact in optional if fact.value)]


def _links(task: SigningTask) -> list[ContactLink]:
    def url(name: str) -> str:
        return reverse(f"tasks:{name}", args=[task.number])

    links = [ContactLink("Редактировать", url("contact_edit"), "pencil")]
    if not task.client.signs_in_person:
        links.append(ContactLink("Заменить", url("contact_replace"), "replace"))
    if _newer(task):
        links.append(ContactLink("Обновить версию", url("contact_refresh"), "refresh"))
    return links


def _newer(task: SigningTask) -> str:
    """Says that the card has a newer version than the task, "" when it has not."""
    contact = task.contact_version.contact
    if contact.current_id == task.contact_version_id or contact.current is None:
        return ""
    at = format_datetime(contact.current.created_at)
    return f"В карточке клиента есть более новая версия данных, от {at}."


def account_block(task: SigningTask, user: User) -> AccountBlock:
    """The account number as it stands."""
    refusals = account_refusals(task, user)
    of_document = document_refusals(task, user)  # said at the document already
    verified = task.account_verified_at
    change = "" if refusals else reverse("tasks:account", args=[task.number])
    check = "" if refusals or verified else reverse("tasks:account_check", args=[task.number])
    return AccountBlock(
        number=task.account_number,
        verified=f"ЛС проверен {format_datetime(verified)}" if verified else "",
        change_url=change,
        check_url=check,
        refusals=tuple(reason for reason in refusals if reason not in of_document),
    )


def services_block(task: SigningTask, services: list[Service], user: User) -> ServicesBlock:
    """Region, document and services; the reminder of the check on the portal dataport."""
    risky = any(service.fraud_risk for service in services)
    may = risky and not fraud_check_refusals(task, user)
    return ServicesBlock(
        facts=(
            Fact("Регион инсталляции", task.region.name),
            Fact("Вид документа", task.get_document_kind_display()),
            Fact("Номер документа", task.document_number, num=True, copyable=True),
        ),
        names=tuple(service.name for service in services),
        reminder=risky and not task.is_finished,
        confirmed=task.fraud_check_confirmed,
        confirm_url=reverse("tasks:fraud_check", args=[task.number]) if may else "",
        checklist_url=settings.DATAPORT_URL,
    )
