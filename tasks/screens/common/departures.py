"""Tasks that a user no longer sees because they have changed hands."""

from accounts.models import User
from accounts.visibility import visibility_of
from econtract.platform.common.errors import NotVisibleAnymore
from econtract.platform.common.formatting import format_with_zone
from tasks.models import HistoryEntry, SigningTask

TITLE = "Задание уже у другого сотрудника"
NOTHING_DONE = "Ваше действие не выполнено."


def find_departure(number: int, user: User, *, is_action: bool) -> NotVisibleAnymore | None:
    """The answer to a user who saw the task until it changed hands; None if they never saw it.

    They learn who did it, when, and who has the task now. With ``is_action`` also that what they
    have just requested was not done.
    """
    entries = HistoryEntry.objects.filter(task=number, kind=HistoryEntry.Kind.TAKEN_OVER)
    visibility = visibility_of(user)
    for entry in entries.select_related("actor").order_by("-pk"):
        if visibility.includes(entry.details.get("previous_id", 0)):
            manager = SigningTask.objects.select_related("manager").get(pk=number).manager
            sentences = [
                _describe(entry, user),
                f"Сейчас оно у сотрудника {manager}, и вам не видно.",
                *([NOTHING_DONE] if is_action else []),
            ]
            return NotVisibleAnymore(TITLE, " ".join(sentences))
    return None


def _describe(entry: HistoryEntry, user: User) -> str:
    """«28.11.2026 14:32 МСК задание 78 принял в работу сотрудник Петров А. П.»"""
    start = f"{format_with_zone(entry.at)} задание {entry.task_id}"
    is_own = entry.actor_id == user.pk
    actor = "вы" if is_own else f"сотрудник {entry.actor}" if entry.actor else "администратор"
    receiver = entry.details["new"]
    match entry.name:
        case "taken_over":
            return f"{start} {'приняли' if is_own else 'принял'} в работу {actor}."
        case "given_back":
            return f"{start} {'вернули' if is_own else 'вернул'} сотруднику {receiver} {actor}."
        case _:
            return f"{start} {'передали' if is_own else 'передал'} сотруднику {receiver} {actor}."
