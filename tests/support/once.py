"""A pytest plugin for every round but the first (`-p tests.support.once`).

A test that touches no database answers the same on each: it has run in the first round.
"""

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects what has no need of the database, and says how many (pytest's closing line)."""
    here = [item for item in items if needs_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not needs_database(item)])
    items[:] = here


def needs_database(item: pytest.Item) -> bool:
    """Whether the test, or a fixture of its, asks pytest-django for the database."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(DATABASE_FIXTURES & fixtures)
