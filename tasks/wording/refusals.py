"""What a final refusal of an outside system means, as a Russian sentence for users.

The systems answer with codes and English texts; those go to the support request, never to a page.
docs/failures.md lists every sentence.
"""

from econtract.platform.common.errors import Refused
from edo.channels.protocol import SigningRefused
from tasks.wording.troubles import SYSTEMS

ARCHIVE_SENTENCES = {
    "archive_rejected": (
        "Электронный архив не принимает этот файл: проверьте вид документа и клиента."
    ),
    "too_large": "Файл больше, чем принимает электронный архив.",
}
# By system and code.
SENTENCES: dict[tuple[str, str], str] = {
    (
        "cabinet",
        "cabinet_exists",
    ): "Телефон контактного лица занят: по нему открыт ЛК другого клиента.",
    ("cabinet", "cabinet_bad_data"): (
        "Сервис личных кабинетов не принял данные: проверьте ИНН, ФИО, телефон и электронную почту."
    ),
    ("identity", "blacklisted"): "Сервис идентификации сообщает, что клиент в черных списках.",
    ("identity", "data_mismatch"): (
        "Сервис идентификации не принял данные: проверьте ФИО, телефон и электронную почту."
    ),
    ("edo", "revocation_rejected"): (
        "Клиент не согласился аннулировать документ: он остается в силе."
    ),
    ("edo", "revocation_requested_by_client"): (
        "Клиент сам предложил аннулировать документ: ответьте ему у оператора ЭДО."
    ),
    ("signing", "unknown_key"): "Служба подписания не знает ключа подписанта.",
    ("signing", "key_blocked"): "Ключ подписанта заблокирован в службе подписания.",
    **{
        (system, code): text
        for system in ("archive_apd", "archive_rio")
        for code, text in ARCHIVE_SENTENCES.items()
    },
}


def explain_refusal(refusal: Refused) -> str:
    """The sentence for ``refusal``; for an unknown code it names the system only."""
    if isinstance(refusal, SigningRefused):
        return refusal.message
    return explain_code(refusal.system, refusal.code)


def explain_code(system: str, code: str) -> str:
    """`explain_refusal` for a refusal that is stored as system and code."""
    name = SYSTEMS.get(system, "Внешняя система")
    return SENTENCES.get((system, code)) or f"{name}: запрос отклонен."
