"""Which agents of a list are ready to sign, and what to do about the others."""

import uuid
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from clients.models import Client, SentMessage
from clients.models.formats import mask_phone
from econtract.platform.common import clock
from edo.models import AgreementAcceptance
from tasks.models import AgentList
from tasks.monthly_acts.readiness import AgentReadiness, check_agents
from tests.tasks.monthly_acts.conftest import AddAgent


def check(agent_list: AgentList) -> AgentReadiness:
    (agent,) = check_agents(agent_list.members.select_related("client"))
    return agent


def codes(agent: AgentReadiness) -> tuple[set[str], set[str]]:
    return {r.code for r in agent.problems}, {r.code for r in agent.warnings}


def fail_message(agent: Client, reason: str, *, phone: str = "") -> None:
    contact = agent.contacts.get()
    SentMessage.objects.create(
        key=uuid.uuid4(),
        channel="sms",
        client=agent,
        to_masked=mask_phone(phone or contact.phone),
        state=SentMessage.State.FAILED,
        reason=reason,
    )


def test_an_agent_with_everything_is_ready(agent_list: AgentList, add_agent: AddAgent) -> None:
    add_agent()
    assert codes(check(agent_list)) == (set(), set())


@pytest.mark.parametrize(
    ("values", "problem", "warning"),
    [
        ({"has_contact": False}, "agent_without_contact", ""),
        ({"state": Client.State.BANKRUPT}, "agent_unusable", ""),
        ({"is_identified": False}, "", "agent_not_identified"),
        ({"accepts": False}, "", "agent_agreement_missing"),
        ({"needs_approval": True}, "", "agent_needs_approval"),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(
    agent_list: AgentList, add_agent: AddAgent, values: dict[str, Any], problem: str, warning: str
) -> None:
    add_agent(**values)
    agent = check(agent_list)
    assert codes(agent) == ({problem} - {""}, {warning} - {""})


def test_whoever_has_withdrawn_the_consent_gets_no_act(
    agent_list: AgentList, add_agent: AddAgent
) -> None:
    agent = add_agent()
    AgreementAcceptance.objects.update(withdrawn_at=clock.now())
    assert codes(check(agent_list))[0] == {"consent_withdrawn"}
    add_texts_anew(agent)
    assert codes(check(agent_list)) == (set(), set())


def add_texts_anew(agent: Client) -> None:
    for old in AgreementAcceptance.objects.all():
        AgreementAcceptance.objects.create(contact=old.contact, text=old.text, signing=old.signing)


@pytest.mark.parametrize(
    ("reason", "is_blocking"),
    [("number_unknown", True), ("bad_address", True), ("absent", False), ("sim_cooling", False)],
)
def test_a_number_is_dead_after_an_sms_that_can_never_arrive(
    agent_list: AgentList, add_agent: AddAgent, reason: str, is_blocking: bool
) -> None:
    fail_message(add_agent(), reason)
    problems, warnings = codes(check(agent_list))
    assert (problems, warnings) == (({reason}, set()) if is_blocking else (set(), {reason}))


def test_a_failure_of_an_earlier_number_or_before_a_delivery_says_nothing(
    agent_list: AgentList, add_agent: AddAgent
) -> None:
    agent = add_agent()
    fail_message(agent, "number_unknown", phone="+79990000000")
    assert codes(check(agent_list)) == (set(), set())
    fail_message(agent, "number_unknown")
    SentMessage.objects.create(
        key=uuid.uuid4(),
        channel="sms",
        client=agent,
        to_masked=mask_phone(agent.contacts.get().phone),
        state=SentMessage.State.DELIVERED,
    )
    assert codes(check(agent_list)) == (set(), set())


def test_the_queries_do_not_grow_with_the_list(
    agent_list: AgentList,
    add_agent: AddAgent,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(7):
        fail_message(add_agent(), "absent")
    with django_assert_num_queries(7):
        assert len(check_agents(agent_list.members.select_related("client"))) == 7
