"""One message, whatever is lost; limits; quiet hours; what is stored of a text."""

import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from clients.messages.errors import MessageRefused, QuietHours
from clients.messages.limits import delete_old_counts
from clients.messages.quiet_hours import _REGIONS_BY_ZONE, find_allowed_time, find_zone
from clients.messages.sending import send_email, send_sms
from clients.models import MessageCount, Region, SentMessage
from econtract.platform.common.errors import NotReadyYet, Unavailable
from tests.support.factories_clients import ClientFactory
from tests.support.fake_messages import FakeProvider

PHONE = "+79123456789"
State = SentMessage.State


def send(key: uuid.UUID | None = None, **values: Any) -> SentMessage:
    defaults = {"to": PHONE, "text": "Договор ждет подписи", "template": "signing_link"}
    return send_sms(key=key or uuid.uuid4(), **{**defaults, **values})


def test_a_message_is_sent_once_and_its_row_has_no_address(provider: FakeProvider) -> None:
    key = uuid.uuid4()
    assert send(key) == send(key)
    message = SentMessage.objects.get()
    assert provider.sent == {key: ["Договор ждет подписи"]}
    assert (message.state, message.provider_ref, message.parts) == (State.ACCEPTED, f"p-{key}", 1)
    assert message.text == "Договор ждет подписи"
    stored = " ".join(map(str, SentMessage.objects.values_list().get()))
    assert "3456789" not in stored
    assert "+7 ••• •••-67-89" in stored


def test_a_secret_is_not_stored(provider: FakeProvider) -> None:
    message = send(text="Код 123456. Договор", secret="123456")
    assert provider.sent[message.key] == ["Код 123456. Договор"]
    assert message.text == "Код ••••••. Договор"
    assert len(message.text_sha256) == 64


@pytest.mark.parametrize(
    ("lost", "calls"), [("lost_answers", ["Текст"]), ("lost_requests", ["Текст"])]
)
def test_after_a_lost_answer_the_provider_is_asked_before_a_repeat(
    provider: FakeProvider, lost: str, calls: list[str]
) -> None:
    setattr(provider, lost, 1)
    provider.state = "delivered"
    key = uuid.uuid4()
    with pytest.raises(Unavailable):
        send(key, text="Текст")
    assert SentMessage.objects.get().state == State.QUEUED
    message = send(key, text="Текст")
    assert provider.sent == {key: calls}
    assert provider.questions == [key]
    assert message.state == (State.DELIVERED if lost == "lost_answers" else State.ACCEPTED)


