"""Boxes, signatories with their powers of attorney, and exchanges of documents."""

from edo.models.boxes import Box, OperatorName
from edo.models.exchanges import Exchange
from edo.models.recipient_powers import RecipientPower
from edo.models.signatories import PowerOfAttorney, Signatory, SigningProvider
from edo.models.signing import SigningBatch, SigningOperation
from edo.models.tokens import OperatorToken

__all__ = [
    "Box",
    "Exchange",
    "OperatorName",
    "OperatorToken",
    "PowerOfAttorney",
    "RecipientPower",
    "Signatory",
    "SigningBatch",
    "SigningOperation",
    "SigningProvider",
]
