"""The state of the sandbox as a whole: reset it, switch the autopilot, count what is pending."""

from __future__ import annotations

from django.db import transaction

from econtract.sandbox import clock, phone
from econtract.sandbox.edo import delivery
from econtract.sandbox.models import (
    ArchivedDocument,
    Cabinet,
    DssToken,
    EdoAccessToken,
    EdoContent,
    EdoEvent,
    EdoMessage,
    EdoOperation,
    EdoPartnership,
    EdoRefreshToken,
    EdoShelfPart,
    EipAccount,
    Fault,
    FeedEvent,
    IdentityRequest,
    IdentityState,
    PhoneRequest,
    SandboxState,
    SystemJournalEntry,
    TextMessage,
)

_MODELS_TO_RESET = (
    ArchivedDocument,
    DssToken,
    Cabinet,
    EdoAccessToken,
    EdoMessage,
    EdoContent,
    EdoEvent,
    EdoOperation,
    EdoPartnership,
    EdoRefreshToken,
    EdoShelfPart,
    EipAccount,
    FeedEvent,
    Fault,
    IdentityRequest,
    PhoneRequest,
    SystemJournalEntry,
    TextMessage,
)


@transaction.atomic
def reset() -> None:
    """Delete what has happened; organisations and keys stay, and feed cursors keep growing."""
    for model in _MODELS_TO_RESET:
        model._default_manager.all().delete()
    SandboxState.objects.update_or_create(pk=1, defaults=SandboxState.defaults())


def set_autopilot(*, on: bool | None = None, delay: float | None = None) -> None:
    """Switch the autopilot or change its delay (seconds); the next request runs it."""
    SandboxState.load()
    changes = {"autopilot_on": on, "autopilot_delay": delay}
    SandboxState.objects.filter(pk=1).update(**{k: v for k, v in changes.items() if v is not None})
    clock.schedule_run(clock.now())


def count_pending() -> dict[str, int]:
    """How many identification requests and documents wait for a client's answer."""
    return {
        "identity": IdentityRequest.objects.filter(state=IdentityState.PENDING).count(),
        "edo": delivery.documents_to_answer().count(),
        "phone": phone.find_waiting().count(),
    }
