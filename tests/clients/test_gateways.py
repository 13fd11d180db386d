"""The gateways with valid and invalid responses. test_contract.py has the real sandbox."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from clients.gateways.cabinet import CabinetRequest, cabinets
from clients.gateways.cdi import cdi
from clients.gateways.eip import eip
from clients.gateways.identity import (
    Applicant,
    IdentificationState,
    RepresentedOrganisation,
    identity,
)
from clients.gateways.messages import MessageStatus, messages
from clients.models import Client
from econtract.platform.common import http
from econtract.platform.common.errors import Refused, Unavailable

KEY = "0d7f3a52-5c43-4b7c-9c62-b6f9d1b1a111"
ORGANISATION = {
    "kind": "legal",
    "inn": "7701001100",
    "kpp": "770101001",
    "ogrn": "1157746001104",
    "short_name": "ООО «Ромашка»",
    "full_name": "Общество с ограниченной ответственностью «Ромашка»",
    "registered_on": "2015-03-12",
    "legal_address": "101000, г. Москва",
    "city": "Москва",
    "head_name": "Петров Петр Петрович",
    "head_position": "Генеральный директор",
    "state": "active",
}
APPLICANT = Applicant(
    reference="10482",
    surname="Петров",
    given_name="Петр",
    patronymic="",
    phone="+79123456789",
    email="p@romashka.example",
    position="Директор",
    authority="Устав",
    organisation=RepresentedOrganisation(
        "7701001100", "770101001", "1157746001104", "ООО «Ромашка»"
    ),
)


class FakeSystem:
    """Responds to every request as `respond_with` says, and records the requests."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"{}"
        self.requests: list[httpx.Request] = []

    def respond_with(self, body: Any, status: int = 200) -> None:
        self.status, self.body = status, json.dumps(body).encode()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.status, content=self.body)

    @property
    def last_body(self) -> Any:
        return json.loads(self.requests[-1].content)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[FakeSystem]:
    system = FakeSystem()
    settings.OUTSIDE = {
        name: {"url": f"http://outside.test/{name}", "token": "t"} for name in settings.OUTSIDE
    }
    with httpx.Client(transport=httpx.MockTransport(system)) as client:
        monkeypatch.setattr(http, "_client", lambda name: client)
        yield system


def test_cdi_returns_organisations(outside: FakeSystem) -> None:
    outside.respond_with({"items": [ORGANISATION]})
    [organisation] = cdi().search(" ромашка ", limit=5)
    assert (organisation.kind, organisation.state) == (Client.Kind.LEGAL, Client.State.ACTIVE)
    assert organisation.registered_on == date(2015, 3, 12)
    url = outside.requests[0].url
    assert (url.path, dict(url.params)) == (
        "/cdi/v1/organisations",
        {"q": "ромашка", "limit": "5"},
    )


def test_one_letter_sends_no_request_to_cdi(outside: FakeSystem) -> None:
    assert cdi().search(" р ") == []
    assert outside.requests == []


def test_an_unknown_organisation_is_none(outside: FakeSystem) -> None:
    outside.respond_with({"code": "not_found", "message": ""}, status=404)
    assert cdi().get("7701001100", "770101001") is None


def test_an_inn_is_escaped_in_the_url(outside: FakeSystem) -> None:
    outside.respond_with(ORGANISATION)
    cdi().get("../../eip")
    assert outside.requests[0].url.raw_path.startswith(b"/cdi/v1/organisations/..%2F..%2Feip")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"items": None},
    ],
)
def test_a_malformed_response_is_an_outage(outside: FakeSystem, body: Any) -> None:
    outside.respond_with(body)
    with pytest.raises(Unavailable):
        cdi().search("ромашка")


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "merry"},
        {"registered_on": "12.03.2015"},
        {"inn": "7701001101"},
        {"ogrn": "3155200000109010"},
        {"short_name": ""},
        {"kind": None},
    ],
)
def test_one_malformed_record_does_not_hide_the_others(
    outside: FakeSystem, changes: dict[str, Any]
) -> None:
    outside.respond_with({"items": [{**ORGANISATION, **changes}, ORGANISATION]})
    assert [organisation.inn for organisation in cdi().search("ромашка")] == ["7701001100"]
    outside.respond_with({**ORGANISATION, **changes})
    with pytest.raises(Unavailable):
        cdi().get("7701001100")


def test_long_names_are_cut(outside: FakeSystem) -> None:
    outside.respond_with({**ORGANISATION, "short_name": "Ю" * 400, "full_name": "Ю" * 4000})
    organisation = cdi().get("7701001100")
    assert organisation is not None
    assert (len(organisation.short_name), len(organisation.full_name)) == (300, 1000)


