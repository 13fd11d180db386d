"""Two users change one task: the second one is told who was faster, and when."""

from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.formatting import format_datetime
from econtract.platform.common.refusals import Refusal
from tasks.models import SigningTask


class Overtaken(ActionRefused):
    """The data is no longer what the user's page showed; nothing was changed.

    ``task`` is its current state; ``names`` are those of the history entries that may be the
    cause.
    """

    def __init__(self, task: SigningTask, what: str, *names: str) -> None:
        text = f"{what}{_by_whom(task, names)}."
        super().__init__(Refusal("changed_meanwhile", text, "Сравните и повторите, если нужно."))
        self.task = task


def _by_whom(task: SigningTask, names: tuple[str, ...]) -> str:
    last = task.history.filter(name__in=names).select_related("actor").last()
    if last is None:
        return ""
    person = f", сотрудник {last.actor}" if last.actor else ""
    return f" {format_datetime(last.at)}{person}"
