"""The gateways with the sandbox, over HTTP."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from clients.gateways.cabinet import CabinetRequest, cabinets
from clients.gateways.cdi import cdi
from clients.gateways.eip import eip
from clients.gateways.identity import (
    Applicant,
    IdentificationState,
    Identity,
    Invitation,
    RepresentedOrganisation,
    identity,
)
from clients.gateways.messages import MessageStatus, messages
from clients.models import Client
from econtract.platform.common.errors import Refused, Unavailable
from tests.support import sandbox as world
from tests.support.sandbox import Sandbox

PHONE = "+79123456789"


@pytest.fixture(autouse=True)
def use_sandbox(sandbox: Sandbox, settings: Any) -> Iterator[None]:
    """Points the gateways to the sandbox."""
    settings.OUTSIDE = {
        name: {"url": f"{sandbox.url}/{name}", "token": "test"}
        for name in ("cdi", "eip", "identity", "cabinet", "messages")
    }
    yield
    sandbox.clear_faults()


def new_key() -> str:
    return str(uuid.uuid4())


def applicant(reference: str = "10482") -> Applicant:
    return Applicant(
        reference=reference,
        surname="Петров",
        given_name="Петр",
        patronymic="Петрович",
        phone=PHONE,
        email="p@romashka.example",
        position="Генеральный директор",
        authority="Устав",
        organisation=RepresentedOrganisation(
            world.ROMASHKA, "770101001", "1157746001104", "ООО «Ромашка»"
        ),
    )


def cabinet_request(inn: str) -> CabinetRequest:
    return CabinetRequest(
        reference="10482",
        inn=inn,
        kpp="770101001",
        name="ООО «Клиент»",
        phone=PHONE,
        email="p@client.example",
        surname="Петров",
        given_name="Петр",
        patronymic="",
    )


@pytest.fixture
def service() -> Identity:
    return identity()


@pytest.fixture
def invitation(service: Identity) -> Invitation:
    return service.create(applicant(), idempotency_key=new_key())


# --- CDI ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["ромашка", "РОМАШК", "«Ромашка»", world.ROMASHKA])
def test_cdi_search_by_part_of_the_name_and_by_inn(query: str) -> None:
    assert world.ROMASHKA in [organisation.inn for organisation in cdi().search(query)]


@pytest.mark.parametrize(
    ("inn", "state"),
    [
        (world.LIQUIDATED, Client.State.LIQUIDATED),
        (world.LIQUIDATING, Client.State.LIQUIDATING),
        (world.BANKRUPT, Client.State.BANKRUPT),
    ],
)
def test_cdi_returns_the_state(inn: str, state: Client.State) -> None:
    organisation = cdi().get(inn)
    assert organisation is not None
    assert organisation.state == state


@pytest.mark.parametrize("inn", [world.TOO_YOUNG, "7707083893"])
def test_cdi_returns_none_for_an_unknown_inn(inn: str) -> None:
    assert cdi().get(inn) is None


@pytest.mark.parametrize("query", ["ов", "иванов", "7701"])
def test_no_record_of_cdi_is_malformed(query: str, caplog: pytest.LogCaptureFixture) -> None:
    assert cdi().search(query, limit=50)
    assert "skipped" not in caplog.text


def test_an_error_of_cdi_is_an_outage(sandbox: Sandbox) -> None:
    sandbox.fault("cdi", "error", times=None)
    with pytest.raises(Unavailable):
        cdi().search("ромашка")


def test_a_slow_cdi_is_an_outage(sandbox: Sandbox, settings: Any) -> None:
    settings.OUTSIDE_PAGE_SECONDS = 0.3
    sandbox.fault("cdi", "slow", seconds=2)
    with pytest.raises(Unavailable):
        cdi().get(world.ROMASHKA)


# --- ЕИП ----------------------------------------------------------------------------------------


def test_an_account_belongs_to_one_client() -> None:
    assert eip().account_belongs("850770100110", world.ROMASHKA)
    assert not eip().account_belongs("850770100110", world.LOTOS)


def test_a_new_account_becomes_visible_after_an_hour(sandbox: Sandbox) -> None:
    sandbox.account("850000000001", world.ROMASHKA, visible_in_minutes=60)
    assert not eip().account_belongs("850000000001", world.ROMASHKA)
    sandbox.clock(advance_seconds=3601)
    assert eip().account_belongs("850000000001", world.ROMASHKA)


# --- identification -----------------------------------------------------------------------------


def test_events_report_a_passed_identification(
    sandbox: Sandbox, service: Identity, invitation: Invitation
) -> None:
    _, cursor = service.events("")
    assert service.get(invitation.ref).state is IdentificationState.PENDING
    sandbox.identity_answer(invitation.ref, "passed")
    events, _ = service.events(cursor)
    assert [(event.payload["type"], event.payload["ref"]) for event in events] == [
        ("passed", invitation.ref)
    ]
    identification = service.get(invitation.ref)
    assert identification.state is IdentificationState.PASSED
    assert identification.resolution == ""
    assert identification.identified_at is not None


@pytest.mark.parametrize("resolution", ["data_refused", "data_mismatch", "blacklisted"])
def test_a_failed_identification_has_a_resolution(
    sandbox: Sandbox, service: Identity, invitation: Invitation, resolution: str
) -> None:
    sandbox.identity_answer(invitation.ref, resolution)
    identification = service.get(invitation.ref)
    assert identification.state is IdentificationState.FAILED
    assert identification.resolution == resolution


def test_documents_are_declined_and_accepted(
    sandbox: Sandbox, service: Identity, invitation: Invitation
) -> None:
    sandbox.identity_answer(invitation.ref, "documents")
    first = service.get(invitation.ref)
    assert first.state is IdentificationState.DOCUMENTS
    assert all(file.content for file in first.documents)
    service.decline(invitation.ref, "Нет печати", idempotency_key=new_key())
    again = service.get(invitation.ref)
    assert (again.state, again.comment) == (IdentificationState.PENDING, "Нет печати")
    sandbox.identity_answer(invitation.ref, "documents")
    service.accept(invitation.ref, idempotency_key=new_key())
    assert service.get(invitation.ref).state is IdentificationState.PASSED


def test_only_a_pending_request_can_be_cancelled(
    sandbox: Sandbox, service: Identity, invitation: Invitation
) -> None:
    service.cancel(invitation.ref, idempotency_key=new_key())
    assert service.get(invitation.ref).state is IdentificationState.CANCELLED
    other = service.create(applicant("10483"), idempotency_key=new_key())
    sandbox.identity_answer(other.ref, "passed")
    with pytest.raises(Refused) as error:
        service.cancel(other.ref, idempotency_key=new_key())
    assert error.value.code == "already_answered"


def test_a_retry_creates_no_second_request(sandbox: Sandbox, service: Identity) -> None:
    sandbox.fault("identity", "lost_answer", path_contains="requests")
    key = new_key()
    with pytest.raises(Unavailable):
        service.create(applicant(), idempotency_key=key)
    service.create(applicant(), idempotency_key=key)
    assert len(sandbox.journal("identity", action="requested")) == 1


# --- cabinets and messages ----------------------------------------------------------------------


def test_a_cabinet_is_created_once() -> None:
    first = cabinets().create(cabinet_request(world.ROMASHKA), idempotency_key=new_key())
    assert cabinets().create(cabinet_request(world.ROMASHKA), idempotency_key=new_key()) == first


@pytest.mark.parametrize(
    ("inn", "code"),
    [(world.CABINET_EXISTS, "cabinet_exists"), (world.CABINET_BAD_DATA, "cabinet_bad_data")],
)
def test_a_cabinet_can_be_refused(inn: str, code: str) -> None:
    with pytest.raises(Refused) as error:
        cabinets().create(cabinet_request(inn), idempotency_key=new_key())
    assert error.value.code == code


def test_a_provider_knows_a_message_by_our_number_and_reports_its_delivery(
    sandbox: Sandbox,
) -> None:
    key, other_key = uuid.uuid4(), uuid.uuid4()
    accepted = send_sms(key)
    assert accepted.state == "accepted"
    delivered = messages().get(key)
    assert delivered == MessageStatus(accepted.ref, "delivered", "")
    assert messages().get(other_key) is None
    messages().send_email(
        key=other_key, to="a@b.example", subject="Тема", text="Текст", template="t", reference="1"
    )
    assert [message["channel"] for message in sandbox.messages()] == ["sms", "email"]
    reports, cursor = messages().events("")
    assert [report.payload["state"] for report in reports] == ["sent", "delivered"] * 2
    assert reports[1].payload == {
        "key": str(key),
        "ref": accepted.ref,
        "state": "delivered",
        "reason": "",
    }
    assert messages().events(cursor) == ([], cursor)


def test_a_provider_sends_a_repeated_message_again(sandbox: Sandbox) -> None:
    key = uuid.uuid4()
    assert send_sms(key).ref != send_sms(key).ref
    assert len(sandbox.messages()) == 2


def test_a_wrong_address_is_refused() -> None:
    with pytest.raises(Refused) as error:
        send_sms(uuid.uuid4(), to="112")
    assert error.value.code == "bad_address"


def send_sms(key: uuid.UUID, to: str = PHONE) -> MessageStatus:
    return messages().send_sms(
        key=key, to=to, text="Ссылка", sender="Rostelecom", template="t", reference="10482"
    )
