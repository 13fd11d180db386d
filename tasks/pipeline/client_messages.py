"""Text messages and e-mails to the client."""

from django.db import transaction

from clients.gateways.messages import messages
from econtract.platform.outbox.models import OutboxJob
from tasks.pipeline.step import PARTIES, NotifyingJobKind, load_task
from tasks.wording.messages import compose


class SendMessage(NotifyingJobKind):
    """One SMS or e-mail to the task's contact.

    Payload: ``channel`` («sms» or «email»), ``template`` (of `tasks.wording.messages`) and the
    template's values.
    """

    kind = "send_message"
    title = "Сообщение клиенту"
    system = "messages"
    caption_when_parked = "Сообщение клиенту не отправлено"

    def run(self, job: OutboxJob) -> None:
        task = load_task(job.subject, *PARTIES)
        message = compose(task, job.payload["template"], job.payload)
        contact = task.contact_version
        reference = str(task.number)
        if job.payload["channel"] == "sms":
            messages().send_sms(
                contact.phone, message.text, reference=reference, idempotency_key=job.key
            )
        else:
            messages().send_email(
                contact.email,
                message.subject,
                message.text,
                reference=reference,
                idempotency_key=job.key,
            )
        with transaction.atomic():
            job.complete()
