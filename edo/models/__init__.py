"""Boxes, signatories with their powers of attorney, and exchanges of documents."""

from edo.models.boxes import Box, OperatorName
from edo.models.exchanges import Exchange
from edo.models.signatories import PowerOfAttorney, Signatory, SigningProvider

__all__ = ["Box", "Exchange", "OperatorName", "PowerOfAttorney", "Signatory", "SigningProvider"]
