"""Lists of tasks in tests: tasks to show, and what a page or a file shows."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from accounts.models import User
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.factories import SigningTaskFactory


def make_task(
    manager: User, status: Status = Status.IDENTIFICATION_PENDING, **values: Any
) -> SigningTask:
    task: SigningTask = SigningTaskFactory(manager=manager, status=status, **values)
    return task


def numbers_on_page(response: Any) -> list[int]:
    """The task numbers of a list's page, in their order."""
    return [int(row["number"]) for row in response.context["rows"]]


def read_sheet(response: Any) -> list[tuple[Any, ...]]:
    """The rows of an xlsx file that was downloaded."""
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    assert book.active is not None
    return [tuple(cell.value for cell in row) for row in book.active.rows]
