"""«Сертификаты и МЧД»: what stops to hold soon, and the tasks that it will stop."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from econtract.platform.common import clock
from edo.expiry import Expiry, expiring
from tasks.models import SigningTask
from tasks.statuses import BEFORE_SENDING

# More are counted, not named: the way on is the directory, not the single task.
NAMED_TASKS = 20


@dataclass(frozen=True)
class Row:
    """One line of the page; `tasks` are the first few of `task_count`."""

    what: str
    number: str
    signatory: str
    words: str
    over: bool
    url: str
    tasks: tuple[SigningTask, ...]
    task_count: int

    @property
    def more(self) -> int:
        return self.task_count - len(self.tasks)


def rows() -> list[Row]:
    """The lines as of now, the most urgent first."""
    return [_row(item) for item in expiring(clock.now())]


def _row(item: Expiry) -> Row:
    tasks = _tasks_of(item)
    power, signatory = item.power, item.signatory
    if power is None:
        what, number = "Сертификат", signatory.certificate_serial
        url = reverse("admin:edo_signatory_change", args=[signatory.pk])
    else:
        what, number = "МЧД", str(power.registration_number)
        url = reverse("admin:edo_powerofattorney_change", args=[power.pk])
    return Row(
        what=what,
        number=number,
        signatory=str(signatory),
        words=item.words,
        over=item.over,
        url=url,
        tasks=tuple(tasks.select_related("client", "manager")[:NAMED_TASKS]),
        task_count=tasks.count(),
    )


def _tasks_of(item: Expiry) -> QuerySet[SigningTask]:
    """The tasks in work for which this signatory is still to sign, by this power."""
    tasks = SigningTask.objects.filter(signatory=item.signatory, status__in=BEFORE_SENDING)
    if item.power is not None:
        tasks = tasks.filter(box__inn=item.power.principal_inn)
    return tasks.order_by("number")
