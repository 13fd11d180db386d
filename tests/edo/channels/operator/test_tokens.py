"""The operator's access token: renewed once for all processes, stored encrypted."""

import json
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from django.db import connections

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.http import OutsideHttp
from econtract.platform.common.http_tokens import StaticToken
from edo.channels.operator.tokens import OidcToken, get_token_source
from edo.models import OperatorToken
from edo.models.tokens import encrypt_token
from tests.support.fake_server import FakeServer, Respond, response, run_fake_server


@pytest.fixture
def server(settings: Any) -> Iterator[FakeServer]:
    """The operator, and its OpenID Connect provider at /connect/token."""
    with run_fake_server() as server:
        settings.EDO_LOGIN_URL = f"{server.url}/connect/token"
        settings.OUTSIDE = {
            "edo": {"url": server.url, "token": "static"},
            "edo_login": {"url": settings.EDO_LOGIN_URL, "token": ""},
        }
        settings.EDO_CLIENT_ID, settings.EDO_CLIENT_SECRET = "client", "secret"
        settings.EDO_REFRESH_TOKEN = "refresh-of-settings"
        yield server


def tokens(access: str, refresh: str = "", seconds: int = 3600) -> Respond:
    body = {"access_token": access, "expires_in": seconds, "token_type": "Bearer"}
    if refresh:
        body["refresh_token"] = refresh
    return response(200, json.dumps(body).encode())


def refresh_tokens(server: FakeServer) -> list[str]:
    """The refresh tokens that the provider was given, in order."""
    return [
        parse_qs(body.decode())["refresh_token"][0]
        for _, path, _, body in server.requests
        if path == "/connect/token"
    ]


@pytest.mark.django_db
def test_a_token_is_asked_for_once_and_stored_encrypted(server: FakeServer) -> None:
    server.responses.append(tokens("first"))
    assert OidcToken("edo").get() == "first"
    assert OidcToken("edo").get() == "first"
    _, _, headers, body = server.requests[0]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in headers
    assert parse_qs(body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh-of-settings"],
        "client_id": ["client"],
        "client_secret": ["secret"],
    }
    row = OperatorToken.objects.get()
    assert b"first" not in bytes(row.encrypted_access)
    assert len(server.requests) == 1


@pytest.mark.django_db
def test_a_rejected_token_is_renewed_and_the_call_repeated(server: FakeServer) -> None:
    """A stale token must not fail a contract."""
    server.responses.extend(
        [tokens("stale", "rotated"), response(401), tokens("fresh"), response(200, b"[1]")]
    )
    assert OutsideHttp("edo", get_token_source("edo")).get("/GetMyOrganizations") == [1]
    assert server.requests[3][2]["Authorization"] == "Bearer fresh"
    assert refresh_tokens(server) == ["refresh-of-settings", "rotated"]


@pytest.mark.django_db
def test_an_expired_token_is_renewed_before_it_is_used(server: FakeServer) -> None:
    server.responses.extend([tokens("first", seconds=600), tokens("second")])
    assert OidcToken("edo").get() == "first"
    with time_machine.travel(clock.now() + timedelta(seconds=550)):
        assert OidcToken("edo").get() == "second"


@pytest.mark.django_db
def test_another_process_has_renewed_it_already(server: FakeServer) -> None:
    server.responses.append(tokens("fresh"))
    OidcToken("edo").get()
    assert OidcToken("edo").renew("stale") == "fresh"
    assert len(server.requests) == 1


@pytest.mark.django_db
def test_a_new_refresh_token_of_the_settings_replaces_a_dead_one(server: FakeServer) -> None:
    server.responses.extend([tokens("first", "dead"), response(400, b'{"error":"invalid_grant"}')])
    OidcToken("edo").get()
    server.responses.append(tokens("second"))
    assert OidcToken("edo").renew("first") == "second"
    assert refresh_tokens(server) == ["refresh-of-settings", "dead", "refresh-of-settings"]


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"access_token": ""}', b"<html>"])
def test_a_response_without_a_token_is_an_outage(server: FakeServer, body: bytes) -> None:
    server.responses.append(response(200, body))
    with pytest.raises(Unavailable):
        OidcToken("edo").get()
    # The claim has ended: the next call may try again.
    server.responses.append(tokens("first"))
    assert OidcToken("edo").get() == "first"


@pytest.mark.django_db
def test_a_rejected_refresh_token_alarms_and_logs_no_secret(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.responses.append(response(400, b'{"error":"invalid_grant"}'))
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable) as error:
        OidcToken("edo").get()
    assert error.value.code == "unauthorized"
    assert any(record.levelno == logging.ERROR for record in caplog.records)
    for secret in ("refresh-of-settings", "secret"):
        assert secret not in caplog.text
        assert secret not in str(error.value)


@pytest.mark.django_db
def test_another_secret_key_makes_the_stored_tokens_unreadable(
    server: FakeServer, settings: Any
) -> None:
    server.responses.extend([tokens("first", "rotated"), tokens("second")])
    OidcToken("edo").get()
    settings.SECRET_KEY = "another"
    assert OidcToken("edo").get() == "second"
    assert refresh_tokens(server) == ["refresh-of-settings"] * 2


@pytest.mark.django_db(transaction=True)
def test_processes_that_need_a_token_at_once_ask_once(server: FakeServer) -> None:
    server.responses.append(tokens("first"))
    results: list[str] = []

    def work() -> None:
        results.append(OidcToken("edo").get())
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert results == ["first"] * 3
    assert len(server.requests) == 1


@pytest.mark.django_db
def test_a_token_that_came_before_the_claim_is_taken(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = OidcToken._claim

    def claim_after_another(self: OidcToken) -> bool:
        rows = OperatorToken.objects.filter(pk="edo")
        later = clock.now() + timedelta(hours=1)
        rows.update(encrypted_access=encrypt_token("another"), expires_at=later)
        return claim(self)

    monkeypatch.setattr(OidcToken, "_claim", claim_after_another)
    assert OidcToken("edo").renew("") == "another"
    assert server.requests == []
    assert OperatorToken.objects.get(pk="edo").renewing_until is None


def test_without_a_provider_the_token_is_that_of_the_settings(settings: Any) -> None:
    settings.EDO_LOGIN_URL = ""
    settings.OUTSIDE = {"edo": {"url": "http://x", "token": "static"}}
    source = get_token_source("edo")
    assert isinstance(source, StaticToken)
    assert source.get() == "static"
    with pytest.raises(Unavailable, match="EDO_TOKEN"):
        source.renew("static")
