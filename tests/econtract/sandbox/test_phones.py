"""The signatories' phones: КриптоПро DSS, V2/DssSign of the ЭДО operator, and the autopilot."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.sandbox import Sandbox
from tests.support.sandbox_edo import (
    PDF,
    SIGNER,
    ask_signatory,
    b64,
    get_cloud_signature,
    start_cloud_signature,
)

RESOURCE = "urn:cryptopro:dss:signserver:signserver"
PARAMETERS = {
    "SignatureType": "CAdES",
    "CADESType": "BES",
    "IsDetached": "true",
    "CertificateID": "0",
    "DocumentInfo": "a.pdf",
    "DocumentType": "pdf",
}


class Dss:
    """A client of DSS with the token of one user."""

    def __init__(self, sandbox: Sandbox, login: str = SIGNER) -> None:
        self.http = httpx.Client(base_url=f"{sandbox.url}/dss", timeout=30)
        body = self.get_token(login).json()
        self.http.headers["Authorization"] = f"Bearer {body['access_token']}"

    def get_token(self, login: str, **changes: str) -> httpx.Response:
        form = {
            "grant_type": "password",
            "username": login,
            "password": "",
            "resource": RESOURCE,
            **changes,
        }
        return self.http.post("/STS/oauth/token", data=form, auth=("econtract", "secret"))

    def create(self, content: bytes = PDF, **changes: str) -> httpx.Response:
        rows = [{"Name": name, "Value": value} for name, value in (PARAMETERS | changes).items()]
        body = {"OperationCode": 2, "Parameters": rows, "Document": b64(content)}
        return self.http.post("/SignServer/rest/api/transactions", json=body)

    def confirm(self, **question: Any) -> dict[str, Any]:
        body = {"Resource": RESOURCE, **question}
        answer: dict[str, Any] = self.http.post("/STS/confirmation", json=body).json()
        return answer


@pytest.fixture
def dss(sandbox: Sandbox) -> Iterator[Dss]:
    client = Dss(sandbox)
    yield client
    client.http.close()


def test_a_transaction_asks_nobody_until_it_is_to_be_confirmed(sandbox: Sandbox, dss: Dss) -> None:
    transaction = dss.create().json()
    assert sandbox.phone_requests() == []
    challenge = dss.confirm(TransactionTokenId=transaction)
    again = dss.confirm(TransactionTokenId=transaction)
    text = challenge["Challenge"]["TextChallenge"][0]
    assert (challenge["IsFinal"], text["ExpiresIn"]) == (False, 600)
    assert again["Challenge"]["TextChallenge"][0]["RefID"] == text["RefID"]
    assert len(sandbox.phone_requests()) == 1
    sandbox.phone_answer(SIGNER)
    response = {"TextChallengeResponse": [{"RefId": text["RefID"]}]}
    final = dss.confirm(ChallengeResponse=response)
    assert (final["IsFinal"], final["IsError"]) == (True, False)
    dss.http.headers["Authorization"] = f"Bearer {final['AccessToken']}"
    signature = dss.http.post("/SignServer/rest/api/documents", json={}).json()
    assert base64.b64decode(signature)[0] == 0x30


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"IsDetached": "false"}, "invalid_signature_params"),
        ({"CertificateID": "100500"}, "invalid_certificate"),
    ],
)
def test_a_malformed_transaction_is_refused(dss: Dss, changes: dict[str, str], error: str) -> None:
    response = dss.create(**changes)
    assert (response.status_code, response.json()["error"]) == (400, error)


def test_tokens_are_for_known_users_of_a_known_client(sandbox: Sandbox, dss: Dss) -> None:
    assert dss.get_token("nobody").json()["error"] == "invalid_grant"
    assert dss.get_token(SIGNER, resource="urn:other").json()["error"] == "invalid_target"
    dss.http.headers["Authorization"] = "Bearer stale"
    assert dss.create().status_code == 401
    form = {"grant_type": "password"}
    assert httpx.post(f"{sandbox.url}/dss/STS/oauth/token", data=form).status_code == 401


def test_a_user_token_gives_no_signature(dss: Dss) -> None:
    response = dss.http.post("/SignServer/rest/api/documents", json={})
    assert (response.status_code, response.json()["error"]) == (403, "confirmation_required")


def test_the_autopilot_confirms_unless_it_is_told_not_to(sandbox: Sandbox, dss: Dss) -> None:
    first, second = dss.create().json(), dss.create().json()
    dss.confirm(TransactionTokenId=first)
    assert sandbox.phone_answer(SIGNER, "silent") == 1
    dss.confirm(TransactionTokenId=second)
    sandbox.autopilot(on=True)
    assert dss.confirm(TransactionTokenId=second)["IsFinal"]
    assert not dss.confirm(TransactionTokenId=first)["IsFinal"]
    assert sandbox.journal("dss", action="confirmed")[0]["actor"] == "autopilot"


# --- V2/DssSign --------------------------------------------------------------------------------


def test_the_operator_signs_what_the_owner_confirms(sandbox: Sandbox) -> None:
    task_id = ask_signatory(sandbox)
    result = get_cloud_signature(sandbox, task_id)
    assert (result["OperationStatus"], result["ConfirmType"]) == ("InProgress", "MobileSdk")
    sandbox.phone_answer(SIGNER)
    result = get_cloud_signature(sandbox, task_id)
    (file,) = result["FileSigningResults"]
    assert (result["OperationStatus"], file["FileSigningStatus"]) == (
        "Completed",
        "SigningCompleted",
    )


def test_a_second_operation_does_not_reach_the_phone(sandbox: Sandbox) -> None:
    first, second = (ask_signatory(sandbox) for _ in range(2))
    assert get_cloud_signature(sandbox, second)["OperationStatus"] == "UserHasUnconfirmedOperation"
    assert len(sandbox.phone_requests()) == 1
    sandbox.phone_answer(SIGNER, "decline")
    assert get_cloud_signature(sandbox, first)["OperationStatus"] == "CanceledByUser"
    assert get_cloud_signature(sandbox, second)["OperationStatus"] == "UserHasUnconfirmedOperation"


def test_an_operation_ends_by_itself(sandbox: Sandbox) -> None:
    task_id = ask_signatory(sandbox)
    sandbox.clock(advance_seconds=601)
    assert get_cloud_signature(sandbox, task_id)["OperationStatus"] == "Timeout"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"CertificateData": {"Thumbprint": "00" * 20}}, 404),
        ({"SignDataSource": "GosKeySign"}, 400),
        ({"Files": []}, 400),
    ],
)
def test_an_operation_that_cannot_start(
    sandbox: Sandbox, changes: dict[str, Any], status: int
) -> None:
    assert start_cloud_signature(sandbox, **changes).status_code == status
