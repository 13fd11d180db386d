"""The Celery application of the measured workers: the product's own, plus timing.

BENCH_TIMINGS names the file to which each job appends a line of JSON: its outbox job (null for the
bare task), when it ended, how many seconds it took, and how many of them were spent in outside
calls. With BENCH_OUTSIDE=instant outside calls return a response at once, without HTTP.
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
from econtract.platform.common.http import OutsideHttp
from econtract.platform.common.http_responses import OutsideResponse

django.setup()  # the next import loads models

from econtract.platform.outbox import worker  # noqa: E402

__all__ = ["app", "bare"]

_timings = os.open(os.environ["BENCH_TIMINGS"], os.O_APPEND | os.O_CREAT | os.O_WRONLY)
_outside_seconds = 0.0


def _record_timing(job: int | None, start: float, outside: float = 0.0) -> None:
    now = time.monotonic()
    line = {"job": job, "at": now, "seconds": now - start, "outside": outside}
    os.write(_timings, json.dumps(line).encode() + b"\n")


@app.task(name="bench.bare")
def bare(row: int) -> None:
    """A minimal safe step: lock and update a row, insert an event, commit."""
    start = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT status FROM bench_row WHERE id = %s FOR UPDATE", [row])
        (status,) = cursor.fetchone()
        cursor.execute("UPDATE bench_row SET status = 'done', at = now() WHERE id = %s", [row])
        cursor.execute(
            "INSERT INTO bench_event (row_id, at, old, new) VALUES (%s, now(), %s, 'done')",
            [row, status],
        )
    _record_timing(None, start)


def _with_timing(run: Callable[[int], None]) -> Callable[[int], None]:
    def run_and_record(job_id: int) -> None:
        global _outside_seconds
        _outside_seconds, start = 0.0, time.monotonic()
        run(job_id)
        _record_timing(job_id, start, _outside_seconds)

    return run_and_record


def _with_outside_timing(request: Callable[..., OutsideResponse]) -> Callable[..., OutsideResponse]:
    def request_and_add(self: OutsideHttp, *args: Any, **kwargs: Any) -> OutsideResponse:
        global _outside_seconds
        start = time.monotonic()
        try:
            return request(self, *args, **kwargs)
        finally:
            _outside_seconds += time.monotonic() - start

    return request_and_add


def _succeed_at_once(self: OutsideHttp, *args: Any, **kwargs: Any) -> OutsideResponse:
    """The response of any system to a successful command."""
    return OutsideResponse(self.system, 201, {}, json.dumps({"ref": str(uuid.uuid4())}).encode())


if os.environ.get("BENCH_OUTSIDE") == "instant":
    OutsideHttp.request = _succeed_at_once  # type: ignore[method-assign]
else:
    OutsideHttp.request = _with_outside_timing(OutsideHttp.request)  # type: ignore[method-assign]
worker.run_job = _with_timing(worker.run_job)  # type: ignore[assignment]
