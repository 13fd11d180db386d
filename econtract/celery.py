"""The Celery application. It only transports messages: the outbox stores the jobs."""

import os
from typing import Any

from celery import Celery, signals
from django.conf import settings
from django.db import close_old_connections

from econtract import startup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "econtract.settings")

with startup.stop_on_wrong_settings():
    BROKER_URL = settings.BROKER_URL  # loads the settings

app = Celery("econtract")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@signals.celeryd_init.connect
@signals.beat_init.connect
def check_installation(**_: object) -> None:
    """Worker and beat start with complete settings only."""
    startup.check_installation()


@app.on_after_configure.connect
def create_broker_folders(**_: object) -> None:
    """Creates the folders of the file transport, which is used without Redis."""
    if BROKER_URL.startswith("filesystem://"):
        for folder in ("messages", "control"):
            (settings.BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)


@signals.task_prerun.connect
@signals.task_postrun.connect
def close_stale_connections(sender: Any, **_: object) -> None:
    """Treats database connections between two Celery tasks as Django does between two requests.

    Celery would close them all (but for CELERY_DB_REUSE_MAX). A new connection takes longer than
    most jobs and has no prepared statements.
    """
    if not sender.request.is_eager:
        close_old_connections()
