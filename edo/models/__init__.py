"""Boxes, signatories with their powers of attorney, exchanges, simple signings, authorities."""

from edo.models.boxes import Box, OperatorName
from edo.models.evidence_records import EvidenceAnchor, EvidenceRecord, EvidenceValue
from edo.models.exchanges import Exchange
from edo.models.recipient_lookups import RecipientLookup
from edo.models.recipient_powers import RecipientPower
from edo.models.signatories import PowerOfAttorney, Signatory, SigningProvider
from edo.models.signing import SigningBatch, SigningOperation
from edo.models.simple_signing import (
    AgreementAcceptance,
    AgreementText,
    CodeMessage,
    SigningCode,
    SigningLink,
    SimpleSigning,
)
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
    "AgreementAcceptance",
    "AgreementText",
    "AuthorityCertificate",
    "Box",
    "CodeMessage",
    "EvidenceAnchor",
    "EvidenceRecord",
    "EvidenceValue",
    "Exchange",
    "OcspResponse",
    "OperatorName",
    "OperatorToken",
    "PowerOfAttorney",
    "RecipientLookup",
    "RecipientPower",
    "RevocationList",
    "Signatory",
    "SigningBatch",
    "SigningCode",
    "SigningLink",
    "SigningOperation",
    "SigningProvider",
    "SimpleSigning",
    "TrustList",
    "TrustListFetch",
    "TrustVersion",
]
