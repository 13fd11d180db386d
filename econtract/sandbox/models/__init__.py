"""Tables of the sandbox, in its own database."""

from econtract.sandbox.models.edo import (
    EdoContent,
    EdoDocument,
    EdoEntity,
    EdoEvent,
    EdoMessage,
    EdoOperation,
    EdoPowerOfAttorney,
    EdoShelfPart,
)
from econtract.sandbox.models.edo_access import EdoAccessToken, EdoPartnership, EdoRefreshToken
from econtract.sandbox.models.keys import ClientKey, SigningKey
from econtract.sandbox.models.phone import (
    DssToken,
    PhoneDocument,
    PhoneRequest,
    PhoneRequestState,
)
from econtract.sandbox.models.registry import EipAccount, Habit, Organisation, OrganisationState
from econtract.sandbox.models.shared import (
    Fault,
    FaultKind,
    FeedEvent,
    SandboxState,
    SystemJournalEntry,
)
from econtract.sandbox.models.systems import (
    ArchivedDocument,
    Cabinet,
    IdentityDocument,
    IdentityRequest,
    IdentityState,
    TextMessage,
)

__all__ = [
    "ArchivedDocument",
    "Cabinet",
    "ClientKey",
    "DssToken",
    "EdoAccessToken",
    "EdoContent",
    "EdoDocument",
    "EdoEntity",
    "EdoEvent",
    "EdoMessage",
    "EdoOperation",
    "EdoPartnership",
    "EdoPowerOfAttorney",
    "EdoRefreshToken",
    "EdoShelfPart",
    "EipAccount",
    "Fault",
    "FaultKind",
    "FeedEvent",
    "Habit",
    "IdentityDocument",
    "IdentityRequest",
    "IdentityState",
    "Organisation",
    "OrganisationState",
    "PhoneDocument",
    "PhoneRequest",
    "PhoneRequestState",
    "SandboxState",
    "SigningKey",
    "SystemJournalEntry",
    "TextMessage",
]
