"""What a client reads when the SMS with their code was refused.

`clients.messages.reasons` has the same for managers, who have other ways on.
"""

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
    "limit": "На ваш номер за сутки отправлено столько СМС, сколько можно. Получите код завтра",
}
_OTHER = (
    "СМС с кодом не отправлена. Позвоните своему менеджеру: он поможет или пришлет другую ссылку"
)


def explain_to_client(code: str) -> str:
    """The sentence for a refusal with ``code``; an unknown one only says whom to call."""
    return _TEXTS.get(code, _OTHER)
