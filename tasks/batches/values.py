"""The values for the template of a row: checked before the start, filled in after it."""

from datetime import date
from typing import Any

from django.utils import timezone

from archive.models import TemplateField
from clients.models import Client, ContactDetails
from econtract.platform.common import clock
from tasks.models import Batch, BatchRow
from tasks.template_values import ClientData, GatheredValues, TaskData, gather_values


def gather_row_values(
    batch: Batch, row: BatchRow, registration: ClientData | None = None
) -> GatheredValues:
    """The values of a checked ``row``; ``registration`` are CDI's data of its client.

    The cards of a new client and contact need not exist.
    """
    fields = row.fields
    contract_date = fields["contract_date"]
    details = _details(row)
    data = TaskData(
        today=timezone.localdate(clock.now()),
        client=row.client or registration or _unsaved_client(fields, details),
        contact=details,
        saved_contact=row.contact,
        signatory=batch.signatory,
        box=batch.box,
        region=batch.region,
        services=list(batch.services.all()),
        document_number=fields["document_number"],
        document_kind=batch.document_kind.name,
        account_number=fields["account_number"],
        contract_number=fields["contract_number"],
        contract_date=date.fromisoformat(contract_date) if contract_date else None,
        asked=fields["asked"],
    )
    return gather_values(batch.template_version, task_data=data)


def describe_missing(field: TemplateField) -> str:
    """What the manager must bring so that the field can be filled."""
    return f"Нет данных для поля бланка «{field.label}»"


def _details(row: BatchRow) -> ContactDetails | None:
    if row.contact is not None:
        return row.contact.current_version.details
    details = row.fields["details"]
    return ContactDetails(**details) if details else None


def _unsaved_client(fields: dict[str, Any], details: ContactDetails | None) -> Client | None:
    """A person whose card is created with the task."""
    if details is None:
        return None
    return Client(short_name=details.full_name, inn=fields["inn"], kpp=fields["kpp"])
