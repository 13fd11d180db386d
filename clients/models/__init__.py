"""Clients, their contacts, and the directories behind both."""

from clients.models.directory import (
    ArchiveSystem,
    BillingPrefix,
    Client,
    ClientContact,
    Contact,
    ContactVersion,
    Region,
    Service,
)

__all__ = [
    "ArchiveSystem",
    "BillingPrefix",
    "Client",
    "ClientContact",
    "Contact",
    "ContactVersion",
    "Region",
    "Service",
]
