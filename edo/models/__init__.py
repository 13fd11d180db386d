"""Boxes, signatories with their powers of attorney, exchanges of documents, authorities."""

from edo.models.boxes import Box, OperatorName
from edo.models.exchanges import Exchange
from edo.models.recipient_powers import RecipientPower
from edo.models.signatories import PowerOfAttorney, Signatory, SigningProvider
from edo.models.signing import SigningBatch, SigningOperation
from edo.models.tokens import OperatorToken
from edo.models.trust import (
    AuthorityCertificate,
    OcspResponse,
    RevocationList,
    TrustList,
    TrustListFetch,
    TrustVersion,
)

__all__ = [
    "AuthorityCertificate",
    "Box",
    "Exchange",
    "OcspResponse",
    "OperatorName",
    "OperatorToken",
    "PowerOfAttorney",
    "RecipientPower",
    "RevocationList",
    "Signatory",
    "SigningBatch",
    "SigningOperation",
    "SigningProvider",
    "TrustList",
    "TrustListFetch",
    "TrustVersion",
]
