"""A changed label in the tables needs no migration and no second place."""

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tasks import statuses
from tasks.models import SigningTask
from tasks.statuses import Resolution, Status


def test_a_new_label_is_shown_and_makes_no_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    def labels(choices: type[statuses.TableChoices]) -> dict[str, str]:
        return {code: f"Новое: {label}" for code, label in choices.read_labels().items()}

    monkeypatch.setattr(statuses, "_labels", labels)
    assert Status.COMPLETED.label == "Новое: Задание выполнено"
    assert dict(Resolution.choices)["no_answer"] == "Новое: Клиент не ответил в срок"
    task = SigningTask(status=Status.COMPLETED, resolution=Resolution.NO_ANSWER)
    assert task.get_status_display() == "Новое: Задание выполнено"
    assert task.get_resolution_display() == "Новое: Клиент не ответил в срок"

    loader = MigrationLoader(None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    assert "tasks" not in detector.changes(graph=loader.graph)
