"""«Проверка»: what must be corrected in a row before it can become a task."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import DateField
from django.utils import timezone

from clients.gateways.eip import eip
from clients.models import BillingPrefix
from clients.models.formats import compact
from clients.rules.account_prefix import check_account_number
from econtract.platform.common import clock
from econtract.platform.common.formatting import format_datetime
from tasks.batches.columns import ColumnMap, asked_fields, map_columns
from tasks.batches.parties import Parties, PartyFinder
from tasks.batches.values import describe_missing, gather_row_values
from tasks.models import Batch, BatchRow, DocumentKind, SigningTask
from tasks.statuses import Status

MAX_DOCUMENT_NUMBER = 100
NO_ACCOUNT = "«Лицевой счет»: введите 12 цифр"
ACCOUNT_NOT_FOUND = "Лицевой счет не найден у клиента с этим ИНН"
LONG_DOCUMENT_NUMBER = "«Номер документа»: не больше 100 знаков"
NO_CONTRACT = "Для дополнительного соглашения нужны номер и дата договора"
BAD_CONTRACT_DATE = "«Дата договора»: введите дату в виде ДД.ММ.ГГГГ"


class RowChecker:
    """Checks rows of one batch. Rows are changed in memory; the caller saves `COLUMNS` of them."""

    COLUMNS = (
        *("state", "fields", "problems", "notes", "identity", "client", "contact"),
        *("account_verified_at", "changed_at"),
    )

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        asked = asked_fields(batch.template_version)
        self.columns: ColumnMap = map_columns(batch.headings, asked)
        self.services = list(batch.services.all())
        self.prefixes = list(BillingPrefix.objects.all())

    def check(self, rows: Sequence[BatchRow]) -> None:
        """Checks new ``rows``, in the order of the file.

        Calls outside: in no transaction. Raises Unavailable when a system does not answer.
        """
        texts = [self.columns.read(row.values) for row in rows]
        finder = PartyFinder(self.batch, [compact(values["inn"]) for values in texts])
        for row, values in zip(rows, texts, strict=True):
            self._check_row(row, values, finder.find(values))
        self._find_repeated_rows(rows)
        self._find_tasks_of_month(rows)
        for row in rows:
            row.state = BatchRow.State.INVALID if row.problems else BatchRow.State.READY
            row.changed_at = clock.now()

    def _check_row(self, row: BatchRow, values: Mapping[str, str], parties: Parties) -> None:
        row.client, row.contact = parties.client, parties.contact
        row.problems += parties.problems
        row.notes += parties.notes
        account = compact(values["account_number"])
        number = values["document_number"] or account
        row.fields = {
            **parties.to_json(),
            "account_number": account,
            "document_number": number,
            "contract_number": values["contract_number"],
            "contract_date": self._read_contract_date(row, values),
            "asked": self.columns.read_asked(row.values),
        }
        row.identity = f"{parties.inn}/{parties.kpp}/{number}"[:200] if parties.inn else ""
        self._check_account(row, account, parties.inn)
        if len(number) > MAX_DOCUMENT_NUMBER:
            row.problems.append(LONG_DOCUMENT_NUMBER)
        if not row.problems:
            gathered = gather_row_values(self.batch, row, parties.registration)
            row.problems += [describe_missing(field) for field in gathered.missing]

    def _check_account(self, row: BatchRow, account: str, inn: str) -> None:
        if not account:
            row.problems.append(NO_ACCOUNT)
            return
        problem = check_account_number(account, self.batch.region, self.services, self.prefixes)
        if problem:
            row.problems.append(f"«Лицевой счет»: {problem}")
        elif inn:
            if eip().account_belongs(account, inn):
                row.account_verified_at = clock.now()
            else:
                row.problems.append(ACCOUNT_NOT_FOUND)

    def _read_contract_date(self, row: BatchRow, values: Mapping[str, str]) -> str | None:
        """The date as ISO 8601, for JSON."""
        text = values["contract_date"]
        is_supplement = self.batch.document_kind_id == DocumentKind.SUPPLEMENT
        if is_supplement and not (text and values["contract_number"]):
            row.problems.append(NO_CONTRACT)
        if not text:
            return None
        try:
            day: date | None = DateField(input_formats=["%d.%m.%Y", "%Y-%m-%d"]).clean(text)
        except ValidationError:
            row.problems.append(BAD_CONTRACT_DATE)
            return None
        return day.isoformat() if day else None

    def _find_repeated_rows(self, rows: Sequence[BatchRow]) -> None:
        """A row that an earlier one of the file repeats stays out, whatever becomes of that one."""
        identities = {row.identity for row in rows if row.identity}
        earlier = self.batch.rows.filter(identity__in=identities, number__lt=rows[0].number)
        first = dict(earlier.order_by("-number").values_list("identity", "number"))
        for row in rows:
            if not row.identity:
                continue
            number = first.setdefault(row.identity, row.number)
            if number != row.number:
                row.problems.append(f"Повторяет строку {number}: тот же клиент и номер документа")

    def _find_tasks_of_month(self, rows: Iterable[BatchRow]) -> None:
        """Tasks of this month with the same client, kind and number of the document."""
        by_key: dict[tuple[int | None, str], BatchRow] = {}
        for row in rows:
            if row.client is not None:
                by_key.setdefault((row.client.pk, row.fields["document_number"]), row)
        tasks = SigningTask.objects.filter(
            Q(client__in=[client for client, _ in by_key])
            & Q(document_number__in=[number for _, number in by_key]),
            document_kind=self.batch.document_kind,
            created_at__gte=month_start(),
        ).exclude(status=Status.CANCELLED)
        for task in tasks.only("number", "client", "document_number", "created_at", "manager"):
            if known := by_key.get((task.client_id, task.document_number)):
                own = f" {task.number}" if task.manager_id == self.batch.manager_id else ""
                known.problems.append(
                    f"Задание{own} с этим клиентом и номером документа уже создано "
                    f"{format_datetime(task.created_at)}"
                )


def month_start() -> datetime:
    """The beginning of this month in the current time zone."""
    now = timezone.localtime(clock.now())
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
