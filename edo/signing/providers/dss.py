"""КриптоПро DSS: a cloud service whose users confirm signatures in the application myDSS.

Written from the public documentation and public clients of its REST interface of version 1, never
tried against a live service (docs/protocols.md, section 12). The users sign; we call the service
in their names, as an OAuth client that the service trusts to name the user. The reference of a key
is the user's login.
"""

import base64
import binascii
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.http import OutsideHttp
from edo.models import Signatory, SigningProvider
from edo.signing.providers.confirmation_client import (
    ConfirmationAnswer,
    ConfirmationRequest,
    DocumentToConfirm,
)
from edo.signing.providers.dss_tokens import UserTokens
from edo.signing.providers.protocol import (
    CONFIRMATION_DECLINED,
    CONFIRMATION_EXPIRED,
    CONFIRMATION_FAILED,
    KEY_BLOCKED,
    KEY_UNKNOWN,
    SigningKey,
)
from edo.signing.providers.signatory_keys import list_signatory_keys, load_certificate

log = logging.getLogger(__name__)

SYSTEM = "dss"
SIGN_DOCUMENT, SIGN_DOCUMENTS = 2, 4
ACTIVE = "ACTIVE"
PLACE = "в приложении myDSS на телефоне"
# A code from a message would have to be typed into our pages.
UNSUPPORTED_METHODS = ("sms", "email", "oath")
EXPIRED_WORDS = ("expired", "timeout")
DECLINED_WORDS = ("declin", "reject", "refus", "cancel")


class DssClient:
    """A `ConfirmationClient`. Asking again about a transaction is the same question."""

    provider: str = SigningProvider.DSS
    usual_place = PLACE
    can_repeat_question = True

    def list_keys(self) -> list[SigningKey]:
        return list_signatory_keys(self.provider)

    def prepare(self, key_ref: str, documents: Sequence[DocumentToConfirm]) -> object:
        with _translate_errors():
            http = _connect(key_ref)
            certificate_id = _find_certificate_id(http, key_ref)
            transaction = http.request(
                "POST",
                f"{settings.DSS_SIGNING_PATH}/rest/api/transactions",
                json=_build_transaction(certificate_id, documents),
            ).json()
            return {"transaction": str(transaction), "documents": len(documents)}

    def ask(self, key_ref: str, prepared: Any, documents: Sequence[str]) -> ConfirmationRequest:
        with _translate_errors():
            body = _confirm(_connect(key_ref), {"TransactionTokenId": prepared["transaction"]})
            if body.get("IsError"):
                raise Refused(SYSTEM, _find_failure(body))
            if body["IsFinal"]:
                # The user's settings ask for no confirmation.
                return ConfirmationRequest("")
            challenge = body["Challenge"]["TextChallenge"][0]
            method = str(challenge.get("AuthnMethod", "")).lower()
            if any(name in method for name in UNSUPPORTED_METHODS):
                log.error("dss confirms by a code, which is not supported method=%s", method[:100])
                raise Refused(SYSTEM, CONFIRMATION_FAILED)
            return ConfirmationRequest(challenge["RefID"], PLACE, float(challenge["ExpiresIn"]))

    def get_answer(self, key_ref: str, prepared: Any, confirmation_id: str) -> ConfirmationAnswer:
        with _translate_errors():
            question: dict[str, Any] = {"TransactionTokenId": prepared["transaction"]}
            if confirmation_id:
                response = [{"RefId": confirmation_id}]
                question = {"ChallengeResponse": {"TextChallengeResponse": response}}
            body = _confirm(_connect(key_ref), question)
            if body.get("IsError"):
                return ConfirmationAnswer(failure=_find_failure(body))
            if not body["IsFinal"]:
                return ConfirmationAnswer()
            return ConfirmationAnswer(_fetch_signatures(body["AccessToken"], prepared))


def _connect(key_ref: str) -> OutsideHttp:
    return OutsideHttp(SYSTEM, tokens=UserTokens(key_ref))


