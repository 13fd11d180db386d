"""The stepper: which stages a task goes through, where it stands, how long each took."""

from dataclasses import dataclass
from datetime import timedelta

from econtract.platform.common import clock
from econtract.platform.common.formatting import format_duration, format_running_time
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import FAILURES, Stage, Status, status_rows

LABELS = {Stage.DONE: "Выполнено"}


@dataclass(frozen=True)
class StepperStage:
    """One stage: ``state`` is done, current, error or todo; ``time`` is in words."""

    label: str
    state: str
    time: str


def stepper_stages(task: SigningTask, entries: list[HistoryEntry]) -> list[StepperStage]:
    """The task's stages in order. «Согласование» is there only for tasks that need it."""
    spent = time_per_stage(entries)
    stages = [stage for stage in Stage if stage != Stage.APPROVAL or task.approval_needed]
    current_stage = _current_stage(task, entries)
    current = stages.index(current_stage) if current_stage in stages else 0
    return [
        StepperStage(
            _label(stage, task),
            _state(index, current, task),
            _time(stage, task, spent, index, current),
        )
        for index, stage in enumerate(stages)
    ]


def _current_stage(task: SigningTask, entries: list[HistoryEntry]) -> Stage:
    """The stage in which the task is, or was when it was cancelled."""
    if task.status != Status.CANCELLED:
        return task.stage
    last = next((e.old_status for e in reversed(entries) if e.new_status == Status.CANCELLED), "")
    return status_rows()[Status(last)].stage if last else Stage.IDENTIFICATION


def _label(stage: Stage, task: SigningTask) -> str:
    if stage == Stage.DONE and task.status == Status.CANCELLED:
        return "Отменено"
    return LABELS.get(stage, str(stage.label))


def _state(index: int, current: int, task: SigningTask) -> str:
    if index < current or task.status == Status.COMPLETED:
        return "done"
    if index > current:
        return "todo"
    failed = task.status in FAILURES or task.status == Status.CANCELLED
    return "error" if failed else "current"


def _time(
    stage: Stage, task: SigningTask, spent: dict[Stage, timedelta], index: int, current: int
) -> str:
    if index > current or stage == Stage.DONE or stage not in spent:
        return ""
    return format_running_time(spent[stage]) if index == current else format_duration(spent[stage])


def time_per_stage(entries: list[HistoryEntry]) -> dict[Stage, timedelta]:
    """How long the task has been in each stage so far; a stage may be entered more than once."""
    transitions = [entry for entry in entries if entry.new_status]
    spent: dict[Stage, timedelta] = {}
    for index, entry in enumerate(transitions):
        end = transitions[index + 1].at if index + 1 < len(transitions) else clock.now()
        stage = status_rows()[Status(entry.new_status)].stage
        spent[stage] = spent.get(stage, timedelta()) + (end - entry.at)
    return spent
