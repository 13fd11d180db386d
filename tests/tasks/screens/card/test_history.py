"""«История задания» and the texts of its events."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from econtract.platform.outbox.models import OutboxJob
from tasks.models import Comment, HistoryEntry, SigningTask
from tasks.pipeline.cabinet import CreateCabinet
from tasks.statuses import Resolution, Status
from tasks.transitions import Actor
from tests.support.factories import HistoryEntryFactory
from tests.support.people import browser_of


@pytest.fixture
def task_with_history(owner: User, task: SigningTask) -> SigningTask:
    """A task with one entry of every kind."""
    at = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    HistoryEntryFactory(
        task=task, name="submit", old_status="", acted_as=Actor.MANAGER, actor=owner, at=at
    )
    HistoryEntryFactory(
        task=task,
        name="identification_failed",
        old_status=Status.IDENTIFICATION_PENDING,
        new_status=Status.IDENTIFICATION_FAILED,
        resolution=Resolution.DATA_REFUSED,
        comment="Не хочу",
        acted_as=Actor.CLIENT,
    )
    HistoryEntryFactory(
        task=task,
        kind=HistoryEntry.Kind.EDITED,
        name="contact_edited",
        old_status="",
        new_status="",
        acted_as=Actor.MANAGER,
        actor=owner,
        details={"changed": {"phone": ["+79120000001", "+79123456789"]}},
    )
    HistoryEntryFactory(
        task=task,
        kind=HistoryEntry.Kind.TAKEN_OVER,
        name="taken_over",
        old_status="",
        new_status="",
        acted_as=Actor.MANAGER,
        actor=owner,
        details={"previous": "Петрова А. П.", "new": "Иванова А. П."},
    )
    return task


def page(owner: User, task: SigningTask, show: str = "") -> str:
    response = browser_of(owner).get(f"/tasks/{task.number}/history/{show}")
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


def test_every_event_shows_user_time_and_change(
    owner: User, task_with_history: SigningTask
) -> None:
    text = page(owner, task_with_history)
    for expected in [
        "21.11.2026 12:30:00 МСК",
        f"{owner} (менеджер)",
        "Ожидание идентификации → Ошибка идентификации",
        "Отказ клиента от предоставления данных. Не хочу",
        "Контактное лицо изменено",
        "<del>+7 912 000-00-01</del> → <ins>+7 912 345-67-89</ins>",
        "Принято в работу: Петрова А. П. → Иванова А. П.",
    ]:
        assert expected in text, expected


def test_the_newest_comes_first(owner: User, task_with_history: SigningTask) -> None:
    text = page(owner, task_with_history)
    assert text.index("Принято в работу") < text.index("Задание создано")


def test_events_of_one_second_are_in_their_order(owner: User, task: SigningTask) -> None:
    """Comments and calls of systems among them, the call before the change that it caused."""
    second = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def at(milliseconds: int) -> datetime:
        return second + timedelta(milliseconds=milliseconds)

    HistoryEntryFactory(task=task, name="submit", old_status="", at=at(100))
    Comment.objects.create(task=task, author=owner, text="Жду паспорт", created_at=at(200))
    OutboxJob.objects.create(
        kind=CreateCabinet.kind,
        subject=task.number,
        queue_key=task.queue_key,
        state=OutboxJob.State.DONE,
        attempts=2,
        closed_at=at(300),
    )
    HistoryEntryFactory(
        task=task,
        kind=HistoryEntry.Kind.EDITED,
        name="contact_edited",
        old_status="",
        new_status="",
        at=at(300),
    )
    Comment.objects.create(task=task, author=owner, text="Прислали", created_at=at(400))
    text = page(owner, task)
    events = ["Прислали", "Контактное лицо изменено", "2 попытки", "Жду паспорт", "Задание создано"]
    assert sorted(events, key=text.index) == events
    card = browser_of(owner).get(f"/tasks/{task.number}/").content.decode()
    recent = card[card.index("h-history") : card.index("h-comments")]
    assert sorted(events[:2] + events[3:], key=recent.index) == events[:2] + events[3:]
    assert "Жду паспорт" not in page(owner, task, "?show=system")


def test_the_filters_tell_users_events_from_systems(
    owner: User, task_with_history: SigningTask
) -> None:
    people, system = (
        page(owner, task_with_history, "?show=people"),
        page(owner, task_with_history, "?show=system"),
    )
    assert "Контактное лицо изменено" in people
    assert "Ошибка идентификации" not in people
    assert "Ошибка идентификации" in system
    assert "Контактное лицо изменено" not in system


def test_times_are_in_the_users_time_zone(owner: User, task_with_history: SigningTask) -> None:
    owner.time_zone = "Asia/Yekaterinburg"
    owner.save()
    assert "21.11.2026 14:30:00 МСК+2" in page(owner, task_with_history)


def test_an_empty_history_says_so(owner: User, task: SigningTask) -> None:
    assert "Таких событий пока нет" in page(owner, task)
