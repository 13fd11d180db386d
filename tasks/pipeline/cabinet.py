"""Creating the client's personal cabinet (ЛК)."""

from clients.gateways.cabinet import CabinetOrder, cabinets
from econtract.platform.common.errors import Refused
from econtract.platform.outbox.models import OutboxJob
from tasks.models import SigningTask
from tasks.pipeline.step import PARTY, Outcome, Step, failure
from tasks.statuses import Resolution, Status


class CreateCabinet(Step):
    """Makes the client's cabinet (ЛК)."""

    serves = frozenset({Status.CABINET_REQUESTED})
    looks_at = PARTY
    again = "retry_cabinet"

    def run(self, task: SigningTask, job: OutboxJob) -> list[Outcome]:
        ref = cabinets().create(_cabinet_order(task), idempotency_key=job.key)
        return [Outcome("cabinet_created", facts={"ref": ref})]

    def refused(self, task: SigningTask, refusal: Refused) -> Outcome:
        resolution = Resolution.CABINET_BAD_DATA
        if refusal.code == Resolution.CABINET_EXISTS:
            resolution = Resolution.CABINET_EXISTS
        return failure("cabinet_failed", resolution, refusal.message)

    def spent(self, task: SigningTask, error: Exception) -> Outcome:
        return failure("cabinet_failed", Resolution.SERVICE_UNAVAILABLE)


def _cabinet_order(task: SigningTask) -> CabinetOrder:
    person, client = task.contact_version, task.client
    return CabinetOrder(
        reference=str(task.number),
        inn=client.inn,
        kpp=client.kpp,
        name=client.short_name,
        phone=person.phone,
        email=person.email,
        surname=person.surname,
        given_name=person.given_name,
        patronymic=person.patronymic,
    )
