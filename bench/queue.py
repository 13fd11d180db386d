"""`scripts/bench queue`: how long an ordinary task takes beside many heavy uploads.

Tasks run against the simulators, one at a time, with the processes of a small installation: two
workers and two converters on this machine. In every turn a task is measured alone and then while
heavy Excel files of several people are converted.

Uses a temporary database beside DATABASE_URL's; needs PostgreSQL and the Redis of BROKER_URL.
"""

import io
import statistics
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import cast

import openpyxl
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from pytest_django.fixtures import Settings

from accounts.models import User
from archive import document_jobs, documents
from archive.models import DocumentVersion
from bench.gates import Gate, at_least, at_most, figure
from bench.pipeline import make_stack, temporary_database
from econtract.platform.outbox.models import OutboxJob
from edo.models import Box
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support import sandbox as simulators
from tests.support import world
from tests.support.sandbox import Sandbox
from tests.support.stack import Stack, wait_for

UPLOADS, PEOPLE, TASKS = 40, 4, 12
DELAY_BAR = 1.5
ROWS, COLUMNS = 3_000, 12

phone_numbers = count(1)


def run() -> list[Gate]:
    """The gates, and figures for information."""
    with (
        temporary_database(),
        tempfile.TemporaryDirectory() as folder,
        simulators.running(Path(folder)) as sandbox,
        override_settings(),
    ):
        world.connect(cast(Settings, settings), sandbox)
        world.install()
        return _measure(sandbox)


def _measure(sandbox: Sandbox) -> list[Gate]:
    manager = world.make_manager()
    uploaders = [world.make_manager() for _ in range(PEOPLE)]
    sandbox.autopilot(on=True)
    with make_stack(sandbox) as stack:
        for _ in range(2):
            stack.start_worker(concurrency=1, queues="celery")
        stack.start_converter(concurrency=2)
        stack.start_beat()
        _run_task(manager, stack)  # caches are cold
        idle = [_run_task(manager, stack) for _ in range(TASKS)]
        _upload(uploaders)
        busy = [_run_task(manager, stack) for _ in range(TASKS)]
        unfinished = OutboxJob.objects.open().filter(kind=document_jobs.CONVERT).count()
    return [
        figure("queue: seconds a task alone", statistics.median(idle)),
        figure(f"queue: seconds beside {UPLOADS} heavy uploads", statistics.median(busy)),
        at_most(
            "queue: beside ÷ alone", statistics.median(busy) / statistics.median(idle), DELAY_BAR
        ),
        at_least("queue: uploads still waiting at the end of the measurement", unfinished, 1),
    ]


def _run_task(manager: User, stack: Stack) -> float:
    """Seconds from the creation of a task to its end."""
    start = time.monotonic()
    task = world.create_task(manager, phone=f"+7912{next(phone_numbers):07}")
    Box.objects.exclude(pk=task.box_id).update(active=False)  # their feeds are empty
    row = SigningTask.objects.filter(pk=task.pk, status=Status.COMPLETED)
    wait_for(row.exists, f"task {task.pk}", stack, seconds=300)
    return time.monotonic() - start


def _upload(people: list[User]) -> None:
    for number in range(UPLOADS):
        # Different bytes: a conversion is not done twice for the same file.
        upload = SimpleUploadedFile("Приложение.xlsx", _heavy_workbook(number))
        documents.upload_version(upload=upload, user=people[number % len(people)])
    if DocumentVersion.objects.filter(state=DocumentVersion.State.CONVERTING).count() == 0:
        raise RuntimeError("No document is waiting for its conversion")


def _heavy_workbook(number: int) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Тарифы")
    for row in range(ROWS):
        sheet.append([f"Услуга {number}-{row}-{column}" for column in range(COLUMNS)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
