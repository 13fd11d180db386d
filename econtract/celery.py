"""The Celery application: transport only. What must not be lost lives in `econtract.outbox`."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "econtract.settings")

app = Celery("econtract")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@app.on_after_configure.connect
def make_broker_folders(**_: object) -> None:
    """The file transport of the embedded default does not make its own folders."""
    if settings.BROKER_URL.startswith("filesystem://"):
        for folder in ("messages", "control"):
            (settings.BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
