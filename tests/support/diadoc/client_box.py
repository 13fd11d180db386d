"""A client at the ЭДО operator that uses the protocol itself, in its own box."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.sandbox import Sandbox
from tests.support.sandbox_edo import b64, client_box

JSON = {"Accept": "application/json", "Content-Type": "application/json; charset=utf-8"}
SIGNER_XML = b'<Signer SignerStatus="1"/>'


@dataclass(frozen=True)
class ClientBox:
    """The client with that ИНН; `url` is the operator's address."""

    sandbox: Sandbox
    url: str
    inn: str

    @property
    def box_id(self) -> str:
        """The GUID of the client's box."""
        return client_box(self.sandbox, self.inn)

    def get(self, path: str, **params: str) -> Any:
        """A GET of the client; the JSON of the response."""
        return self._call("GET", path, params, None).json()

    def read_events(self) -> Any:
        """All events of the client's box."""
        return self.get("/V8/GetNewEvents", boxId=self.box_id)["Events"]

    def sign(self, message_id: str, entity_id: str, **fields: Any) -> Any:
        """Sign an entity of a message: the document, or our request for revocation."""
        params = {"boxId": self.box_id, "messageId": message_id, "entityId": entity_id}
        content = self._call("GET", "/V4/GetEntityContent", params, None).content
        signature = {"ParentEntityId": entity_id, "Signature": self._make_signature(content)}
        return self._patch(message_id, Signatures=[signature | fields])

    def refuse(self, message_id: str, entity_id: str, reason: str) -> Any:
        """Refuse to sign the document, or our request for revocation."""
        body = {
            "ErrorMessage": reason,
            "MessageId": message_id,
            "AttachmentId": entity_id,
            "SignerContent": b64(SIGNER_XML),
        }
        xml = self._generate("/V2/GenerateSignatureRejectionXml", {}, body)
        refusal = {"ParentEntityId": entity_id, "SignedContent": self._sign_content(xml)}
        return self._patch(message_id, XmlSignatureRejections=[refusal])

    def ask_for_revocation(self, message_id: str, entity_id: str, reason: str) -> Any:
        """Ask us to agree to the revocation of the document."""
        target = {
            "messageId": message_id,
            "attachmentId": entity_id,
            "contentTypeId": "revocation_request_01",
        }
        xml = self._generate("/V2/GenerateRevocationRequestXml", target, {"Comment": reason})
        request = {"ParentEntityId": entity_id, "SignedContent": self._sign_content(xml)}
        return self._patch(message_id, RevocationRequests=[request])

    def build_power(self) -> dict[str, Any]:
        """A power of attorney of the client, signed by its head."""
        xml = (
            f'<Доверенность><СвДов НомДовер="{uuid.uuid4()}"/><СвДоверит ИННЮЛ="{self.inn}"/>'
            '<СвУпПред ИННФЛ="770000000000"/></Доверенность>'
        ).encode()
        signature = {"Content": self._make_signature(xml)}
        return {
            "UseDefault": False,
            "Contents": [{"Content": {"Content": b64(xml)}, "Signature": signature}],
        }

    def _generate(self, path: str, params: dict[str, str], body: dict[str, Any]) -> bytes:
        return self._call("POST", path, {"boxId": self.box_id, **params}, body).content

    def _patch(self, message_id: str, **part: Any) -> Any:
        body = {"BoxId": self.box_id, "MessageId": message_id, **part}
        params = {"operationId": str(uuid.uuid4())}
        return self._call("POST", "/V4/PostMessagePatch", params, body).json()

    def _sign_content(self, content: bytes) -> dict[str, str]:
        return {"Content": b64(content), "Signature": self._make_signature(content)}

    def _make_signature(self, content: bytes) -> str:
        made = self.sandbox.control("client-signatures", inn=self.inn, content=b64(content))
        assert base64.b64decode(made["signature"], validate=True)
        signature: str = made["signature"]
        return signature

    def _call(
        self, method: str, path: str, params: dict[str, str], body: dict[str, Any] | None
    ) -> httpx.Response:
        headers = {**JSON, "Authorization": f"Bearer client-{self.inn}"}
        response = httpx.request(
            method, self.url + path, params=params, json=body, headers=headers, timeout=60
        )
        response.raise_for_status()
        return response
