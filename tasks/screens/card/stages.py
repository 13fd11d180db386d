"""The stepper: which stages a task goes through, where it stands, how long each took."""

from dataclasses import dataclass
from datetime import timedelta

from econtract.platform.common import clock
from econtract.platform.common.formatting import lasting, running
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import FAILURES, Stage, Status, status_rows

LABELS = {Stage.DONE: "Выполнено"}


@dataclass(frozen=True)
class Step:
    """One stage: ``state`` is done, current, error or todo; ``time`` is in words."""

    label: str
    state: str
    time: str


def steps(task: SigningTask, entries: list[HistoryEntry]) -> list[Step]:
    """The task's stages in order. «Согласование» is there only for tasks that need it."""
    spent = time_per_stage(entries)
    course = [stage for stage in Stage if stage != Stage.APPROVAL or task.approval_needed]
    here = _stands_at(task, entries)
    place = course.index(here) if here in course else 0
    return [
        Step(_label(stage, task), _state(at, place, task), _time(stage, task, spent, at, place))
        for at, stage in enumerate(course)
    ]


def _stands_at(task: SigningTask, entries: list[HistoryEntry]) -> Stage:
    """The stage in which the task is, or was when it was cancelled."""
    if task.status != Status.CANCELLED:
        return task.stage
    last = next((e.old_status for e in reversed(entries) if e.new_status == Status.CANCELLED), "")
    return status_rows()[Status(last)].stage if last else Stage.IDENTIFICATION


def _label(stage: Stage, task: SigningTask) -> str:
    if stage == Stage.DONE and task.status == Status.CANCELLED:
        return "Отменено"
    return LABELS.get(stage, str(stage.label))


def _state(at: int, place: int, task: SigningTask) -> str:
    if at < place or task.status == Status.COMPLETED:
        return "done"
    if at > place:
        return "todo"
    failed = task.status in FAILURES or task.status == Status.CANCELLED
    return "error" if failed else "current"


def _time(
    stage: Stage, task: SigningTask, spent: dict[Stage, timedelta], at: int, place: int
) -> str:
    if at > place or stage == Stage.DONE or stage not in spent:
        return ""
    return running(spent[stage]) if at == place else lasting(spent[stage])


def time_per_stage(entries: list[HistoryEntry]) -> dict[Stage, timedelta]:
    """How long the task has been in each stage so far; a stage may be entered more than once."""
    moves = [entry for entry in entries if entry.new_status]
    spent: dict[Stage, timedelta] = {}
    for at, entry in enumerate(moves):
        end = moves[at + 1].at if at + 1 < len(moves) else clock.now()
        stage = status_rows()[Status(entry.new_status)].stage
        spent[stage] = spent.get(stage, timedelta()) + (end - entry.at)
    return spent
