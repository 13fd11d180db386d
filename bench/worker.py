"""The Celery application of the measured workers: the product's own, with a stop-watch.

BENCH_NOTES names the file to which every job is noted, one line of JSON each: its outbox job (null
for the bare task), when it ended, how many seconds it took, and how many of them were spent in
outside calls. With BENCH_OUTSIDE=instant outside calls answer at once, in this process.
"""

import json
import os
import time
import uuid
from collections.abc import Callable
from typing import Any

import django
from django.db import connection, transaction

from econtract.celery import app
from econtract.platform.common.http import Answer, OutsideHttp

django.setup()  # the modules with models need it

from econtract.platform.outbox import worker  # noqa: E402

__all__ = ["app", "bare"]

_notes = os.open(os.environ["BENCH_NOTES"], os.O_APPEND | os.O_CREAT | os.O_WRONLY)
_outside = 0.0


def _note(job: int | None, began: float, outside: float = 0.0) -> None:
    now = time.monotonic()
    line = {"job": job, "at": now, "seconds": now - began, "outside": outside}
    os.write(_notes, json.dumps(line).encode() + b"\n")


@app.task(name="bench.bare")
def bare(row: int) -> None:
    """The least that a safe step can be: locks, updates, writes one event and commits."""
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT status FROM bench_row WHERE id = %s FOR UPDATE", [row])
        (status,) = cursor.fetchone()
        cursor.execute("UPDATE bench_row SET status = 'done', at = now() WHERE id = %s", [row])
        cursor.execute(
            "INSERT INTO bench_event (row_id, at, old, new) VALUES (%s, now(), %s, 'done')",
            [row, status],
        )
    _note(None, began)


def _timed_run(run: Callable[[int], None]) -> Callable[[int], None]:
    def timed(job_id: int) -> None:
        global _outside
        _outside, began = 0.0, time.monotonic()
        run(job_id)
        _note(job_id, began, _outside)

    return timed


def _timed_request(request: Callable[..., Answer]) -> Callable[..., Answer]:
    def timed(self: OutsideHttp, *args: Any, **more: Any) -> Answer:
        global _outside
        began = time.monotonic()
        try:
            return request(self, *args, **more)
        finally:
            _outside += time.monotonic() - began

    return timed


def _instant(self: OutsideHttp, *args: Any, **more: Any) -> Answer:
    """What every system says to a command: done, under this reference."""
    return Answer(self.system, 201, {}, json.dumps({"ref": str(uuid.uuid4())}).encode())


if os.environ.get("BENCH_OUTSIDE") == "instant":
    OutsideHttp.request = _instant  # type: ignore[method-assign]
else:
    OutsideHttp.request = _timed_request(OutsideHttp.request)  # type: ignore[method-assign]
worker.run_job = _timed_run(worker.run_job)  # type: ignore[assignment]
