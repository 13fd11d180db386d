"""What a client reads when the SMS with their code was refused.

`clients.messages.reasons` has the same for managers, who have other ways on.
"""

from datetime import datetime

from clients.messages.errors import LimitReached, MessageRefused
from econtract.platform.common.formatting import format_with_zone

_TEXTS = {
    "subscriber_ban": (
        "СМС не отправлена: у вашего оператора связи включен запрет рассылок. "
        "Снимите его и получите код снова"
    ),
    "sim_cooling": (
        "СМС не отправлена: после роуминга или долгого молчания оператор связи 24 часа "
        "не доставляет СМС на вашу СИМ-карту. Получите код завтра"
    ),
    "absent": "СМС не отправлена: телефон вне сети. Проверьте связь и получите код снова",
}
_OTHER = (
    "СМС с кодом не отправлена. Позвоните своему менеджеру: он поможет или пришлет другую ссылку"
)


def explain_to_client(error: MessageRefused) -> str:
    """The sentence for a refusal; one that a client does not know only says whom to call."""
    if isinstance(error, LimitReached):
        return (
            "СМС не отправлена: за сутки отправлено столько сообщений, сколько можно. "
            f"Следующий код можно получить {format_with_zone(error.free_at)}"
        )
    return _TEXTS.get(error.refusal.code, _OTHER)


def explain_link_limit(limit: int, free_at: datetime) -> str:
    """The sentence for a link by which ``limit`` codes were created in a day."""
    return (
        f"По этой ссылке за сутки отправлено столько кодов, сколько можно: {limit}. "
        f"Следующий код можно получить {format_with_zone(free_at)}; если он нужен раньше, "
        "позвоните своему менеджеру."
    )
