"""A pytest plugin for every round but the first (`-p tests.support.plugins.once`).

A test that touches no database answers the same on each, and so does a look through a browser at
pages that the test's own process serves: they have run in the first round. The stories that drive
the product's real processes (mark `processes`) run on every database.
"""

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects what has no need of the database, and says how many (pytest's closing line)."""
    here = [item for item in items if needs_database(item) and not looks_at_pages(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in here])
    items[:] = here


def needs_database(item: pytest.Item) -> bool:
    """Whether the test, or a fixture of its, asks pytest-django for the database."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(DATABASE_FIXTURES & fixtures)


def looks_at_pages(item: pytest.Item) -> bool:
    """Whether the test is about what a browser makes of a page."""
    marks = {mark.name for mark in item.iter_markers()}
    return "browser" in marks and "processes" not in marks
