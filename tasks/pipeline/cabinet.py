"""Creating the client's account on the operator's site («ЛК»)."""

from clients.gateways.cabinet import CabinetRequest, cabinets
from econtract.platform.common.errors import Refused
from econtract.platform.outbox.models import OutboxJob
from tasks.models import SigningTask
from tasks.pipeline.step import PARTIES, DueTransition, Step, build_refused
from tasks.statuses import Resolution, Status


class CreateCabinet(Step):
    """Creates the client's cabinet."""

    kind = "create_cabinet"
    title = "Создание личного кабинета"
    system = "cabinet"
    starts_in = frozenset({Status.CABINET_REQUESTED})
    relations = PARTIES
    failure_transition = "cabinet_failed"
    retry_transition = "retry_cabinet"

    def call(self, task: SigningTask, job: OutboxJob) -> list[DueTransition]:
        ref = cabinets().create(_build_cabinet_request(task), idempotency_key=job.key)
        return [DueTransition("cabinet_created", arguments={"ref": ref})]

    def on_refused(self, task: SigningTask, refusal: Refused) -> DueTransition:
        resolution = Resolution.CABINET_BAD_DATA
        if refusal.code == Resolution.CABINET_EXISTS:
            resolution = Resolution.CABINET_EXISTS
        return build_refused("cabinet_failed", resolution, refusal)


def _build_cabinet_request(task: SigningTask) -> CabinetRequest:
    contact, client = task.contact_version, task.client
    return CabinetRequest(
        reference=str(task.number),
        inn=client.inn,
        kpp=client.kpp,
        name=client.short_name,
        phone=contact.phone,
        email=contact.email,
        surname=contact.surname,
        given_name=contact.given_name,
        patronymic=contact.patronymic,
    )
