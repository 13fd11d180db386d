"""The ЭДО operator: access tokens, answers about them, and announcements of removal."""

import httpx
import pytest

from tests.support.sandbox import ROMASHKA, Sandbox
from tests.support.sandbox_edo import error_of

GRANT = {
    "grant_type": "refresh_token",
    "client_id": "econtract",
    "client_secret": "secret",
    "refresh_token": "our-refresh-token",
}


def request_token(sandbox: Sandbox, **changes: str) -> httpx.Response:
    """Ask the identity provider for an access token."""
    return httpx.post(f"{sandbox.url}/edo/oidc/connect/token", data=GRANT | changes)


def get_my_organizations(sandbox: Sandbox, authorization: str) -> httpx.Response:
    """Call a method with that Authorization header."""
    headers = {"Authorization": authorization}
    return sandbox.http.get("/edo/GetMyOrganizations", headers=headers)


def test_an_access_token_expires_and_is_refreshed(sandbox: Sandbox) -> None:
    answer = request_token(sandbox).json()
    assert (answer["token_type"], answer["refresh_token"]) == ("Bearer", GRANT["refresh_token"])
    bearer = f"Bearer {answer['access_token']}"
    assert get_my_organizations(sandbox, bearer).status_code == 200
    sandbox.clock(advance_seconds=answer["expires_in"] + 1)
    assert error_of(get_my_organizations(sandbox, bearer)) == (401, "DiadocApi.Unauthorized")
    fresh = request_token(sandbox).json()["access_token"]
    assert get_my_organizations(sandbox, f"Bearer {fresh}").status_code == 200


def test_tokens_can_be_made_stale_at_once(sandbox: Sandbox) -> None:
    bearer = f"Bearer {request_token(sandbox).json()['access_token']}"
    assert sandbox.control("edo/tokens/expire") == {"count": 1}
    assert get_my_organizations(sandbox, bearer).status_code == 401


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_secret": ""}, "invalid_client"),
        ({"refresh_token": ""}, "invalid_grant"),
    ],
)
def test_a_wrong_grant_is_refused(sandbox: Sandbox, changes: dict[str, str], error: str) -> None:
    response = request_token(sandbox, **changes)
    assert (response.status_code, response.json()) == (400, {"error": error})


def test_a_replaced_refresh_token_is_refused(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "refresh_token_replaced")
    new = request_token(sandbox).json()["refresh_token"]
    assert new != GRANT["refresh_token"]
    assert request_token(sandbox).json() == {"error": "invalid_grant"}
    assert request_token(sandbox, refresh_token=new).status_code == 200


def test_a_fault_of_the_identity_provider_is_in_its_own_format(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "error", status=400, code="invalid_grant", path_contains="oidc")
    assert request_token(sandbox).json() == {"error": "invalid_grant"}


def test_a_client_acts_in_its_own_box(sandbox: Sandbox) -> None:
    token = request_token(sandbox, refresh_token=f"client-{ROMASHKA}").json()["access_token"]
    body = get_my_organizations(sandbox, f"Bearer {token}").json()
    assert [row["Inn"] for row in body["Organizations"]] == [ROMASHKA]


def test_the_obsolete_authentication_works(sandbox: Sandbox) -> None:
    scheme = "DiadocAuth ddauth_api_client_id=somebody"
    response = httpx.post(
        f"{sandbox.url}/edo/v3/Authenticate?type=password",
        headers={"Authorization": scheme},
        json={"login": "login", "password": "password"},
    )
    authorization = f"{scheme},ddauth_token={response.text}"
    assert get_my_organizations(sandbox, authorization).status_code == 200
    assert get_my_organizations(sandbox, scheme).status_code == 401


@pytest.mark.parametrize(
    ("status", "code"),
    [(402, "DiadocApi.PaymentRequired"), (403, "DiadocApi.Forbidden"), (409, "DiadocApi.Conflict")],
)
def test_a_fault_answers_as_the_operator_does(sandbox: Sandbox, status: int, code: str) -> None:
    sandbox.fault("edo", "error", status=status)
    response = sandbox.get("/edo/GetMyOrganizations")
    assert error_of(response) == (status, code)
    assert response.headers["Content-Type"].startswith("text/plain")


def test_the_removal_of_a_method_is_announced(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "deprecated")
    first, second = (sandbox.get("/edo/GetMyOrganizations") for _ in range(2))
    assert first.headers["Sunset"].endswith(" GMT")
    assert 'rel="sunset"' in first.headers["Link"]
    assert "Sunset" not in second.headers
