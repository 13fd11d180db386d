"""Tables of the sandbox: its own world, shared with nobody."""

from econtract.sandbox.models.edo import (
    EdoContent,
    EdoDocument,
    EdoEntity,
    EdoEvent,
    EdoMessage,
    EdoOperation,
    EdoPartner,
    EdoPowerOfAttorney,
    EdoShelfPart,
)
from econtract.sandbox.models.keys import ClientKey, SigningKey
from econtract.sandbox.models.registry import EipAccount, Habit, Organisation, OrganisationState
from econtract.sandbox.models.systems import (
    ArchivedDocument,
    Cabinet,
    IdentityDocument,
    IdentityRequest,
    IdentityState,
    TextMessage,
)
from econtract.sandbox.models.world import Event, Fault, FaultKind, JournalEntry, World

__all__ = [
    "ArchivedDocument",
    "Cabinet",
    "ClientKey",
    "EdoContent",
    "EdoDocument",
    "EdoEntity",
    "EdoEvent",
    "EdoMessage",
    "EdoOperation",
    "EdoPartner",
    "EdoPowerOfAttorney",
    "EdoShelfPart",
    "EipAccount",
    "Event",
    "Fault",
    "FaultKind",
    "Habit",
    "IdentityDocument",
    "IdentityRequest",
    "IdentityState",
    "JournalEntry",
    "Organisation",
    "OrganisationState",
    "SigningKey",
    "TextMessage",
    "World",
]