def test_two_workers_do_not_send_one_message(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second comes while the first waits for the answer; one that died frees the row later."""
    key = uuid.uuid4()
    first_send = provider.send_sms

    def send_and_die(**values: Any) -> Any:
        with pytest.raises(NotReadyYet):
            send(key)
        first_send(**values)
        raise KeyboardInterrupt

    monkeypatch.setattr(provider, "send_sms", send_and_die)
    with pytest.raises(KeyboardInterrupt):
        send(key)
    monkeypatch.undo()
    monkeypatch.setattr("clients.messages.sending.messages", lambda: provider)
    with pytest.raises(NotReadyYet):
        send(key)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=25)):
        assert send(key).state == State.ACCEPTED
    assert len(provider.sent[key]) == 1


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("subscriber_ban", "запретил рассылки"),
        ("sim_cooling", "через сутки"),
        ("absent", "вне сети"),
        ("number_unknown", "не существует"),
        ("template_not_approved", "шаблон"),
        ("something_new", "не назвал понятной причины"),
    ],
)
def test_a_refusal_is_final_and_says_what_to_do(
    provider: FakeProvider, code: str, sentence: str
) -> None:
    provider.refusal = code
    key = uuid.uuid4()
    with pytest.raises(MessageRefused, match=code):
        send(key)
    provider.refusal = ""
    with pytest.raises(MessageRefused) as error:
        send(key)
    assert error.value.code == code
    assert sentence in error.value.refusal.message
    assert error.value.refusal.fix
    assert (provider.sent, SentMessage.objects.get().reason) == ({}, code)


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        ("MESSAGES_PER_ADDRESS", {}),
        ("MESSAGES_PER_CLIENT", {"to": "+79120000000"}),
        ("MESSAGES_IN_ALL", {"to": "+79120000000", "client_id": None}),
    ],
)
def test_limits_of_a_day(
    provider: FakeProvider, settings: Settings, setting: str, values: dict[str, Any]
) -> None:
    client_id = ClientFactory().pk
    keys = [uuid.uuid4() for _ in range(2)]
    now = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        for key in keys:
            send(key, client_id=client_id)
        setattr(settings, setting, 2)
        send(keys[0], client_id=client_id)  # a repeat counts as nothing
        with pytest.raises(MessageRefused) as error:
            send(**{"client_id": client_id, **values})
    assert error.value.code == "limit"
    assert error.value.refusal.fix == "Следующее можно отправить 28.11.2026 в 13:00."
    with time_machine.travel(now + timedelta(hours=25), tick=False):
        send(**{"client_id": client_id, **values})
    assert len(provider.sent) == 3


@pytest.mark.django_db(transaction=True)
def test_of_messages_at_once_no_more_leave_than_allowed(
    provider: FakeProvider, settings: Settings
) -> None:
    settings.MESSAGES_PER_ADDRESS = 3
    start, refusals = threading.Barrier(8), []

    def work() -> None:
        start.wait(10)
        try:
            send()
        except MessageRefused as refusal:
            refusals.append(refusal.code)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(provider.sent), refusals) == (3, ["limit"] * 5)
    assert SentMessage.objects.count() == 3


def test_a_message_costs_the_same_however_many_there_were(
    provider: FakeProvider,
) -> None:
    """Counters of a day ago count for nothing, and are deleted."""
    client_id, now = ClientFactory().pk, datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    lengths = []
    for day in range(3):
        for hour in range(24):
            with (
                time_machine.travel(now + timedelta(days=day, hours=hour), tick=False),
                CaptureQueriesContext(connection) as queries,
            ):
                send(client_id=client_id, is_requested=True)
            lengths.append(len(queries))
    assert len(set(lengths[1:])) == 1
    assert {len(counter.hours) for counter in MessageCount.objects.all()} == {25}
    with time_machine.travel(now + timedelta(days=5), tick=False):
        delete_old_counts()
    assert not MessageCount.objects.exists()


@pytest.mark.parametrize(
    ("region", "utc", "allowed"),
    [
        ("Москва и Московская область", "2026-11-27T17:59", "2026-11-27T17:59"),
        ("Москва и Московская область", "2026-11-27T18:00", "2026-11-28T06:00"),
        ("Москва и Московская область", "2026-11-28T05:59", "2026-11-28T06:00"),
        ("Калининградская область", "2026-11-27T18:30", "2026-11-27T18:30"),
        ("Камчатский край", "2026-11-27T20:00", "2026-11-27T21:00"),
        ("Камчатский край", "2026-11-27T09:00", "2026-11-27T21:00"),
        ("Неизвестный край", "2026-11-27T18:00", "2026-11-28T06:00"),
    ],
)
def test_quiet_hours_are_those_of_the_region(
    settings: Settings, region: str, utc: str, allowed: str
) -> None:
    settings.MESSAGES_FROM_HOUR, settings.MESSAGES_TO_HOUR = 9, 21
    moment = datetime.fromisoformat(f"{utc}+00:00")
    assert find_allowed_time(moment, find_zone(region)) == datetime.fromisoformat(f"{allowed}Z")


def test_only_what_nobody_asked_for_waits_for_the_morning(
    provider: FakeProvider, settings: Settings
) -> None:
    settings.MESSAGES_FROM_HOUR, settings.MESSAGES_TO_HOUR = 9, 21
    with time_machine.travel(datetime(2026, 11, 27, 20, 0, tzinfo=UTC), tick=False):
        with pytest.raises(QuietHours) as error:
            send()
        send(is_requested=True)
        send_email(
            key=uuid.uuid4(), to="a@b.ru", subject="Тема", text="Текст", template="signing_link"
        )
    assert error.value.allowed_at == datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
    assert error.value.seconds == 10 * 3600
    assert len(provider.sent) == 2


@pytest.mark.django_db
def test_every_region_with_a_zone_is_one_of_the_directory() -> None:
    call_command("load_reference", verbosity=0)
    regions = set(Region.objects.values_list("name", flat=True))
    assert {name for names in _REGIONS_BY_ZONE.values() for name in names} <= regions
