"""Persons who are to sign by SMS are looked up at the ЭДО operator: its signature is stronger."""

from edo.channels.operator import lookups
from edo.channels.protocol import RecipientOption, SigningRecipient
from edo.models import Box
from tasks.models import Channel, SigningTask


def request_lookup(box: Box, recipient: SigningRecipient) -> None:
    """Have the operator asked whether a person who is to sign by SMS has a box there.

    In the caller's transaction; `find_known_options` has the answer once it is there.
    """
    lookups.request_lookup(box, recipient)


def request_lookup_of(task: SigningTask) -> None:
    """`request_lookup` for the client of ``task``, if it is signed by SMS."""
    if task.channel == Channel.SMS:
        request_lookup(task.box, _build_recipient(task))


def find_known_options(
    box: Box | None, recipient: SigningRecipient
) -> tuple[RecipientOption, ...] | None:
    """The boxes of a person that a lookup has found; None: nothing is known."""
    if box is None or not lookups.is_person(recipient):
        return None
    return lookups.find_options(box, recipient)


def find_known_box(task: SigningTask) -> RecipientOption | None:
    """A box in which the client of ``task`` can receive the document, if a lookup found one."""
    options = find_known_options(task.box, _build_recipient(task)) or ()
    return next((option for option in options if option.is_usable), None)


def _build_recipient(task: SigningTask) -> SigningRecipient:
    return SigningRecipient(inn=task.client.inn, kpp=task.client.kpp)
