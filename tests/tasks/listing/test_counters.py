"""The counts on tabs and quick filters (`tasks.listing.counters`) against the lists themselves."""

import pytest

from accounts.models import User
from accounts.roles import Role
from econtract.platform.listing.counters import count_label
from tasks.listing import counters
from tasks.listing.counters import count_tasks
from tasks.models import SigningTask
from tasks.statuses import IN_WORK, Status, quick_filters, resolutions_of
from tests.support.factories import SigningTaskFactory, UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory
from tests.support.people import make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    """Also the manager of two thirds of the tasks, which have every status and resolution."""
    user: User = UserFactory(roles=[Role.ADMINISTRATOR, Role.MANAGER])
    other = UserFactory(roles=[Role.MANAGER])
    client = ClientFactory()
    version = ContactFactory(client=client).current
    pairs = [(status, r) for status in IN_WORK for r in ["", *sorted(resolutions_of(status))]]
    for i, (status, resolution) in enumerate(pairs):
        SigningTaskFactory(
            status=status,
            resolution=resolution,
            manager=user if i % 3 else other,
            client=client,
            contact_version=version,
        )
    return user


def test_every_count_is_the_length_of_its_list(administrator: User) -> None:
    visible = SigningTask.objects.visible_to(administrator).in_work()
    own = visible.of_manager(administrator.pk)
    for tab, tasks in {"my": own, "all": visible}.items():
        counts = count_tasks(administrator, quick_filters_of=tab)
        assert (counts.visible, counts.own) == (visible.count(), own.count())
        for code in quick_filters():
            assert counts.by_quick_filter[code] == tasks.with_quick_filter(code).count() > 0


def test_a_user_has_counts_of_the_tasks_that_they_see() -> None:
    users = {who: user for who, user in make_people().items() if user is not None}
    for status in (Status.IDENTIFIED, Status.SIGNING_FAILED, Status.CANCELLED):
        for manager in users.values():
            SigningTaskFactory(manager=manager, status=status)
    lengths = set()
    for who, user in users.items():
        visible = SigningTask.objects.visible_to(user)
        own = SigningTask.objects.own_of(user).in_work()
        counts = count_tasks(user, quick_filters_of="all")
        expected = (who, own.count(), visible.in_work().count())
        assert (who, counts.own, counts.visible) == expected
        assert counts.by_quick_filter["errors"] == visible.with_quick_filter("errors").count()
        lengths.add(counts.visible)
    assert len(lengths) > 3, "the users must differ in what they see"


@pytest.mark.usefixtures("administrator")
def test_a_quick_filter_agrees_with_its_rule_for_one_task() -> None:
    for code, quick_filter in quick_filters().items():
        tasks = SigningTask.objects.with_quick_filter(code)
        matches = [
            task
            for task in SigningTask.objects.all()
            if quick_filter.matches(task.status, task.resolution)
        ]
        assert set(tasks) == set(matches)


def test_counting_stops_at_the_limit(administrator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "COUNT_LIMIT", 2)
    monkeypatch.setattr("econtract.platform.listing.counters.COUNT_LIMIT", 2)
    counts = count_tasks(administrator, quick_filters_of="all")
    assert (counts.visible, counts.by_quick_filter["errors"]) == (3, 3)
    assert (count_label(2), count_label(3)) == (2, "2+")


@pytest.mark.usefixtures("administrator")
def test_a_user_who_sees_nothing_has_zeros() -> None:
    counts = count_tasks(UserFactory(), quick_filters_of="all")
    assert (counts.own, counts.visible, set(counts.by_quick_filter.values())) == (0, 0, {0})


def test_the_counts_take_one_query(administrator: User, django_assert_num_queries: object) -> None:
    user = User.objects.get(pk=administrator.pk)
    assert user.role_codes
    with django_assert_num_queries(1):  # type: ignore[operator]
        count_tasks(user, quick_filters_of="my")
