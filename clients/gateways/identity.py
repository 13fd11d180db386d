"""Remote identification of the client's signatory (docs/protocols.md, 4)."""

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from econtract.platform.common.gateways import HttpGateway
from econtract.platform.outbox.registry import IncomingEvent


class IdentificationState(StrEnum):
    PENDING = "pending"
    PASSED = "passed"
    DOCUMENTS = "documents"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class RepresentedOrganisation:
    """The organisation that the person signs for."""

    inn: str
    kpp: str
    ogrn: str
    name: str


@dataclass(frozen=True)
class Applicant:
    """The person to identify; ``organisation`` is None when they sign for themselves."""

    reference: str
    surname: str
    given_name: str
    patronymic: str
    phone: str
    email: str
    position: str
    authority: str
    organisation: RepresentedOrganisation | None


@dataclass(frozen=True)
class Invitation:
    """A created request. The caller sends ``link`` to the person."""

    ref: str
    link: str
    expires_at: datetime


@dataclass(frozen=True)
class AuthorityFile:
    """A file that confirms the person's authority to sign. The person sent it: do not trust it."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Identification:
    """The state of a request. ``resolution`` is a code of resolutions.csv, "" for none."""

    ref: str
    state: IdentificationState
    resolution: str
    comment: str
    identified_at: datetime | None
    documents: tuple[AuthorityFile, ...]


class Identity(Protocol):
    """The identification service. Every method raises Unavailable or Refused."""

    def create(self, applicant: Applicant, *, idempotency_key: UUID | str) -> Invitation: ...

    def get(self, ref: str) -> Identification: ...

    def cancel(self, ref: str, *, idempotency_key: UUID | str) -> None:
        """Invalidates the link. Refused("already_answered") if the person has used it."""
        ...

    def decline(self, ref: str, comment: str, *, idempotency_key: UUID | str) -> None:
        """Rejects the documents: the request is pending again, and the person sees ``comment``."""
        ...

    def accept(self, ref: str, *, idempotency_key: UUID | str) -> None:
        """Accepts the documents: the request is passed."""
        ...

    def events(self, after: str) -> tuple[list[IncomingEvent], str]:
        """Events since the cursor ``after`` ("": from the beginning), and the next cursor.

        The payload of an event has ``type`` (an `IdentificationState`, or one that only a newer
        service knows), ``ref``, ``reference`` and ``resolution``. An event may come twice.
        """
        ...


class HttpIdentity(HttpGateway):
    """The identification service over HTTP."""

    system = "identity"

    def create(self, applicant: Applicant, *, idempotency_key: UUID | str) -> Invitation:
        response = self.http.post(
            "/v1/requests",
            json={**asdict(applicant), "reply_to": None},
            idempotency_key=idempotency_key,
        )
        with self.parsing():
            return Invitation(
                ref=str(response["ref"]),
                link=_parse_link(response["link"]),
                expires_at=_parse_datetime(response["expires_at"]),
            )

    def get(self, ref: str) -> Identification:
        response = self.http.get("/v1/requests/{ref}", args={"ref": ref})
        with self.parsing():
            return _parse_identification(response)

    def cancel(self, ref: str, *, idempotency_key: UUID | str) -> None:
        self._post_action(ref, "cancel", {}, idempotency_key)

    def decline(self, ref: str, comment: str, *, idempotency_key: UUID | str) -> None:
        self._post_action(ref, "decline", {"comment": comment}, idempotency_key)

    def accept(self, ref: str, *, idempotency_key: UUID | str) -> None:
        self._post_action(ref, "accept", {}, idempotency_key)

    def events(self, after: str) -> tuple[list[IncomingEvent], str]:
        response = self.http.get("/v1/events", params={"after": after or None, "limit": 100})
        with self.parsing():
            return [_parse_event(event) for event in response["events"]], str(response["cursor"])

    def _post_action(self, ref: str, action: str, body: dict[str, str], key: UUID | str) -> None:
        path = f"/v1/requests/{{ref}}/{action}"
        self.http.post(path, args={"ref": ref}, json=body, idempotency_key=key)


def identity() -> Identity:
    """The gateway to the system that ``settings.OUTSIDE`` names."""
    return HttpIdentity()


def _parse_identification(response: Mapping[str, Any]) -> Identification:
    identified_at = response["identified_at"]
    return Identification(
        ref=str(response["ref"]),
        state=IdentificationState(response["state"]),
        resolution=str(response["resolution"] or ""),
        comment=str(response.get("comment") or ""),
        identified_at=_parse_datetime(identified_at) if identified_at else None,
        documents=tuple(_parse_file(item) for item in response["documents"]),
    )


def _parse_file(item: Mapping[str, Any]) -> AuthorityFile:
    return AuthorityFile(
        name=str(item["name"]),
        content_type=str(item["content_type"]),
        content=base64.b64decode(item["content"], validate=True),
    )


def _parse_event(event: Mapping[str, Any]) -> IncomingEvent:
    payload = {
        "type": str(event["type"]),
        "ref": str(event["ref"]),
        "reference": str(event.get("reference") or ""),
        "resolution": str(event.get("resolution") or ""),
    }
    return IncomingEvent(external_id=str(event["id"]), payload=payload)


def _parse_datetime(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment


def _parse_link(text: str) -> str:
    # The client receives the link: it may lead to nothing but a web page.
    if not text.startswith(("https://", "http://")):
        raise ValueError("not a web address")
    return text
