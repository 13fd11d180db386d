"""Two people change one task: the second is told who was faster, when, and what there is now."""

from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.formatting import format_datetime
from econtract.platform.common.refusals import Refusal
from tasks.models import SigningTask


class Overtaken(ActionRefused):
    """The thing is no longer what the person's page showed; nothing was changed.

    ``task`` is as it is now; ``names`` are those of the history's entries that may be the cause.
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
