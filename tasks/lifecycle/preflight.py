"""The checks before a document is sent: the same list for the card, the guard and the step.

The card shows the list, and `tasks.lifecycle.guards` allows `send_document` by the same list. Its
own lines concern the client, the document and the account; the others come from the task's
signing channel.
"""

from archive.models import DocumentVersion
from clients.rules.usability import check_usable
from econtract.platform.common import clock
from econtract.platform.common.refusals import Refusal
from edo.channels.protocol import PreflightCheck
from tasks.channels import channel_for
from tasks.models import SigningTask

CLIENT_UNUSABLE = "client_unusable"
DOCUMENT_MISSING = Refusal("document_missing", "Вложите документ.")
REVIEW_PENDING = Refusal(
    "review_pending",
    "Страницы документа никто не просмотрел, а при преобразовании что-то могло измениться.",
    "Просмотрите их и подтвердите.",
)
REATTACH = "Открепите его и загрузите снова."
WAIT = "Подождите немного."
PENDING_CODES = frozenset({"conversion_pending", "archive_code_pending"})


def run_checks(task: SigningTask, *, fresh: bool = False) -> tuple[PreflightCheck, ...]:
    """All checks, in the order in which a manager can fix what they find. No outside call.

    Expensive checks may be cached for up to 30 s; ``fresh`` skips the cache.
    """
    sender = _check_sender(task, fresh=True) if fresh else _get_sender_checks(task)
    channel = channel_for(task)
    recipient = [channel.get_recipient_check()] if channel.can_check_recipient else []
    return (
        PreflightCheck("Клиент", tuple(client_refusals(task))),
        *recipient,
        _check_document(task),
        PreflightCheck("Лицевой счет", tuple(account_refusals(task))),
        *sender,
    )


def _check_document(task: SigningTask) -> PreflightCheck:
    """A document that the system is still working on is not wrong: the check is not known yet."""
    problems = tuple(document_refusals(task.document_version))
    is_known = not any(problem.code in PENDING_CODES for problem in problems)
    return PreflightCheck("Документ", problems, is_known=is_known)


def sending_refusals(task: SigningTask, *, fresh: bool) -> list[Refusal]:
    """Why the document cannot be sent now; empty: it can (docs/rules.md#signing)."""
    blocking = [check for check in run_checks(task, fresh=fresh) if check.is_blocking]
    return [refusal for check in blocking for refusal in check.refusals]


def client_refusals(task: SigningTask) -> list[Refusal]:
    """Why no contract can be concluded with the client, according to their card; empty: it can."""
    reason = check_usable(task.client)
    if reason is None:
        return []
    fix = "Обновите карточку клиента, если это не так; иначе отмените задание."
    return [Refusal(CLIENT_UNUSABLE, f"{reason}.", fix)]


def document_refusals(version: DocumentVersion | None) -> list[Refusal]:
    """Why the document cannot be sent; empty: it can."""
    if version is None:
        return [DOCUMENT_MISSING]
    if version.state == DocumentVersion.State.FAILED:
        text = "Документ не удалось преобразовать в PDF."
        fix = "Замените файл, который назван." if version.is_joined else REATTACH
        return [Refusal("conversion_failed", text, fix)]
    if not version.is_ready:
        text = "Документ преобразуется в PDF."
        return [Refusal("conversion_pending", text, WAIT)]
    if version.needs_review:
        return [REVIEW_PENDING]
    if not version.archive_code:
        text = "Документ еще не принят электронным архивом."
        return [Refusal("archive_code_pending", text, WAIT)]
    return []


def account_refusals(task: SigningTask) -> list[Refusal]:
    """Why the account blocks signing; empty: it does not (docs/rules.md#account-check)."""
    if task.account_verified_at is None:
        text = "Лицевой счет не прошел проверку."
        return [Refusal("account_unverified", text, "Выполните «Проверка ЛС».")]
    return []


def sender_refusals(task: SigningTask, *, fresh: bool = False) -> list[Refusal]:
    """What the channel finds wrong on our own side. No outside call."""
    return [refusal for check in _check_sender(task, fresh=fresh) for refusal in check.refusals]


def _check_sender(task: SigningTask, *, fresh: bool) -> tuple[PreflightCheck, ...]:
    return channel_for(task).preflight(at=clock.now(), fresh=fresh)


def _get_sender_checks(task: SigningTask) -> tuple[PreflightCheck, ...]:
    """Cached on the task's object: a card needs them for its list and for its button."""
    cached: tuple[PreflightCheck, ...] | None = vars(task).get("_sender_checks")
    if cached is None:
        cached = vars(task)["_sender_checks"] = _check_sender(task, fresh=False)
    return cached
