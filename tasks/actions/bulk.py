"""Actions on many tasks at once.

Each task has a result of its own: one that is refused says why and does not stop the others. A
task that the user may not see is «не найдено», like one that does not exist.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from archive.models import StoredFile
from archive.package.names import UniqueNames, safe_name, safe_stem
from econtract.platform.common.errors import ActionRefused
from tasks.actions import handover
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status

LIMIT = 100
MAX_NUMBER_LENGTH = 15
NOT_FOUND = "Задание не найдено."


@dataclass(frozen=True)
class BulkResult:
    """The result for one selected task; ``reason`` says why it was refused, "" if it was not."""

    number: int
    client: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Selection:
    """The selected tasks that the user may see, and the numbers of the others."""

    tasks: tuple[SigningTask, ...]
    missing: tuple[int, ...]

    @property
    def missing_results(self) -> list[BulkResult]:
        return [BulkResult(number, reason=NOT_FOUND) for number in self.missing]


def parse_numbers(values: Iterable[str]) -> list[int]:
    """The task numbers among ``values``, without repeats, in their order."""
    numeric = (value for value in values if value.isascii() and value.isdigit())
    return list(dict.fromkeys(int(value) for value in numeric if len(value) <= MAX_NUMBER_LENGTH))


def select_tasks(user: User, numbers: list[int]) -> Selection:
    """The tasks with ``numbers`` that ``user`` sees, in that order."""
    related = (
        "client",
        "manager",
        "document_version__pdf",
        "package__file",
        "package__stamped_file",
    )
    visible = SigningTask.objects.visible_to(user).select_related(*related).in_bulk(numbers)
    return Selection(
        tuple(visible[number] for number in numbers if number in visible),
        tuple(number for number in numbers if number not in visible),
    )


def take_over(
    selection: Selection, actor: User, rendered_at: datetime | None = None
) -> list[BulkResult]:
    """«Принять в работу»; a task that somebody has taken over after ``rendered_at`` is refused."""
    taken = _find_taken_over_since(selection, rendered_at)

    def take(task: SigningTask) -> None:
        if reasons := handover.take_refusals(task, actor):
            raise ActionRefused(*reasons)
        if task.number in taken:
            raise ActionRefused(handover.build_taken_refusal(task))
        handover.take_over(task=task, actor=actor)

    return _apply_to_each(selection, take)


def give_back(selection: Selection, actor: User) -> list[BulkResult]:
    """Undoes `take_over`, while that is possible (`tasks.actions.handover.give_back`)."""
    return _apply_to_each(selection, lambda task: handover.give_back(task=task, actor=actor))


def hand_over(
    selection: Selection, *, receiver: User, actor: User, comment: str
) -> list[BulkResult]:
    """«Передать»: all to the same colleague with the same comment."""
    return _apply_to_each(
        selection,
        lambda task: handover.hand_over(task=task, receiver=receiver, actor=actor, comment=comment),
    )


def _find_taken_over_since(selection: Selection, rendered_at: datetime | None) -> frozenset[int]:
    if rendered_at is None:
        return frozenset()
    entries = HistoryEntry.objects.filter(
        task__in=[task.pk for task in selection.tasks],
        kind=HistoryEntry.Kind.TAKEN_OVER,
        at__gt=rendered_at,
    )
    return frozenset(entries.values_list("task_id", flat=True))


def _apply_to_each(selection: Selection, act: Callable[[SigningTask], object]) -> list[BulkResult]:
    results = []
    for task in selection.tasks:
        reason = ""
        try:
            act(task)
        except ActionRefused as refusal:
            reason = str(refusal)
        results.append(BulkResult(task.number, task.client.short_name, reason))
    return results + selection.missing_results


@dataclass(frozen=True)
class SelectedFiles:
    """The files to download, under safe and unique names, and the tasks that have none."""

    files: tuple[tuple[str, StoredFile], ...]
    without_file: tuple[BulkResult, ...]


def collect_files(selection: Selection) -> SelectedFiles:
    """The signed package of each task; before there is one, the PDF that is to be signed."""
    names, files, without_file = UniqueNames(), [], []
    for task in selection.tasks:
        file = _pick_file(task)
        if file is None:
            reason = "Документ не вложен или еще преобразуется."
            without_file.append(BulkResult(task.number, task.client.short_name, reason))
        else:
            files.append((names.reserve(f"{task.number}_{file[0]}"), file[1]))
    return SelectedFiles(tuple(files), (*without_file, *selection.missing_results))


def _pick_file(task: SigningTask) -> tuple[str, StoredFile] | None:
    if task.status == Status.COMPLETED and task.package is not None:
        return safe_name(task.package.file_name, default="Пакет.zip"), task.package.download_file
    version = task.document_version
    if version is None or version.pdf is None:
        return None
    return f"{safe_stem(version.file_name, default='Документ')}.pdf", version.pdf
