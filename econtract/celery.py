"""The Celery application: transport only; the outbox holds what must not be lost."""

import os
from typing import Any

from celery import Celery, signals
from django.conf import settings
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "econtract.settings")

app = Celery("econtract")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="celery_tasks")


@app.on_after_configure.connect
def make_broker_folders(**_: object) -> None:
    """The file transport of the embedded default does not make its own folders."""
    if settings.BROKER_URL.startswith("filesystem://"):
        for folder in ("messages", "control"):
            (settings.BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)


@signals.task_prerun.connect
@signals.task_postrun.connect
def keep_good_connections(sender: Any, **_: object) -> None:
    """Between Celery tasks a connection to the database is judged as between two requests.

    Celery would close it (CELERY_DB_REUSE_MAX): a new one takes longer than most jobs, and has no
    statement prepared.
    """
    if not sender.request.is_eager:
        close_old_connections()
