"""Who else has a card open (`tasks.actions.presence`)."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import User
from econtract.platform.common import clock
from tasks.actions import presence
from tasks.models import SigningTask, Viewing
from tests.support.factories import SigningTaskFactory, UserFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def task() -> SigningTask:
    task: SigningTask = SigningTaskFactory()
    return task


@pytest.fixture
def colleagues() -> list[User]:
    return [UserFactory(last_name=name) for name in ("Яковлева", "Алексеева")]


def test_the_others_are_listed_by_name_without_the_user(
    task: SigningTask, colleagues: list[User]
) -> None:
    for user in (*colleagues, task.manager):
        presence.record_viewing(task, user)
    presence.record_viewing(SigningTaskFactory(), UserFactory())
    assert presence.other_viewers(task, task.manager) == tuple(sorted(map(str, colleagues)))


def test_a_viewer_disappears_when_their_card_stops_polling(
    task: SigningTask, colleagues: list[User]
) -> None:
    viewer = colleagues[0]
    with time_machine.travel(clock.now(), tick=False) as now:
        presence.record_viewing(task, viewer)
        now.shift(presence.SHOWN_FOR - SECOND)
        assert presence.other_viewers(task, task.manager) == (str(viewer),)
        now.shift(SECOND)
        assert presence.other_viewers(task, task.manager) == ()


def test_a_viewing_is_one_row_with_its_latest_time(
    task: SigningTask, colleagues: list[User]
) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        presence.record_viewing(task, colleagues[0])
        now.shift(presence.SHOWN_FOR)
        presence.record_viewing(task, colleagues[0])
        assert Viewing.objects.get().seen_at == clock.now()
        assert presence.other_viewers(task, task.manager) == (str(colleagues[0]),)


def test_only_old_viewings_are_deleted(task: SigningTask, colleagues: list[User]) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        presence.record_viewing(task, colleagues[0])
        now.shift(presence.RETENTION)
        presence.record_viewing(task, colleagues[1])
        presence.delete_old_viewings()
        assert Viewing.objects.count() == 2
        now.shift(SECOND)
        presence.delete_old_viewings()
        assert [viewing.user for viewing in Viewing.objects.all()] == [colleagues[1]]


def test_viewers_are_recorded_often_enough_to_stay_listed() -> None:
    assert presence.RECORD_INTERVAL * 2 < presence.SHOWN_FOR
