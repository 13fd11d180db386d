"""The code with which a client enters «Мои документы»."""

from django.db import transaction

from clients.messages.sending import send_sms
from econtract.platform.common import clock
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import JobKind
from tasks.actions.client_access import SEND_JOB, compute_code
from tasks.models import ClientAccess
from tasks.wording.messages import ACCESS_CODE


class SendAccessCode(JobKind):
    """``subject`` is the primary key of a `ClientAccess`; the payload is empty.

    Nothing is sent where no person is known, and when the code is too old to be of use.
    """

    kind = SEND_JOB
    title = "Код для входа в «Мои документы»"
    system = "messages"
    # The client asks for another one.
    caption_when_parked = None

    def run(self, job: OutboxJob) -> None:
        access = ClientAccess.objects.select_related("contact").get(pk=job.subject)
        if access.contact is not None and access.expires_at > clock.now():
            code = compute_code(access)
            send_sms(
                to=access.contact.phone,
                text=ACCESS_CODE.format(code=code),
                key=job.key,
                template="access_code",
                is_requested=True,
                secret=code,
            )
        with transaction.atomic():
            job.complete()
