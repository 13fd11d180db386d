"""Statuses, stages and resolutions, and what the tables of `tasks/data` say of each.

The tables are the contract with the customer; the enumerations give their codes names that the
type checker knows. `tests/tasks/test_tables.py` compares the two row by row.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db.models import TextChoices

DATA = Path(__file__).parent / "data"


class Stage(TextChoices):
    APPROVAL = "approval", "Согласование"
    IDENTIFICATION = "identification", "Удаленная идентификация"
    CABINET = "cabinet", "Создание ЛКЮЛ"
    SIGNING = "signing", "Подписание договора"
    ARCHIVE = "archive", "Передача в архив"
    DONE = "done", "Завершено"


class Status(TextChoices):
    ON_APPROVAL = "on_approval", "На согласовании"
    APPROVAL_REJECTED = "approval_rejected", "Согласование отклонено"
    IDENTIFICATION_REQUESTED = "identification_requested", "Запрос на идентификацию отправлен"
    IDENTIFICATION_PENDING = "identification_pending", "Ожидание идентификации"
    AUTHORITY_REVIEW = (
        "authority_review",
        "Документы для подтверждения полномочий получены для проверки",
    )
    IDENTIFIED = "identified", "Идентификация пройдена"
    IDENTIFICATION_FAILED = "identification_failed", "Ошибка идентификации"
    CABINET_REQUESTED = "cabinet_requested", "Создание ЛК Лида"
    CABINET_FAILED = "cabinet_failed", "Ошибка создания ЛК Лида"
    CABINET_CREATED = "cabinet_created", "ЛК Лида создан"
    DOCUMENT_SENT = "document_sent", "Документ отправлен"
    DOCUMENT_SIGNING = "document_signing", "Документ на подписании"
    SIGNING_FAILED = "signing_failed", "Ошибка подписания"
    DOCUMENT_SIGNED = "document_signed", "Документ подписан"
    ARCHIVE_FAILED = "archive_failed", "Ошибка передачи в архив"
    COMPLETED = "completed", "Задание выполнено"
    CANCELLED = "cancelled", "Задание отменено"


class Resolution(TextChoices):
    AUTHORITY_PENDING = "authority_pending", "Ожидание подтверждения полномочий"
    DATA_REFUSED = "data_refused", "Отказ клиента от предоставления данных"
    CHANGE_SERVICES = "change_services", "Хочу изменить услуги в Заказе"
    DATA_MISMATCH = "data_mismatch", "Данные не совпали с данными Госуслуг"
    BLACKLISTED = "blacklisted", "Находится в черных списках"
    NO_ANSWER = "no_answer", "Клиент не ответил в срок"
    CABINET_EXISTS = "cabinet_exists", "ЛК с таким телефоном уже существует"
    CABINET_BAD_DATA = "cabinet_bad_data", "Некорректные данные клиента"
    SEND_FAILED = "send_failed", "Ошибка отправки документов"
    CLIENT_REFUSED = "client_refused", "Клиент отказался от подписания"
    ACCOUNT_UNVERIFIED = "account_unverified", "ЛС не прошел проверку"
    POWER_OF_ATTORNEY_INVALID = "power_of_attorney_invalid", "МЧД подписанта недействительна"
    CERTIFICATE_INVALID = "certificate_invalid", "Сертификат подписанта недействителен"
    WITHDRAWN = "withdrawn", "Документ отозван менеджером"
    ARCHIVE_REJECTED = "archive_rejected", "Документ не принят архивом"
    SERVICE_UNAVAILABLE = "service_unavailable", "Внешняя система недоступна"


class WaitsFor(TextChoices):
    """Whose turn it is."""

    MANAGER = "manager", "Менеджер"
    APPROVER = "approver", "Согласующий"
    CLIENT = "client", "Клиент"
    SYSTEM = "system", "Система"
    SUPPORT = "support", "Техподдержка"
    NOBODY = "nobody", "–"


@dataclass(frozen=True)
class StatusFacts:
    """One row of `statuses.csv`."""

    status: Status
    stage: Stage
    waits_for: WaitsFor
    client_data_editable: bool
    document_replaceable: bool


@dataclass(frozen=True)
class QuickFilter:
    """One row of `quick_filters.csv`: a chip above the list."""

    code: str
    label: str
    stages: frozenset[Stage]
    statuses: frozenset[Status]
    resolutions: frozenset[Resolution]

    @property
    def by_stage_alone(self) -> bool:
        return not self.resolutions

    def covers(self, status: Status, resolution: str) -> bool:
        """The rule for one task; `tasks.models.queries.quick_filter_rule` is the same for many."""
        if facts()[status].stage not in self.stages:
            return False
        return self.by_stage_alone or status in self.statuses or resolution in self.resolutions


def rows(table: str) -> list[dict[str, str]]:
    """The rows of `tasks/data/<table>.csv`."""
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def facts() -> dict[Status, StatusFacts]:
    """What the contract says of every status."""
    return {
        Status(row["code"]): StatusFacts(
            status=Status(row["code"]),
            stage=Stage(row["stage"]),
            waits_for=WaitsFor(row["waits_for"]),
            client_data_editable=row["client_data_editable"] == "yes",
            document_replaceable=row["document_replaceable"] == "yes",
        )
        for row in rows("statuses")
    }


@cache
def resolutions_of(status: Status) -> frozenset[Resolution]:
    """The resolutions that `status` may carry."""
    return frozenset(
        Resolution(row["code"])
        for row in rows("resolutions")
        if status in row["statuses"].split(";")
    )


@cache
def quick_filters() -> dict[str, QuickFilter]:
    """The chips in the order of the table, by code."""

    def split(value: str) -> list[str]:
        return [code for code in value.split(";") if code]

    return {
        row["code"]: QuickFilter(
            code=row["code"],
            label=row["label"],
            stages=frozenset(map(Stage, split(row["stages"]))),
            statuses=frozenset(map(Status, split(row["statuses"]))),
            resolutions=frozenset(map(Resolution, split(row["resolutions"]))),
        )
        for row in rows("quick_filters")
    }


def statuses_of(*stages: Stage) -> list[Status]:
    """The statuses of the given stages, in the order of the course."""
    return [status for status, fact in facts().items() if fact.stage in stages]


FINISHED = frozenset({Status.COMPLETED, Status.CANCELLED})
IN_WORK = [status for status in Status if status not in FINISHED]
FAILURES = frozenset(
    {
        Status.APPROVAL_REJECTED,
        Status.IDENTIFICATION_FAILED,
        Status.CABINET_FAILED,
        Status.SIGNING_FAILED,
        Status.ARCHIVE_FAILED,
    }
)
# The document is at the operator, or signed: there is nothing left to prepare.
UNDER_WAY = frozenset(
    {
        Status.DOCUMENT_SENT,
        Status.DOCUMENT_SIGNING,
        Status.DOCUMENT_SIGNED,
        Status.ARCHIVE_FAILED,
    }
)
BEFORE_SENDING = frozenset(IN_WORK) - UNDER_WAY
