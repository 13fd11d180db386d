"""What the card shows of a channel and of the signatures of both sides."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from econtract.platform.common.refusals import Refusal
from edo.channels.evidence import SigningSide


class SignatureStatus(StrEnum):
    """What we know about the signature of one side."""

    # Not there yet, but it may still come.
    PENDING = "pending"
    # Not there, and it will not come.
    ABSENT = "absent"
    VALID = "valid"
    INVALID = "invalid"
    # It is there, but we cannot check it now.
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class SigningDetail:
    """A label and its value for the card. `is_code` asks for digits of equal width."""

    label: str
    value: str
    is_code: bool = False


@dataclass(frozen=True)
class SignatureSummary:
    """The signature of one side for the card; `problems` are there unless it is valid or absent.

    `outside_verdict` is what the channel's operator says about the same signature, as a Russian
    sentence; "" when it says nothing.
    """

    side: SigningSide
    status: SignatureStatus
    problems: tuple[Refusal, ...] = ()
    details: tuple[SigningDetail, ...] = ()
    outside_verdict: str = ""


@dataclass(frozen=True)
class SigningEvent:
    """One step of the client's way to the signature, in Russian; `note` says why it failed."""

    at: datetime
    text: str
    is_problem: bool = False
    note: str = ""


@dataclass(frozen=True)
class SigningSummary:
    """What the card shows of a channel; `signatures` are empty without a session.

    `course` are the events of the session, newest first; empty where the channel records none.
    """

    details: tuple[SigningDetail, ...]
    signatures: tuple[SignatureSummary, ...] = ()
    course: tuple[SigningEvent, ...] = ()
