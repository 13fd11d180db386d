"""Outbox jobs about clients at the EDO operator."""

from django.db import transaction

from econtract.platform.common.errors import Refused
from econtract.platform.outbox.models import OutboxJob
from econtract.platform.outbox.registry import JobKind
from edo.channels.operator import lookups


class LookUpRecipient(JobKind):
    """Asks the operator whether a person who is to sign by SMS has a box there.

    ``subject`` is the primary key of a `RecipientLookup`; the payload is empty.
    """

    kind = lookups.JOB
    title = "Поиск ящика клиента"
    system = "edo"
    # Nobody waits for the answer: it only offers the stronger way of signing.
    caption_when_parked = None

    def run(self, job: OutboxJob) -> None:
        try:
            options = lookups.ask_operator(job.subject)
        except Refused:
            # The operator does not search for this client. It is asked again another day.
            options = None
        with transaction.atomic():
            if job.complete() and options is not None:
                lookups.store_answer(job.subject, options)
