"""Calls of the sandbox's own protocols, as the product makes them."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from tests.support.sandbox import ROMASHKA, Sandbox

CABINET_BODY = {
    "reference": "10482",
    "inn": ROMASHKA,
    "kpp": "770101001",
    "name": "ООО «Ромашка»",
    "phone": "+79123456789",
    "email": "info@romashka.example",
    "surname": "Петров",
    "given_name": "Петр",
    "patronymic": "",
}
ARCHIVE_FILE = b"%PDF-1.7 contract"


def request_identification(
    sandbox: Sandbox, inn: str = ROMASHKA, reference: str = "10482"
) -> dict[str, Any]:
    """Create an identification request; returns its `ref`, `link` and `expires_at`."""
    body = {
        "reference": reference,
        "surname": "Петров",
        "given_name": "Петр",
        "patronymic": "Петрович",
        "phone": "+79123456789",
        "email": "p@romashka.example",
        "position": "Директор",
        "authority": "Устав",
        "organisation": {"inn": inn, "kpp": "770101001", "ogrn": "", "name": "ООО «Ромашка»"},
        "reply_to": None,
    }
    response = sandbox.post("/identity/v1/requests", body)
    assert response.status_code == 201, response.text
    request: dict[str, Any] = response.json()
    return request


def get_identification(sandbox: Sandbox, ref: str) -> dict[str, Any]:
    """The current state of an identification request."""
    request: dict[str, Any] = sandbox.get(f"/identity/v1/requests/{ref}").json()
    return request


def get_identity_feed(sandbox: Sandbox, after: str = "") -> dict[str, Any]:
    """A page of the identification's event feed."""
    page: dict[str, Any] = sandbox.get("/identity/v1/events", after=after).json()
    return page


def post_identification(sandbox: Sandbox, ref: str, action: str, **body: str) -> Any:
    """POST an action (`cancel`, `decline`, `accept`) of an identification request."""
    return sandbox.post(f"/identity/v1/requests/{ref}/{action}", body)


def submit_document(
    sandbox: Sandbox, archive: str = "apd", content: bytes = ARCHIVE_FILE, **changes: Any
) -> Any:
    """Submit a contract to an archive; `changes` overrides fields of the request."""
    body = {
        "reference": "10482",
        "kind": "document",
        "file_name": "Договор.pdf",
        "content": base64.b64encode(content).decode(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "document_number": "850770100110",
        "document_kind": "Договор",
        "client_inn": ROMASHKA,
        "account_number": "850770100110",
    }
    return sandbox.post(f"/archive/{archive}/v1/documents", body | changes)
