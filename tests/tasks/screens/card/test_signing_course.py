"""«Ход подписания» on the card: what happened with the links and codes, and when."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from edo import records
from edo.evidence_chain.kinds import RecordKind
from edo.models import SimpleSigning
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tests.support.cards import make, text_of
from tests.support.factories import SimpleSigningFactory
from tests.tasks.screens.card.test_live import MAX_QUERIES

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
Kind = RecordKind


@pytest.fixture
def task(owner: User) -> SigningTask:
    owner.time_zone = "Asia/Novosibirsk"
    owner.save()
    signing = SimpleSigningFactory(progress=SimpleSigning.Progress.SENT)
    return make(owner, Status.DOCUMENT_SIGNING, channel=Channel.SMS, simple_signing=signing)


def append(task: SigningTask, *happenings: tuple[RecordKind, dict[str, Any]]) -> None:
    """One record a minute."""
    for minute, (kind, facts) in enumerate(happenings):
        moment = NOW + timedelta(minutes=minute)
        with time_machine.travel(moment, tick=False), transaction.atomic():
            records.append(task.simple_signing, kind, facts=facts)


def course_of(web: Client, task: SigningTask) -> list[tuple[str, str]]:
    """Times and texts in the block, oldest first."""
    page = web.get(f"/tasks/{task.number}/").content.decode()
    block = page.partition('id="card-signing"')[2].partition("</section>")[0]
    events = []
    for event in re.findall(r"<li class=.event.*?</li>", block, re.DOTALL):
        time = re.findall(r"<time[^>]*>[\d.]+ ([^<]+)<", event)[0]
        texts = re.findall(r"<p[^>]*>([^<]+)</p>", event)
        events.append((time, ": ".join(texts)))
    return events[::-1]


def test_every_step_has_its_time_in_the_zone_of_the_user(web: Client, task: SigningTask) -> None:
    append(
        task,
        (Kind.LINK_CREATED, {}),
        (Kind.LINK_SENT, {}),
        (Kind.LINK_FAILED, {"reason": "absent"}),
        (Kind.LINK_DELIVERED, {}),
        (Kind.LINK_OPENED, {}),
        (Kind.PAGE_SHOWN, {"page": 1}),
        (Kind.END_REACHED, {}),
        (Kind.CODE_SENT, {}),
        (Kind.CODE_CHECKED, {"is_right": True}),
        (Kind.SIGNED, {}),
    )
    assert course_of(web, task) == [
        ("16:01:00 МСК+4", "Ссылка отправлена"),
        (
            "16:02:00 МСК+4",
            "Не доставлена: Телефон клиента выключен или вне сети, и СМС не доставлено.",
        ),
        ("16:03:00 МСК+4", "Доставлена"),
        ("16:04:00 МСК+4", "Открыта"),
        ("16:06:00 МСК+4", "Документ прочитан"),
        ("16:07:00 МСК+4", "Код отправлен"),
        ("16:09:00 МСК+4", "Подписано"),
    ]


@pytest.mark.parametrize(
    ("kind", "facts", "text"),
    [
        (Kind.REFUSED, {}, "Отказ"),
        (Kind.WRONG_NUMBER, {}, "Это не номер клиента"),
        (Kind.REVOKED, {"end": "expired"}, "Срок истек"),
        (Kind.REVOKED, {"end": "revoked"}, "Отозвано"),
    ],
)
def test_how_a_signing_ended(
    web: Client, task: SigningTask, kind: RecordKind, facts: dict[str, Any], text: str
) -> None:
    append(task, (Kind.LINK_SENT, {}), (kind, facts))
    assert course_of(web, task)[-1] == ("16:01:00 МСК+4", text)


def test_codes_one_after_another_are_one_step(web: Client, task: SigningTask) -> None:
    codes = [(Kind.CODE_SENT, {}), (Kind.CODE_CHECKED, {"is_right": False})] * 3
    append(task, (Kind.LINK_SENT, {}), *codes)
    assert course_of(web, task)[1:] == [("16:05:00 МСК+4", "Код отправлен (3)")]


def test_a_link_that_never_left_is_in_the_course(web: Client, task: SigningTask) -> None:
    SimpleSigning.objects.update(
        state=SimpleSigning.State.FAILED,
        progress=SimpleSigning.Progress.UNDELIVERED,
        reason="Такого номера телефона не существует.",
        finished_at=NOW,
    )
    assert course_of(web, task) == [("16:00:00 МСК+4", "Не доставлена")]
    assert "Такого номера телефона не существует." in text_of(web.get(f"/tasks/{task.number}/"))


def test_the_course_is_live(web: Client, task: SigningTask) -> None:
    append(task, (Kind.LINK_SENT, {}))
    url = web.get(f"/tasks/{task.number}/").context["live_url"]
    assert web.get(url).status_code == 204
    with transaction.atomic():
        records.append(task.simple_signing, Kind.LINK_OPENED)
    answer = web.get(url)
    assert answer.context["regions"] == ["signing"]
    assert "Открыта" in text_of(answer)


def test_the_course_costs_one_query_and_has_an_end(
    web: Client, task: SigningTask, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    append(task, *[(Kind.LINK_SENT, {}), (Kind.LINK_DELIVERED, {})] * 30)
    web.get(f"/tasks/{task.number}/")
    with django_assert_max_num_queries(MAX_QUERIES):
        page = web.get(f"/tasks/{task.number}/")
    assert len(page.context["card"].signing.course) == 50
