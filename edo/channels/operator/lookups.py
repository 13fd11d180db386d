"""Looking a person up at the EDO operator before they sign by SMS.

Natural persons have boxes there since 2026, and a signature with a certificate is the stronger one.
A job asks, so that no page waits for the operator; pages read the stored answer.
"""

from dataclasses import asdict
from datetime import timedelta

from django.db import transaction

from econtract.platform.common import clock
from econtract.platform.outbox import queue
from edo.channels.operator import preflight
from edo.channels.protocol import RecipientOption, SigningRecipient
from edo.models import Box, RecipientLookup

JOB = "look_up_recipient"
# A client may open a box at any time.
FRESH_FOR = timedelta(days=1)
KEPT_FOR = timedelta(days=30)
PERSON_INN_LENGTH = 12


def is_person(recipient: SigningRecipient) -> bool:
    """Whether the ИНН is a natural person's; sole proprietors sign with theirs, too."""
    return len(recipient.inn) == PERSON_INN_LENGTH


def find_options(box: Box, recipient: SigningRecipient) -> tuple[RecipientOption, ...] | None:
    """The boxes of the client as last answered; None when nothing is known. One query.

    An answer counts until it is a month old: `request_lookup` asks again after a day.
    """
    lookup = RecipientLookup.objects.filter(box=box, inn=recipient.inn, kpp=recipient.kpp).first()
    if lookup is None or lookup.answered_at is None:
        return None
    return tuple(RecipientOption(**row) for row in lookup.options)


def request_lookup(box: Box, recipient: SigningRecipient) -> None:
    """Enqueue the question about a natural person, unless it was asked within a day.

    In the caller's transaction. Does nothing for organisations: they do not sign by SMS alone.
    """
    if not is_person(recipient):
        return
    now = clock.now()
    lookup, is_new = RecipientLookup.objects.get_or_create(
        box=box, inn=recipient.inn, kpp=recipient.kpp, defaults={"requested_at": now}
    )
    due = RecipientLookup.objects.filter(pk=lookup.pk, requested_at__lt=now - FRESH_FOR)
    if is_new or due.update(requested_at=now):
        queue.enqueue(kind=JOB, subject=lookup.pk, queue_key=f"recipient-lookup:{lookup.pk}")


def ask_operator(lookup_id: int) -> list[dict[str, object]] | None:
    """The options of a lookup, asked with no transaction open; None if it has been deleted.

    Raises Unavailable or Refused.
    """
    lookup = RecipientLookup.objects.select_related("box").filter(pk=lookup_id).first()
    if lookup is None:
        return None
    recipient = SigningRecipient(inn=lookup.inn, kpp=lookup.kpp)
    return [asdict(option) for option in preflight.find_recipient_options(lookup.box, recipient)]


def store_answer(lookup_id: int, options: list[dict[str, object]]) -> None:
    rows = RecipientLookup.objects.filter(pk=lookup_id)
    rows.update(options=options, answered_at=clock.now())


@transaction.atomic
def delete_old_lookups() -> None:
    """They are personal data that nobody needs after a month."""
    RecipientLookup.objects.filter(requested_at__lt=clock.now() - KEPT_FOR).delete()
