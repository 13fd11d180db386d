"""Two users change one task: the second one is told who was faster, and when."""

from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.formatting import format_datetime
from econtract.platform.common.refusals import Refusal
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status


class Overtaken(ActionRefused):
    """The data is no longer what the user's page showed; nothing was changed.

    ``task`` is its current state; ``names`` are those of the history entries that may be the
    cause.
    """

    def __init__(self, task: SigningTask, what: str, *names: str) -> None:
        text = f"{what}{_by_whom(task, names)}."
        super().__init__(Refusal("changed_meanwhile", text, "Сравните и повторите, если нужно."))
        self.task = task


def build_wrong_status_refusal(task: SigningTask) -> Refusal:
    """For a transition that the page offered and the task's new status does not allow."""
    last = task.history.filter(kind=HistoryEntry.Kind.TRANSITION).select_related("actor").last()
    person = f", сотрудник {last.actor}" if last and last.actor else ""
    since = f"с {format_datetime(task.status_changed_at)}{person}"
    text = f"Действие не выполнено: задание уже в статусе «{Status(task.status).label}» {since}."
    return Refusal("status_changed_meanwhile", text)


def _by_whom(task: SigningTask, names: tuple[str, ...]) -> str:
    last = task.history.filter(name__in=names).select_related("actor").last()
    if last is None:
        return ""
    person = f", сотрудник {last.actor}" if last.actor else ""
    return f" {format_datetime(last.at)}{person}"
