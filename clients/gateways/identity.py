"""Remote identification of the client's signatory (docs/protocols.md, 4)."""

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from clients.gateways.answers import as_agreed
from econtract.platform.common.http import OutsideHttp
from econtract.platform.outbox.registry import IncomingEvent

SYSTEM = "identity"


class State(StrEnum):
    """Where a request for identification stands."""

    PENDING = "pending"
    PASSED = "passed"
    DOCUMENTS = "documents"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Represented:
    """The organisation that the person signs for."""

    inn: str
    kpp: str
    ogrn: str
    name: str


@dataclass(frozen=True)
class Applicant:
    """Whom to identify; ``organisation`` is None for one who signs for himself."""

    reference: str
    surname: str
    given_name: str
    patronymic: str
    phone: str
    email: str
    position: str
    authority: str
    organisation: Represented | None


@dataclass(frozen=True)
class Invitation:
    """A request that was made. The caller brings the link to the person."""

    ref: str
    link: str
    expires_at: datetime


@dataclass(frozen=True)
class AuthorityPaper:
    """A file that the person sent to confirm authority; its content is not to be trusted."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Identification:
    """What became of a request. ``resolution`` is a code of resolutions.csv, "" for none."""

    ref: str
    state: State
    resolution: str
    comment: str
    identified_at: datetime | None
    documents: tuple[AuthorityPaper, ...]


class Identity(Protocol):
    """The identification component. Every call raises Unavailable or Refused."""

    def create(self, applicant: Applicant, *, idempotency_key: UUID | str) -> Invitation: ...

    def get(self, ref: str) -> Identification: ...

    def cancel(self, ref: str, *, idempotency_key: UUID | str) -> None:
        """The link dies. Refused("already_answered") when the person was faster."""
        ...

    def decline(self, ref: str, comment: str, *, idempotency_key: UUID | str) -> None:
        """The papers were not accepted: the request is pending again, with ``comment``."""
        ...

    def accept(self, ref: str, *, idempotency_key: UUID | str) -> None:
        """The papers were accepted: the request is passed."""
        ...

    def events(self, after: str) -> tuple[list[IncomingEvent], str]:
        """Answers since the cursor ``after`` ("" from the beginning) and the next cursor.

        An event's payload has ``type`` (a State, or one that a newer component invented),
        ``ref``, ``reference``, ``resolution``. One event may come twice.
        """
        ...


class HttpIdentity:
    """The identification component over HTTP."""

    def __init__(self) -> None:
        self.http = OutsideHttp(SYSTEM)

    def create(self, applicant: Applicant, *, idempotency_key: UUID | str) -> Invitation:
        answer = self.http.post(
            "/v1/requests",
            json={**asdict(applicant), "reply_to": None},
            idempotency_key=idempotency_key,
        )
        with as_agreed(SYSTEM):
            return Invitation(
                ref=str(answer["ref"]),
                link=_web_address(answer["link"]),
                expires_at=_moment(answer["expires_at"]),
            )

    def get(self, ref: str) -> Identification:
        answer = self.http.get("/v1/requests/{ref}", args={"ref": ref})
        with as_agreed(SYSTEM):
            return _identification(answer)

    def cancel(self, ref: str, *, idempotency_key: UUID | str) -> None:
        self._act(ref, "cancel", {}, idempotency_key)

    def decline(self, ref: str, comment: str, *, idempotency_key: UUID | str) -> None:
        self._act(ref, "decline", {"comment": comment}, idempotency_key)

    def accept(self, ref: str, *, idempotency_key: UUID | str) -> None:
        self._act(ref, "accept", {}, idempotency_key)

    def events(self, after: str) -> tuple[list[IncomingEvent], str]:
        answer = self.http.get("/v1/events", params={"after": after or None, "limit": 100})
        with as_agreed(SYSTEM):
            return [_incoming(event) for event in answer["events"]], str(answer["cursor"])

    def _act(self, ref: str, action: str, body: dict[str, str], key: UUID | str) -> None:
        path = f"/v1/requests/{{ref}}/{action}"
        self.http.post(path, args={"ref": ref}, json=body, idempotency_key=key)


def identity() -> Identity:
    """The component that ``settings.OUTSIDE`` names."""
    return HttpIdentity()


def _identification(answer: Mapping[str, Any]) -> Identification:
    identified_at = answer["identified_at"]
    return Identification(
        ref=str(answer["ref"]),
        state=State(answer["state"]),
        resolution=str(answer["resolution"] or ""),
        comment=str(answer.get("comment") or ""),
        identified_at=_moment(identified_at) if identified_at else None,
        documents=tuple(_paper(paper) for paper in answer["documents"]),
    )


def _paper(paper: Mapping[str, Any]) -> AuthorityPaper:
    return AuthorityPaper(
        name=str(paper["name"]),
        content_type=str(paper["content_type"]),
        content=base64.b64decode(paper["content"], validate=True),
    )


def _incoming(event: Mapping[str, Any]) -> IncomingEvent:
    payload = {
        "type": str(event["type"]),
        "ref": str(event["ref"]),
        "reference": str(event.get("reference") or ""),
        "resolution": str(event.get("resolution") or ""),
    }
    return IncomingEvent(external_id=str(event["id"]), payload=payload)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment


def _web_address(text: str) -> str:
    # The link goes out to the client: nothing but a web page may be in it.
    if not text.startswith(("https://", "http://")):
        raise ValueError("not a web address")
    return text
