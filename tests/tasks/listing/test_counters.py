"""The figures on tabs and chips against the lists that they promise."""

import pytest

from accounts.models import User
from accounts.roles import Role
from tasks.listing import counters
from tasks.listing.counters import counters_of, in_short
from tasks.models import SigningTask
from tasks.statuses import IN_WORK, Status, quick_filters, resolutions_of
from tests.support.factories import SigningTaskFactory, UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory
from tests.support.people import make_people

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
    seen = SigningTask.objects.visible_to(everything).in_work()
    mine = seen.of_manager(everything.pk)
    for tab, tasks in {"my": mine, "all": seen}.items():
        figures = counters_of(everything, chips_of=tab)
        assert (figures.seen, figures.mine) == (seen.count(), mine.count())
        for code in quick_filters():
            assert figures.by_chip[code] == tasks.with_quick_filter(code).count() > 0


def test_everybodys_figures_are_those_of_what_he_sees() -> None:
    people = {who: user for who, user in make_people().items() if user is not None}
    for status in (Status.IDENTIFIED, Status.SIGNING_FAILED, Status.CANCELLED):
        for manager in people.values():
            SigningTaskFactory(manager=manager, status=status)
    lengths = set()
    for who, person in people.items():
        seen = SigningTask.objects.visible_to(person)
        mine = SigningTask.objects.own_of(person).in_work()
        figures = counters_of(person, chips_of="all")
        assert (who, figures.mine, figures.seen) == (who, mine.count(), seen.in_work().count())
        assert figures.by_chip["errors"] == seen.with_quick_filter("errors").count()
        lengths.add(figures.seen)
    assert len(lengths) > 3, "the people must differ in what they see"


def test_a_chip_and_its_rule_for_one_task_agree(everything: User) -> None:
    for code, chip in quick_filters().items():
        under = SigningTask.objects.with_quick_filter(code)
        covered = [t for t in SigningTask.objects.all() if chip.matches(t.status, t.resolution)]
        assert set(under) == set(covered)


def test_nothing_is_counted_to_its_end(everything: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "COUNTED", 2)
    figures = counters_of(everything, chips_of="all")
    assert (figures.seen, figures.by_chip["errors"]) == (3, 3)
    assert (in_short(2), in_short(3)) == (2, "2+")


def test_one_who_sees_nothing_counts_nothing(everything: User) -> None:
    figures = counters_of(UserFactory(), chips_of="all")
    assert (figures.mine, figures.seen, set(figures.by_chip.values())) == (0, 0, {0})


def test_the_figures_take_one_query(everything: User, django_assert_num_queries: object) -> None:
    user = User.objects.get(pk=everything.pk)
    assert user.role_codes
    with django_assert_num_queries(1):  # type: ignore[operator]
        counters_of(user, chips_of="my")
