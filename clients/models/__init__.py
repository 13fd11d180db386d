"""Clients, their contacts, and the directories of the new-task form."""

from clients.models.client import Client
from clients.models.contact import (
    ClientContact,
    Contact,
    ContactDetails,
    ContactVersion,
    DeclinedName,
)
from clients.models.directory import ArchiveSystem, BillingPrefix, Region, Service
from clients.models.messages import MessageCount, SentMessage

__all__ = [
    "ArchiveSystem",
    "BillingPrefix",
    "Client",
    "ClientContact",
    "Contact",
    "ContactDetails",
    "ContactVersion",
    "DeclinedName",
    "MessageCount",
    "Region",
    "SentMessage",
    "Service",
]
