"""Statuses, stages and resolutions, and what the tables of `tasks/data` say of each.

The tables are agreed with the customer and the one source of labels; the enumerations give their
codes names that the type checker knows. `tests/tasks/test_tables.py` compares the two.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import DynamicClassAttribute

from django.db.models import TextChoices

DATA = Path(__file__).parent / "data"


def read_table(table: str) -> list[dict[str, str]]:
    """The rows of `tasks/data/<table>.csv`."""
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _labels(choices: type["TableChoices"]) -> dict[str, str]:
    return choices.read_labels()


class TableChoices(TextChoices):
    """Codes whose labels are read from a table, so that a label is written in one place."""

    @DynamicClassAttribute
    def label(self) -> str:
        return _labels(type(self))[self.value]

    @staticmethod
    def read_labels() -> dict[str, str]:
        """The label of every code."""
        raise NotImplementedError


class Stage(TableChoices):
    """A group of statuses."""

    APPROVAL = "approval"
    IDENTIFICATION = "identification"
    CABINET = "cabinet"
    SIGNING = "signing"
    ARCHIVE = "archive"
    DONE = "done"

    @staticmethod
    def read_labels() -> dict[str, str]:
        return {row["stage"]: row["stage_label"] for row in read_table("statuses")}


class Status(TableChoices):
    """Where a task stands."""

    ON_APPROVAL = "on_approval"
    APPROVAL_REJECTED = "approval_rejected"
    IDENTIFICATION_REQUESTED = "identification_requested"
    IDENTIFICATION_PENDING = "identification_pending"
    AUTHORITY_REVIEW = "authority_review"
    IDENTIFIED = "identified"
    IDENTIFICATION_FAILED = "identification_failed"
    CABINET_REQUESTED = "cabinet_requested"
    CABINET_FAILED = "cabinet_failed"
    CABINET_CREATED = "cabinet_created"
    DOCUMENT_SENT = "document_sent"
    CONSENT_PENDING = "consent_pending"
    CONFIRMATION_PENDING = "confirmation_pending"
    DOCUMENT_SIGNING = "document_signing"
    SIGNATURE_REVIEW = "signature_review"
    SIGNING_FAILED = "signing_failed"
    DOCUMENT_SIGNED = "document_signed"
    ARCHIVE_FAILED = "archive_failed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @staticmethod
    def read_labels() -> dict[str, str]:
        return {row["code"]: row["label"] for row in read_table("statuses")}


class Resolution(TableChoices):
    """Why a task stands there."""

    AUTHORITY_PENDING = "authority_pending"
    DATA_REFUSED = "data_refused"
    CHANGE_SERVICES = "change_services"
    DATA_MISMATCH = "data_mismatch"
    BLACKLISTED = "blacklisted"
    NO_ANSWER = "no_answer"
    CABINET_EXISTS = "cabinet_exists"
    CABINET_BAD_DATA = "cabinet_bad_data"
    SEND_FAILED = "send_failed"
    CLIENT_REFUSED = "client_refused"
    ACCOUNT_UNVERIFIED = "account_unverified"
    POWER_OF_ATTORNEY_INVALID = "power_of_attorney_invalid"
    CERTIFICATE_INVALID = "certificate_invalid"
    WITHDRAWN = "withdrawn"
    ARCHIVE_REJECTED = "archive_rejected"
    SERVICE_UNAVAILABLE = "service_unavailable"
    REVIEW_NEEDED = "review_needed"
    INTERNAL_ERROR = "internal_error"
    CONSENT_REFUSED = "consent_refused"
    NOT_CONFIRMED = "not_confirmed"
    CLIENT_SIGNATURE_INVALID = "client_signature_invalid"
    DOCUMENT_REJECTED = "document_rejected"
    WRONG_NUMBER = "wrong_number"

    @staticmethod
    def read_labels() -> dict[str, str]:
        return {row["code"]: row["label"] for row in read_table("resolutions")}


def status_choices() -> list[tuple[str, str]]:
    """The choices of a model field; as a callable they stay out of migrations."""
    return Status.choices


def resolution_choices() -> list[tuple[str, str]]:
    """See `status_choices`."""
    return Resolution.choices


class WaitsFor(TextChoices):
    """Whose turn it is."""

    MANAGER = "manager", "Менеджер"
    APPROVER = "approver", "Согласующий"
    CLIENT = "client", "Клиент"
    SIGNATORY = "signatory", "Подписант"
    SYSTEM = "system", "Система"
    SUPPORT = "support", "Техподдержка"
    NOBODY = "nobody", "–"


@dataclass(frozen=True)
class StatusRow:
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
    def is_stage_only(self) -> bool:
        return not self.resolutions

    def matches(self, status: Status, resolution: str) -> bool:
        """The rule for one task; `tasks.models.queries.quick_filter_rule` is the same for many."""
        if status_rows()[status].stage not in self.stages:
            return False
        return self.is_stage_only or status in self.statuses or resolution in self.resolutions


@cache
def status_rows() -> dict[Status, StatusRow]:
    """What the contract says of every status."""
    return {
        Status(row["code"]): StatusRow(
            status=Status(row["code"]),
            stage=Stage(row["stage"]),
            waits_for=WaitsFor(row["waits_for"]),
            client_data_editable=row["client_data_editable"] == "yes",
            document_replaceable=row["document_replaceable"] == "yes",
        )
        for row in read_table("statuses")
    }


@cache
def resolutions_of(status: Status) -> frozenset[Resolution]:
    """The resolutions that `status` may carry."""
    return frozenset(
        Resolution(row["code"])
        for row in read_table("resolutions")
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
        for row in read_table("quick_filters")
    }


def statuses_of(*stages: Stage) -> list[Status]:
    """The statuses of the given stages, in the order of the workflow."""
    return [status for status, fact in status_rows().items() if fact.stage in stages]


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
        Status.CONSENT_PENDING,
        Status.CONFIRMATION_PENDING,
        Status.DOCUMENT_SIGNING,
        Status.SIGNATURE_REVIEW,
        Status.DOCUMENT_SIGNED,
        Status.ARCHIVE_FAILED,
    }
)
BEFORE_SENDING = frozenset(IN_WORK) - UNDER_WAY
