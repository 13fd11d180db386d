"""The gateways against the sandbox, over real HTTP."""

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
from clients.gateways.messages import messages
from clients.models import Client
from econtract.platform.common.errors import Refused, Unavailable
from tests.support import sandbox as world
from tests.support.sandbox import Sandbox

PHONE = "+79123456789"


@pytest.fixture(autouse=True)
def connected(sandbox: Sandbox, settings: Any) -> Iterator[None]:
    """The gateways lead to the sandbox and back off quickly."""
    prefixes = {name: name for name in ("cdi", "eip", "identity", "cabinet", "messages")}
    settings.OUTSIDE = {
        name: {"url": f"{sandbox.url}/{prefix}", "token": "test"}
        for name, prefix in prefixes.items()
    }
    yield
    sandbox.clear_faults()


def key() -> str:
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


def order(inn: str) -> CabinetRequest:
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
def component() -> Identity:
    return identity()


@pytest.fixture
def invitation(component: Identity) -> Invitation:
    return component.create(applicant(), idempotency_key=key())


# --- CDI ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["ромашка", "РОМАШК", "«Ромашка»", world.ROMASHKA])
def test_cdi_finds_by_any_part_of_the_name_and_by_number(query: str) -> None:
    assert world.ROMASHKA in [found.inn for found in cdi().search(query)]


@pytest.mark.parametrize(
    ("inn", "state"),
    [
        (world.LIQUIDATED, Client.State.LIQUIDATED),
        (world.LIQUIDATING, Client.State.LIQUIDATING),
        (world.BANKRUPT, Client.State.BANKRUPT),
    ],
)
def test_cdi_tells_the_state(inn: str, state: Client.State) -> None:
    found = cdi().get(inn)
    assert found is not None
    assert found.state == state


@pytest.mark.parametrize("inn", [world.TOO_YOUNG, "7707083893"])
def test_who_is_not_in_cdi_is_not_found(inn: str) -> None:
    assert cdi().get(inn) is None


@pytest.mark.parametrize("query", ["ов", "иванов", "7701"])
def test_every_record_of_cdi_is_one_that_we_take(
    query: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert cdi().search(query, limit=50)
    assert "skipped" not in caplog.text


def test_cdi_down_is_an_outage(sandbox: Sandbox) -> None:
    sandbox.fault("cdi", "error", times=None)
    with pytest.raises(Unavailable):
        cdi().search("ромашка")


def test_a_slow_cdi_does_not_hold_a_page_up(sandbox: Sandbox, settings: Any) -> None:
    settings.OUTSIDE_PAGE_SECONDS = 0.3
    sandbox.fault("cdi", "slow", seconds=2)
    with pytest.raises(Unavailable):
        cdi().get(world.ROMASHKA)


# --- ЕИП ----------------------------------------------------------------------------------------


def test_an_account_belongs_to_its_client_alone() -> None:
    assert eip().account_belongs("850770100110", world.ROMASHKA)
    assert not eip().account_belongs("850770100110", world.LOTOS)


def test_a_fresh_account_becomes_visible_later(sandbox: Sandbox) -> None:
    sandbox.account("850000000001", world.ROMASHKA, visible_in_minutes=60)
    assert not eip().account_belongs("850000000001", world.ROMASHKA)
    sandbox.clock(advance_seconds=3601)
    assert eip().account_belongs("850000000001", world.ROMASHKA)


# --- identification -----------------------------------------------------------------------------


def test_a_client_who_passed_is_told_by_the_feed(
    sandbox: Sandbox, component: Identity, invitation: Invitation
) -> None:
    _, cursor = component.events("")
    assert component.get(invitation.ref).state is IdentificationState.PENDING
    sandbox.identity_answer(invitation.ref, "passed")
    events, _ = component.events(cursor)
    assert [(event.payload["type"], event.payload["ref"]) for event in events] == [
        ("passed", invitation.ref)
    ]
    found = component.get(invitation.ref)
    assert (found.state, found.resolution) == (IdentificationState.PASSED, "")
    assert found.identified_at is not None


@pytest.mark.parametrize("answer", ["data_refused", "data_mismatch", "blacklisted"])
def test_a_failure_carries_its_resolution(
    sandbox: Sandbox, component: Identity, invitation: Invitation, answer: str
) -> None:
    sandbox.identity_answer(invitation.ref, answer)
    found = component.get(invitation.ref)
    assert (found.state, found.resolution) == (IdentificationState.FAILED, answer)


def test_papers_of_authority_are_declined_and_accepted(
    sandbox: Sandbox, component: Identity, invitation: Invitation
) -> None:
    sandbox.identity_answer(invitation.ref, "documents")
    first = component.get(invitation.ref)
    assert first.state is IdentificationState.DOCUMENTS
    assert all(paper.content for paper in first.documents)
    component.decline(invitation.ref, "Нет печати", idempotency_key=key())
    again = component.get(invitation.ref)
    assert (again.state, again.comment) == (IdentificationState.PENDING, "Нет печати")
    sandbox.identity_answer(invitation.ref, "documents")
    component.accept(invitation.ref, idempotency_key=key())
    assert component.get(invitation.ref).state is IdentificationState.PASSED


def test_a_cancelled_request_is_dead_and_an_answered_one_cannot_be_cancelled(
    sandbox: Sandbox, component: Identity, invitation: Invitation
) -> None:
    component.cancel(invitation.ref, idempotency_key=key())
    assert component.get(invitation.ref).state is IdentificationState.CANCELLED
    other = component.create(applicant("10483"), idempotency_key=key())
    sandbox.identity_answer(other.ref, "passed")
    with pytest.raises(Refused) as caught:
        component.cancel(other.ref, idempotency_key=key())
    assert caught.value.code == "already_answered"


def test_a_lost_answer_is_repeated_without_a_second_request(
    sandbox: Sandbox, component: Identity
) -> None:
    sandbox.fault("identity", "lost_answer", path_contains="requests")
    same = key()
    with pytest.raises(Unavailable):
        component.create(applicant(), idempotency_key=same)
    component.create(applicant(), idempotency_key=same)
    assert len(sandbox.journal("identity", action="requested")) == 1


# --- cabinets and messages ----------------------------------------------------------------------


def test_a_cabinet_is_made_once() -> None:
    first = cabinets().create(order(world.ROMASHKA), idempotency_key=key())
    assert cabinets().create(order(world.ROMASHKA), idempotency_key=key()) == first


@pytest.mark.parametrize(
    ("inn", "code"),
    [(world.CABINET_EXISTS, "cabinet_exists"), (world.CABINET_BAD_DATA, "cabinet_bad_data")],
)
def test_a_cabinet_may_be_refused(inn: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        cabinets().create(order(inn), idempotency_key=key())
    assert caught.value.code == code


def test_messages_arrive_once(sandbox: Sandbox) -> None:
    same = key()
    for _ in range(2):
        messages().send_sms(PHONE, "Ссылка", reference="10482", idempotency_key=same)
    messages().send_email("a@b.example", "Тема", "Текст", reference="1", idempotency_key=key())
    assert [message["channel"] for message in sandbox.messages()] == ["sms", "email"]


def test_a_wrong_address_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        messages().send_sms("112", "Текст", reference="1", idempotency_key=key())
    assert caught.value.code == "bad_address"
