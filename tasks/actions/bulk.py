"""What is done to many tasks at once. Each task stands for itself: one that cannot be done says
why and holds up no other. What a person does not see is «не найдено», like what is not there.
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
LONGEST_NUMBER = 15
NOT_FOUND = "Задание не найдено."


@dataclass(frozen=True)
class Outcome:
    """What became of one chosen task; an empty ``reason``: it was done."""

    number: int
    client: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Chosen:
    """The tasks that the person sees, and the numbers under which he sees none."""

    tasks: tuple[SigningTask, ...]
    missing: tuple[int, ...]

    @property
    def not_found(self) -> list[Outcome]:
        return [Outcome(number, reason=NOT_FOUND) for number in self.missing]


def numbers_of(values: Iterable[str]) -> list[int]:
    """The task numbers among ``values``, each once, in their order."""
    sensible = (one for one in values if one.isascii() and one.isdigit())
    return list(dict.fromkeys(int(one) for one in sensible if len(one) <= LONGEST_NUMBER))


def choose(user: User, numbers: list[int]) -> Chosen:
    """The tasks with ``numbers`` that ``user`` sees, in that order."""
    related = ("client", "manager", "document_version__pdf", "package__file")
    seen = SigningTask.objects.visible_to(user).select_related(*related).in_bulk(numbers)
    return Chosen(
        tuple(seen[number] for number in numbers if number in seen),
        tuple(number for number in numbers if number not in seen),
    )


def take_over(chosen: Chosen, actor: User, drawn_at: datetime | None = None) -> list[Outcome]:
    """«Принять в работу»; a task that somebody took after ``drawn_at`` stays with him."""
    faster = _taken_since(chosen, drawn_at)

    def take(task: SigningTask) -> None:
        if reasons := handover.take_refusals(task, actor):
            raise ActionRefused(*reasons)
        if task.number in faster:
            raise ActionRefused(handover.taken_by_another(task))
        handover.take_over(task=task, actor=actor)

    return _each(chosen, take)


def give_back(chosen: Chosen, actor: User) -> list[Outcome]:
    """The undo of `take_over`, as long as there is one (`tasks.actions.handover.give_back`)."""
    return _each(chosen, lambda task: handover.give_back(task=task, actor=actor))


def hand_over(chosen: Chosen, *, receiver: User, actor: User, comment: str) -> list[Outcome]:
    """«Передать», all to the same colleague with the same words."""
    return _each(
        chosen,
        lambda task: handover.hand_over(task=task, receiver=receiver, actor=actor, comment=comment),
    )


def _taken_since(chosen: Chosen, drawn_at: datetime | None) -> frozenset[int]:
    if drawn_at is None:
        return frozenset()
    taken = HistoryEntry.objects.filter(
        task__in=[task.pk for task in chosen.tasks],
        kind=HistoryEntry.Kind.TAKEN_OVER,
        at__gt=drawn_at,
    )
    return frozenset(taken.values_list("task_id", flat=True))


def _each(chosen: Chosen, act: Callable[[SigningTask], object]) -> list[Outcome]:
    outcomes = []
    for task in chosen.tasks:
        reason = ""
        try:
            act(task)
        except ActionRefused as refusal:
            reason = str(refusal)
        outcomes.append(Outcome(task.number, task.client.short_name, reason))
    return outcomes + chosen.not_found


@dataclass(frozen=True)
class Files:
    """What there is to download, under names that are safe and unique, and what there is not."""

    found: tuple[tuple[str, StoredFile], ...]
    lacking: tuple[Outcome, ...]


def files_of(chosen: Chosen) -> Files:
    """Of each task the signed package, or before that the PDF that is to be signed."""
    names, found, lacking = UniqueNames(), [], []
    for task in chosen.tasks:
        named = _file_of(task)
        if named is None:
            reason = "Документ не вложен или еще преобразуется."
            lacking.append(Outcome(task.number, task.client.short_name, reason))
        else:
            found.append((names.reserve(f"{task.number}_{named[0]}"), named[1]))
    return Files(tuple(found), (*lacking, *chosen.not_found))


def _file_of(task: SigningTask) -> tuple[str, StoredFile] | None:
    if task.status == Status.COMPLETED and task.package is not None:
        return safe_name(task.package.file_name, default="Пакет.zip"), task.package.file
    version = task.document_version
    if version is None or version.pdf is None:
        return None
    return f"{safe_stem(version.file_name, default='Документ')}.pdf", version.pdf
