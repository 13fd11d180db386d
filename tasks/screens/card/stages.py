"""The stepper of a card: the stages of the task, the current one, and how long each took."""

from dataclasses import dataclass
from datetime import timedelta

from econtract.platform.common import clock
from econtract.platform.common.formatting import format_duration, format_running_time
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import FAILURES, Stage, Status, status_rows

STAGE_LABELS = {Stage.DONE: "Выполнено"}


@dataclass(frozen=True)
class StepperStage:
    """One stage: ``state`` is done, current, error or todo; ``time`` is «14 мин» or ""."""

    label: str
    state: str
    time: str


def build_stepper(task: SigningTask, entries: list[HistoryEntry]) -> list[StepperStage]:
    """The task's stages in order. Only tasks that need approval have «Согласование»."""
    durations = sum_durations(entries)
    stages = [stage for stage in Stage if stage != Stage.APPROVAL or task.approval_needed]
    current_stage = _current_stage(task, entries)
    current = stages.index(current_stage) if current_stage in stages else 0
    return [
        StepperStage(
            _stage_label(stage, task),
            _stage_state(index, current, task),
            _describe_duration(stage, task, durations, index, current),
        )
        for index, stage in enumerate(stages)
    ]


def _current_stage(task: SigningTask, entries: list[HistoryEntry]) -> Stage:
    """The task's stage; for a cancelled task, the one in which it was cancelled."""
    if task.status != Status.CANCELLED:
        return task.stage
    last_status = next(
        (e.old_status for e in reversed(entries) if e.new_status == Status.CANCELLED), ""
    )
    return status_rows()[Status(last_status)].stage if last_status else Stage.IDENTIFICATION


def _stage_label(stage: Stage, task: SigningTask) -> str:
    if stage == Stage.DONE and task.status == Status.CANCELLED:
        return "Отменено"
    return STAGE_LABELS.get(stage, str(stage.label))


def _stage_state(index: int, current: int, task: SigningTask) -> str:
    if index < current or task.status == Status.COMPLETED:
        return "done"
    if index > current:
        return "todo"
    has_failed = task.status in FAILURES or task.status == Status.CANCELLED
    return "error" if has_failed else "current"


def _describe_duration(
    stage: Stage, task: SigningTask, durations: dict[Stage, timedelta], index: int, current: int
) -> str:
    if index > current or stage == Stage.DONE or stage not in durations:
        return ""
    return (
        format_running_time(durations[stage])
        if index == current
        else format_duration(durations[stage])
    )


def sum_durations(entries: list[HistoryEntry]) -> dict[Stage, timedelta]:
    """How long the task has been in each stage, over all the times it entered the stage."""
    transitions = [entry for entry in entries if entry.new_status]
    durations: dict[Stage, timedelta] = {}
    for index, entry in enumerate(transitions):
        end = transitions[index + 1].at if index + 1 < len(transitions) else clock.now()
        stage = status_rows()[Status(entry.new_status)].stage
        durations[stage] = durations.get(stage, timedelta()) + (end - entry.at)
    return durations
