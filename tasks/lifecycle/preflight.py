"""What must be in order before a document goes out: one list for the card, the door and the step.

The card shows the list, the door lets `send_document` through by it: what is shown and what is
allowed cannot differ. Only the client's box is asked about outside, and only when a person wants
to know: the operator tells at the sending in any case, so that line alone never blocks.
"""

from dataclasses import dataclass

from django.core.cache import cache

from archive.models import DocumentVersion
from clients.usability import why_unusable
from econtract.platform.common import clock
from econtract.platform.common.errors import OutsideError
from econtract.platform.common.refusals import Refusal
from edo.channels.operator.exchanges import SendRefusal, preflight
from tasks.models import SigningTask

CLIENT_UNUSABLE = "client_unusable"
ABOUT_CERTIFICATE = frozenset({SendRefusal.CERTIFICATE_INVALID})
ABOUT_POWER = frozenset({SendRefusal.POWER_OF_ATTORNEY_INVALID, SendRefusal.TRUST_UNKNOWN})
ABOUT_CLIENT_BOX = frozenset({SendRefusal.NO_BOX, SendRefusal.STRANGER_FORBIDDEN})

NOT_ASKED = Refusal("client_box_not_asked", "Проверяется при отправке.")
NO_ANSWER = Refusal(
    "client_box_unknown", "Оператор ЭДО не отвечает.", "Ящик проверится при отправке."
)
DOCUMENT_MISSING = Refusal("document_missing", "Вложите документ.")
WAIT = "Подождите немного."
# Long enough to read the card by; a client who has opened a box meanwhile is asked about again.
ANSWER_SECONDS = 600


@dataclass(frozen=True)
class Check:
    """One line: nothing wrong, or `refusals`.

    `blocks` – the door refuses while there are reasons; `known` – it has been looked at.
    """

    label: str
    refusals: tuple[Refusal, ...] = ()
    blocks: bool = True
    known: bool = True

    @property
    def ok(self) -> bool:
        return self.known and not self.refusals


def checks(task: SigningTask, *, fresh: bool = False) -> tuple[Check, ...]:
    """The whole list, in the order in which things are put in order. No outside call.

    Without ``fresh`` the power of attorney may have been verified half a minute ago.
    """
    found = signatory_problems(task, fresh=True) if fresh else _known_problems(task)
    certificate = [item for item in found if item.code in ABOUT_CERTIFICATE]
    power = [item for item in found if item.code in ABOUT_POWER]
    rest = [item for item in found if item not in (*certificate, *power)]
    return (
        Check("Клиент", tuple(client_problems(task))),
        client_box(task),
        Check("Документ", tuple(document_problems(task.document_version))),
        Check("Лицевой счет", tuple(account_problems(task))),
        Check("ЛК ЭДО и подписант", tuple(rest)),
        Check("Сертификат подписанта", tuple(certificate)),
        Check("МЧД и полномочия", tuple(power)),
    )


def refusals_of_sending(task: SigningTask, *, fresh: bool) -> list[Refusal]:
    """Why the document cannot be sent now; empty: it can (docs/rules.md#signing)."""
    found = checks(task, fresh=fresh)
    return [refusal for check in found if check.blocks for refusal in check.refusals]


def client_problems(task: SigningTask) -> list[Refusal]:
    """A client with whom no contract can be concluded, as our card of him says."""
    reason = why_unusable(task.client)
    if reason is None:
        return []
    fix = "Обновите карточку клиента, если это не так; иначе отмените задание."
    return [Refusal(CLIENT_UNUSABLE, f"{reason}.", fix)]


def document_problems(version: DocumentVersion | None) -> list[Refusal]:
    """What keeps the document from being sent."""
    if version is None:
        return [DOCUMENT_MISSING]
    if version.state == DocumentVersion.State.FAILED:
        text = "Документ не удалось преобразовать в PDF."
        return [Refusal("conversion_failed", text, "Открепите его и загрузите снова.")]
    if not version.is_ready:
        text = "Документ преобразуется в PDF."
        return [Refusal("conversion_pending", text, WAIT)]
    if not version.archive_code:
        text = "Документ еще не принят электронным архивом."
        return [Refusal("archive_code_pending", text, WAIT)]
    return []


def account_problems(task: SigningTask) -> list[Refusal]:
    """An account that has not passed blocks signing (docs/rules.md#account-check)."""
    if task.account_verified_at is None:
        text = "Лицевой счет не прошел проверку."
        return [Refusal("account_unverified", text, "Выполните «Проверка ЛС».")]
    return []


def signatory_problems(
    task: SigningTask, *, ask_operator: bool = False, fresh: bool = False
) -> list[Refusal]:
    """The exchange's own list for this task. Raises OutsideError with ``ask_operator`` alone.

    ``fresh``: nothing in it is remembered, for the one who sends.
    """
    return preflight(
        box=task.box,
        signatory=task.signatory,
        recipient_inn=task.client.inn,
        recipient_kpp=task.client.kpp,
        at=clock.now(),
        ask_operator=ask_operator,
        fresh=fresh,
    )


def _known_problems(task: SigningTask) -> list[Refusal]:
    """Kept with the task's object: a card asks for its list, and for the reasons of its button."""
    found: list[Refusal] | None = vars(task).get("_problems")
    if found is None:
        found = vars(task)["_problems"] = signatory_problems(task)
    return found


def client_box(task: SigningTask) -> Check:
    """What the operator said of the client's box when it was last asked."""
    check: Check | None = cache.get(_cache_key(task))
    return check or Check("Ящик клиента", (NOT_ASKED,), blocks=False, known=False)


def ask_about_client_box(task: SigningTask) -> Check:
    """Asks the operator now and remembers the answer for the card; never raises."""
    try:
        found = signatory_problems(task, ask_operator=True)
    except OutsideError:
        return Check("Ящик клиента", (NO_ANSWER,), blocks=False, known=False)
    about = [item for item in found if item.code in ABOUT_CLIENT_BOX]
    check = Check("Ящик клиента", tuple(about), blocks=False)
    cache.set(_cache_key(task), check, ANSWER_SECONDS)
    return check


def _cache_key(task: SigningTask) -> str:
    return f"client-box:{task.box_id}:{task.client.inn}:{task.client.kpp}"
