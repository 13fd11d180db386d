"""Delivery reports that come twice, in another order, late, or not at all."""

import itertools
import uuid
from datetime import timedelta

import pytest
import time_machine
from pytest_django.fixtures import Settings

from clients.messages.reports import (
    ask_about_silent_messages,
    delete_old_messages,
    iter_feeds,
)
from clients.messages.sending import send_sms
from clients.messages.signals import message_changed
from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.outbox import inbound
from econtract.platform.outbox.registry import IncomingEvent
from tests.support.fake_messages import FakeProvider

REPORTS = {
    "e1": ("sent", ""),
    "e2": ("failed", "absent"),
    "e3": ("delivered", ""),
    "e4": ("read_by_martians", ""),
}


@pytest.fixture
def message(provider: FakeProvider) -> SentMessage:
    return send_sms(key=uuid.uuid4(), to="+79123456789", text="Текст", template="t")


def report(provider: FakeProvider, message: SentMessage, *names: str) -> SentMessage:
    """The provider reports about the message; the row afterwards."""
    provider.events_to_come = [
        IncomingEvent(
            name,
            {
                "key": str(message.key),
                "ref": "p",
                "state": REPORTS[name][0],
                "reason": REPORTS[name][1],
            },
        )
        for name in names
    ]
    [feed] = iter_feeds()
    inbound.poll(feed)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("order", list(itertools.permutations(["e1", "e3", "e4"])))
def test_the_state_never_goes_back(
    provider: FakeProvider, message: SentMessage, order: tuple[str, ...]
) -> None:
    states: list[str] = []

    def listen(message: SentMessage, **_: object) -> None:
        states.append(message.state)

    message_changed.connect(listen)
    try:
        for name in order * 2:
            report(provider, message, name, name)
    finally:
        message_changed.disconnect(listen)
    assert message.state == SentMessage.State.DELIVERED
    assert message.delivered_at is not None
    assert states == sorted(set(states), key=["sent", "delivered"].index)


@pytest.mark.parametrize("order", [("e2", "e3"), ("e3", "e2")])
def test_a_delivery_ends_every_doubt(
    provider: FakeProvider, message: SentMessage, order: tuple[str, ...]
) -> None:
    report(provider, message, *order)
    assert (message.state, message.reason) == (SentMessage.State.DELIVERED, "")


def test_a_failure_has_its_reason_and_reports_of_others_are_ignored(
    provider: FakeProvider, message: SentMessage
) -> None:
    report(provider, message, "e2", "e1")
    assert (message.state, message.reason) == (SentMessage.State.FAILED, "absent")
    report(provider, SentMessage(pk=message.pk, key=uuid.uuid4()), "e3")
    assert message.state == SentMessage.State.FAILED


def test_the_provider_is_asked_for_a_lost_report(
    provider: FakeProvider, message: SentMessage
) -> None:
    ask_about_silent_messages()
    assert provider.questions == []
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        ask_about_silent_messages()
    message.refresh_from_db()
    assert (provider.questions, message.state) == ([message.key], SentMessage.State.ACCEPTED)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        ask_about_silent_messages()
    message.refresh_from_db()
    assert message.state == SentMessage.State.UNKNOWN
    report(provider, message, "e3")
    assert message.state == SentMessage.State.DELIVERED


def test_old_messages_are_deleted(settings: Settings, message: SentMessage) -> None:
    settings.MESSAGE_RETENTION_DAYS = 30
    delete_old_messages()
    assert SentMessage.objects.count() == 1
    with time_machine.travel(clock.now() + timedelta(days=31)):
        delete_old_messages()
    assert SentMessage.objects.count() == 0
