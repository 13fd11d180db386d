"""The figures on tabs and chips against the lists that they promise."""

import pytest

from accounts.models import User
from accounts.roles import Role
from tasks.counters import counters_of
from tasks.models import SigningTask
from tasks.statuses import IN_WORK, quick_filters, resolutions_of
from tests.support.factories import SigningTaskFactory, UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def everything() -> User:
    """An administrator who also manages a third of tasks in every status and resolution."""
    user: User = UserFactory(roles=[Role.ADMINISTRATOR, Role.MANAGER])
    other = UserFactory(roles=[Role.MANAGER])
    client = ClientFactory()
    version = ContactFactory(linked_to=client).current
    kinds = [(status, r) for status in IN_WORK for r in ["", *sorted(resolutions_of(status))]]
    for at, (status, resolution) in enumerate(kinds):
        SigningTaskFactory(
            status=status,
            resolution=resolution,
            manager=user if at % 3 else other,
            client=client,
            contact_version=version,
        )
    return user


def test_every_figure_is_the_length_of_its_list(everything: User) -> None:
    counters = counters_of(everything)
    seen = SigningTask.objects.visible_to(everything).in_work()
    mine = seen.of_manager(everything)
    assert (counters.seen, counters.mine) == (seen.count(), mine.count())
    for code in quick_filters():
        assert counters.seen_by_chip[code] == seen.with_quick_filter(code).count()
        assert counters.mine_by_chip[code] == mine.with_quick_filter(code).count()
    assert all(counters.seen_by_chip.values())


def test_one_who_sees_nothing_counts_nothing(everything: User) -> None:
    counters = counters_of(UserFactory())
    assert (counters.mine, counters.seen) == (0, 0)


def test_the_figures_take_one_query(everything: User, django_assert_num_queries: object) -> None:
    user = User.objects.get(pk=everything.pk)
    assert user.role_codes
    with django_assert_num_queries(1):  # type: ignore[operator]
        counters_of(user)
