"""Links from the banner to the blocks of the card where its advice is followed."""

from typing import NamedTuple

from accounts.models import User
from tasks.lifecycle import guards, preflight
from tasks.models import SigningTask
from tasks.screens.card.buttons import Button
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor


class BlockLink(NamedTuple):
    """``url`` is the anchor of a block of the card."""

    label: str
    url: str


CLIENT = BlockLink("К контактному лицу", "#card-client")
OTHER_NUMBER = BlockLink("Другой номер", "#card-client")
DOCUMENT = BlockLink("К документу", "#card-document")
ACCOUNT = BlockLink("К лицевому счету", "#card-account")
SERVICES = BlockLink("К услугам", "#card-services")
SIGNING = BlockLink("К проверкам перед отправкой", "#card-signing")
# The blocks that `tasks.wording.guidance` asks the manager to change.
BY_STATUS = {
    Status.APPROVAL_REJECTED: (DOCUMENT,),
    Status.IDENTIFICATION_PENDING: (CLIENT,),
    Status.IDENTIFICATION_FAILED: (CLIENT,),
    Status.CABINET_FAILED: (CLIENT,),
}
BY_RESOLUTION = {
    Resolution.DATA_MISMATCH: (CLIENT,),
    Resolution.CHANGE_SERVICES: (DOCUMENT,),
    Resolution.CABINET_EXISTS: (CLIENT,),
    Resolution.CABINET_BAD_DATA: (CLIENT,),
    Resolution.SEND_FAILED: (DOCUMENT, CLIENT),
    Resolution.CLIENT_REFUSED: (DOCUMENT,),
    Resolution.WRONG_NUMBER: (OTHER_NUMBER,),
    Resolution.ACCOUNT_UNVERIFIED: (ACCOUNT,),
    Resolution.WITHDRAWN: (DOCUMENT,),
    Resolution.REVIEW_NEEDED: (DOCUMENT,),
    Resolution.DOCUMENT_REJECTED: (DOCUMENT,),
}
# The block where the cause of a refusal is removed; a channel's own refusals: «Подписание».
BY_REFUSAL = {
    "document_missing": DOCUMENT,
    "conversion_failed": DOCUMENT,
    "review_pending": DOCUMENT,
    "service_missing": SERVICES,
    "account_unverified": ACCOUNT,
    preflight.CLIENT_UNUSABLE: CLIENT,
}


def find_block_links(task: SigningTask, user: User, main: Button | None) -> tuple[BlockLink, ...]:
    """For the manager of the task; ``main`` is the button whose refusals the banner shows."""
    if task.withdrawal or Actor.MANAGER not in guards.actors_of(user, task):
        return ()
    if task.resolution:
        links = list(BY_RESOLUTION.get(Resolution(task.resolution), ()))
    else:
        links = list(BY_STATUS.get(Status(task.status), ()))
    codes = [refusal.code for refusal in main.refusals] if main else []
    links += [
        BY_REFUSAL.get(code, SIGNING) for code in codes if code not in preflight.PENDING_CODES
    ]
    return tuple(dict.fromkeys(links))
