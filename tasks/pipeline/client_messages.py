"""Text messages and e-mails to the client."""

from typing import Any

from django.db import transaction

from clients.messages.errors import MessageRefused
from clients.messages.reasons import explain_reason
from clients.messages.sending import send_email, send_sms
from clients.models import SentMessage
from econtract.platform.outbox.models import OutboxJob
from tasks import channels
from tasks.lifecycle import effects
from tasks.notifications import triggers
from tasks.pipeline.step import PARTIES, NotifyingJobKind, load_task
from tasks.statuses import Status
from tasks.wording.messages import compose


class SendMessage(NotifyingJobKind):
    """One SMS or e-mail to the task's contact.

    Payload: ``channel`` («sms» or «email»), ``template`` (of `tasks.wording.messages`) and the
    template's values. The job's key is that of the `SentMessage`.
    """

    kind = "send_message"
    title = "Сообщение клиенту"
    system = "messages"
    caption_when_parked = "Сообщение клиенту не отправлено"

    def run(self, job: OutboxJob) -> None:
        message = self._send(job)
        with transaction.atomic():
            # The lock on the job orders this and `on_message_changed`: one of them parks it.
            if job.complete():
                message.refresh_from_db()
                if message.state == SentMessage.State.FAILED:
                    raise MessageRefused(explain_reason(message.reason))

    def retry(self, job: OutboxJob, actor: Any) -> None:
        # While nobody knows whether the provider has the message, it keeps its number.
        may_have_left = SentMessage.objects.filter(key=job.key, state=SentMessage.State.QUEUED)
        job.reopen(keeps_key=may_have_left.exists())

    def _send(self, job: OutboxJob) -> SentMessage:
        task = load_task(job.subject, *PARTIES, "region", "document_kind")
        if reasons := channels.find_message_refusals(task):
            raise MessageRefused(reasons[0])
        template, contact = job.payload["template"], task.contact_version
        message = compose(task, template, job.payload)
        if job.payload["channel"] == "sms":
            return send_sms(
                to=contact.phone,
                text=message.text,
                key=job.key,
                template=template,
                client_id=task.client_id,
                region=task.region.name,
                reference=str(task.number),
                secret=message.link,
            )
        return send_email(
            to=contact.email,
            subject=message.subject,
            text=message.text,
            key=job.key,
            template=template,
            client_id=task.client_id,
            reference=str(task.number),
            secret=message.link,
        )


class SendSigningLink(NotifyingJobKind):
    """A new link to the signing page: a reminder of a channel that sends links of its own.

    Payload: ``channel`` («sms», which is the default, or «email»).
    """

    kind = "send_signing_link"
    title = "Ссылка на подписание"
    system = "messages"
    caption_when_parked = "Ссылка на подписание не отправлена"

    def run(self, job: OutboxJob) -> None:
        task = load_task(job.subject)
        if task.status == Status.DOCUMENT_SIGNING and not task.withdrawal:
            by = SentMessage.Channel(job.payload.get("channel", SentMessage.Channel.SMS))
            channels.send_link(task, job.key, by)
        with transaction.atomic():
            job.complete()


def on_message_changed(message: SentMessage, **_: object) -> None:
    """Parks the job of a message that was sent but not delivered, while the task still waits.

    So the card shows why, the manager is notified, and an administrator can send it again. A
    delivery that is reported after all closes the job.
    """
    state = SentMessage.State
    if message.state not in (state.FAILED, state.DELIVERED):
        return
    for task in channels.find_tasks_of_message(message.key):
        effects.enqueue_poll(task, is_reported=True)
        if message.state == state.FAILED:
            by_email = channels.goes_by_email(task, message)
            # While the document is being sent, the same step goes on by e-mail.
            if by_email and task.status == Status.DOCUMENT_SIGNING:
                effects.enqueue_link(task, SentMessage.Channel.EMAIL)
            reason = explain_reason(message.reason).text
            triggers.on_link_undelivered(task, message.key, reason, by_email=by_email)
    jobs = OutboxJob.objects.select_for_update().filter(key=message.key, kind=SendMessage.kind)
    job = jobs.first()
    if job is None:
        return
    if message.state == state.DELIVERED:
        job.close()
        return
    task = load_task(job.subject)
    is_current = job.closed_at is not None and job.closed_at >= task.status_changed_at
    if is_current and job.park_done(MessageRefused(explain_reason(message.reason))):
        triggers.on_job_parked(task, job)
