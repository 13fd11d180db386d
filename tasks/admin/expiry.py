"""«Сертификаты и МЧД»: what expires soon, and the tasks that this will stop."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from econtract.platform.common import clock
from edo.expiry import Expiry, find_expiries
from tasks.models import SigningTask
from tasks.statuses import BEFORE_SENDING

# Further tasks are only counted: administrators renew the certificate, not the single task.
MAX_LISTED_TASKS = 20


@dataclass(frozen=True)
class ExpiryRow:
    """One row of the page; `tasks` are the first few of `task_count`."""

    title: str
    number: str
    signatory: str
    text: str
    is_over: bool
    url: str
    tasks: tuple[SigningTask, ...]
    task_count: int

    @property
    def further_task_count(self) -> int:
        return self.task_count - len(self.tasks)


def build_expiry_rows() -> list[ExpiryRow]:
    """The rows as of now, most urgent first."""
    return [_build_row(expiry) for expiry in find_expiries(clock.now())]


def _build_row(expiry: Expiry) -> ExpiryRow:
    tasks = _find_tasks(expiry)
    power, signatory = expiry.power, expiry.signatory
    if power is None:
        title, number = "Сертификат", signatory.certificate_serial
        url = reverse("admin:edo_signatory_change", args=[signatory.pk])
    else:
        title, number = "МЧД", str(power.registration_number)
        url = reverse("admin:edo_powerofattorney_change", args=[power.pk])
    return ExpiryRow(
        title=title,
        number=number,
        signatory=str(signatory),
        text=expiry.text,
        is_over=expiry.is_over,
        url=url,
        tasks=tuple(tasks.select_related("client", "manager")[:MAX_LISTED_TASKS]),
        task_count=tasks.count(),
    )


def _find_tasks(expiry: Expiry) -> QuerySet[SigningTask]:
    """The tasks whose document is still to be signed with the certificate or power of attorney."""
    tasks = SigningTask.objects.filter(signatory=expiry.signatory, status__in=BEFORE_SENDING)
    if expiry.power is not None:
        tasks = tasks.filter(box__inn=expiry.power.principal_inn)
    return tasks.order_by("number")