@pytest.mark.parametrize(("value", "belongs"), [(True, True), (False, False), ("yes", False)])
def test_an_account_belongs_only_if_found_is_true(
    outside: FakeSystem, value: Any, belongs: bool
) -> None:
    outside.respond_with({"found": value})
    assert eip().account_belongs("850770100110", "7701001100") is belongs


def test_an_identification_is_created_with_an_idempotency_key(outside: FakeSystem) -> None:
    outside.respond_with(
        {"ref": "r1", "link": "https://id.test/1/", "expires_at": "2026-11-28T20:15:03Z"}, 201
    )
    invitation = identity().create(APPLICANT, idempotency_key=KEY)
    assert invitation.expires_at == datetime(2026, 11, 28, 20, 15, 3, tzinfo=UTC)
    assert outside.requests[0].headers["Idempotency-Key"] == KEY
    assert outside.last_body["organisation"]["inn"] == "7701001100"
    assert outside.last_body["phone"] == "+79123456789"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "", None])
def test_only_web_links_are_accepted(outside: FakeSystem, link: Any) -> None:
    outside.respond_with({"ref": "r1", "link": link, "expires_at": "2026-11-28T20:15:03Z"}, 201)
    with pytest.raises(Unavailable):
        identity().create(APPLICANT, idempotency_key=KEY)


def test_an_identification_has_documents(outside: FakeSystem) -> None:
    document = {
        "name": "prikaz.pdf",
        "content_type": "application/pdf",
        "content": base64.b64encode(b"%PDF-").decode(),
    }
    outside.respond_with(
        {
            "ref": "r1",
            "state": "documents",
            "resolution": None,
            "comment": "",
            "identified_at": None,
            "documents": [document],
        }
    )
    identification = identity().get("r1")
    assert identification.state is IdentificationState.DOCUMENTS
    assert identification.resolution == ""
    assert identification.identified_at is None
    assert identification.documents[0].content == b"%PDF-"


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (lambda: identity().cancel("r/1", idempotency_key=KEY), "cancel"),
        (lambda: identity().accept("r/1", idempotency_key=KEY), "accept"),
        (lambda: identity().decline("r/1", "Нет печати", idempotency_key=KEY), "decline"),
    ],
)
def test_actions_of_an_identification(
    outside: FakeSystem, call: Callable[[], None], path: str
) -> None:
    call()
    assert outside.requests[0].url.raw_path == f"/identity/v1/requests/r%2F1/{path}".encode()
    assert outside.requests[0].headers["Idempotency-Key"] == KEY


def test_a_refusal_has_a_code(outside: FakeSystem) -> None:
    outside.respond_with({"code": "already_answered", "message": ""}, status=409)
    with pytest.raises(Refused) as error:
        identity().cancel("r1", idempotency_key=KEY)
    assert error.value.code == "already_answered"


def test_events_are_read_from_a_cursor(outside: FakeSystem) -> None:
    event = {"id": "e7", "type": "passed", "ref": "r1", "reference": "10482", "resolution": None}
    outside.respond_with({"events": [event], "cursor": "7"})
    [incoming], cursor = identity().events("6")
    assert (incoming.external_id, cursor) == ("e7", "7")
    assert incoming.payload == {
        "type": "passed",
        "ref": "r1",
        "reference": "10482",
        "resolution": "",
    }
    assert outside.requests[0].url.params["after"] == "6"


def test_a_cabinet_is_created_with_the_clients_data(outside: FakeSystem) -> None:
    outside.respond_with({"ref": "c1", "created": True}, 201)
    request = CabinetRequest(
        reference="10482",
        inn="7701001100",
        kpp="770101001",
        name="ООО «Ромашка»",
        phone="+79123456789",
        email="p@romashka.example",
        surname="Петров",
        given_name="Петр",
        patronymic="",
    )
    assert cabinets().create(request, idempotency_key=KEY) == "c1"
    assert outside.last_body["name"] == "ООО «Ромашка»"


def test_messages_are_sent_by_sms_and_email(outside: FakeSystem) -> None:
    outside.respond_with({"ref": "m1", "state": "accepted"}, 201)
    common = {"text": "Текст", "template": "t", "reference": "1"}
    key = UUID(KEY)
    status = messages().send_sms(key=key, to="+79123456789", sender="RT", **common)
    assert status == MessageStatus("m1", "accepted", "")
    assert outside.last_body == {"id": KEY, "to": "+79123456789", "sender": "RT", **common}
    assert "Idempotency-Key" not in outside.requests[0].headers
    messages().send_email(key=key, to="a@b.test", subject="Тема", **common)
    assert outside.requests[1].url.path == "/messages/v1/email"
    assert outside.last_body["subject"] == "Тема"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_server_errors_and_429_are_outages(outside: FakeSystem, status: int) -> None:
    outside.respond_with({"code": "simulated_error"}, status=status)
    with pytest.raises(Unavailable):
        eip().account_belongs("850770100110", "7701001100", timeout=1)