def _confirm(http: OutsideHttp, question: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = http.request(
        "POST",
        f"{settings.DSS_IDENTITY_PATH}/confirmation",
        json={"Resource": settings.DSS_RESOURCE, **question},
    ).json()
    return body


def _find_failure(body: dict[str, Any]) -> str:
    """The code of a question that ended without a confirmation.

    The documentation that we have does not list the errors, so they are told apart by their words.
    """
    error = str(body.get("Error", "")).lower()
    log.info("dss question ended error=%s", error[:100])
    if any(word in error for word in EXPIRED_WORDS):
        return CONFIRMATION_EXPIRED
    if any(word in error for word in DECLINED_WORDS):
        return CONFIRMATION_DECLINED
    return CONFIRMATION_FAILED


def _fetch_signatures(access_token: str, prepared: Any) -> tuple[bytes | None, ...]:
    """The result of a confirmed transaction; ``access_token`` stands for the confirmation."""
    http = OutsideHttp(SYSTEM, tokens=ConfirmationToken(access_token))
    path = f"{settings.DSS_SIGNING_PATH}/rest/api/documents"
    if prepared["documents"] == 1:
        return (_decode(http.request("POST", path, json={}).json()),)
    results = http.request("POST", f"{path}/packagesignature", json={}).json()["Results"]
    return tuple(_decode(result) if result else None for result in results)


def _find_certificate_id(http: OutsideHttp, key_ref: str) -> int:
    """The id of the signatory's certificate; of the default one for a user who is none."""
    rows = http.get(f"{settings.DSS_SIGNING_PATH}/rest/api/certificates")
    signatory = Signatory.objects.filter(key_ref=key_ref).first()
    if signatory is None:
        row = next((row for row in rows if row["IsDefault"]), None)
    else:
        der = load_certificate(signatory).public_bytes(Encoding.DER)
        row = next((row for row in rows if _decode(row["CertificateBase64"]) == der), None)
    if row is None:
        raise Refused(SYSTEM, KEY_UNKNOWN)
    if row["Status"]["Value"] != ACTIVE:
        raise Refused(SYSTEM, KEY_BLOCKED)
    return int(row["ID"])


def _build_transaction(
    certificate_id: int, documents: Sequence[DocumentToConfirm]
) -> dict[str, Any]:
    """The signing of all documents, each as a detached CAdES-BES."""
    first = documents[0]
    parameters = {
        "SignatureType": "CAdES",
        "CADESType": "BES",
        "IsDetached": "true",
        "CertificateID": str(certificate_id),
        "DocumentType": PurePath(first.file_name).suffix.lstrip(".") or "bin",
        "DocumentInfo": ", ".join(document.file_name for document in documents)[:500],
    }
    body: dict[str, Any] = {
        "OperationCode": SIGN_DOCUMENT if len(documents) == 1 else SIGN_DOCUMENTS,
        "Parameters": [{"Name": name, "Value": value} for name, value in parameters.items()],
    }
    if len(documents) == 1:
        return {**body, "Document": _encode(first.content)}
    rows = [{"Name": row.file_name, "Content": _encode(row.content)} for row in documents]
    return {**body, "Documents": rows}


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decode(text: str) -> bytes:
    """The bytes of base64, with or without the lines that begin and end PEM."""
    lines = [line for line in text.splitlines() if not line.startswith("-----")]
    return base64.b64decode("".join(lines), validate=True)


class ConfirmationToken:
    """The token of one confirmed transaction, a `TokenSource`. It cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get(self) -> str:
        return self._token

    def renew(self, rejected: str) -> str:
        raise Unavailable(SYSTEM, "the confirmation is no longer accepted")


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Translate refusals into our codes, and malformed responses into Unavailable."""
    try:
        yield
    except Refused as refusal:
        if refusal.system != SYSTEM or refusal.status is None:
            raise
        log.warning("dss refused code=%s", refusal.code)
        code = KEY_BLOCKED if refusal.status == 403 else CONFIRMATION_FAILED
        raise Refused(SYSTEM, code) from refusal
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise Unavailable(SYSTEM, "the response is malformed") from error
