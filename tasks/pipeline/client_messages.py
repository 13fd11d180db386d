"""Text messages and e-mails to the client."""

from django.db import transaction

from clients.gateways.messages import messages
from econtract.platform.outbox.models import OutboxJob
from tasks.pipeline.step import PARTY, TellingHandler, load
from tasks.wording.messages import compose


class SendMessage(TellingHandler):
    """One SMS or e-mail to the client's contact of the task."""

    def run(self, job: OutboxJob) -> None:
        task = load(job.subject, *PARTY)
        message = compose(task, job.payload["template"], job.payload)
        person = task.contact_version
        reference = str(task.number)
        if job.payload["channel"] == "sms":
            messages().send_sms(
                person.phone, message.text, reference=reference, idempotency_key=job.key
            )
        else:
            messages().send_email(
                person.email,
                message.subject,
                message.text,
                reference=reference,
                idempotency_key=job.key,
            )
        with transaction.atomic():
            job.complete()
