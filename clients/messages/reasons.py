"""Why a message did not reach the client, and what the manager can do. docs/failures.md lists it.

The codes are those of the provider (docs/protocols.md, 8), besides those of `clients.messages`.
"""

from econtract.platform.common.refusals import Refusal

LIMIT = "limit"
# The phone may be the client's, but this SMS does not get there: an e-mail may.
WHERE_EMAIL_HELPS = frozenset({"subscriber_ban", "sim_cooling", "absent", "template_not_approved"})
_RESTART = "Уточните номер у клиента, исправьте контактное лицо и запросите идентификацию заново."

# Not a reason of the provider: what the law forbids us (docs/signing.md, «Simple signature»).
CONSENT_WITHDRAWN = Refusal(
    "consent_withdrawn",
    "Клиент отозвал согласие на обработку персональных данных, писать ему больше нельзя.",
    "Позвоните клиенту: он может дать согласие снова в разделе «Мои документы». Или подпишите "
    "документ через оператора ЭДО.",
)

REASONS = {
    reason.code: reason
    for reason in (
        CONSENT_WITHDRAWN,
        Refusal(
            "subscriber_ban",
            "Клиент запретил рассылки у своего оператора связи, поэтому СМС до него не доходят.",
            "Попросите его снять запрет у оператора связи и отправьте сообщение снова.",
        ),
        Refusal(
            "sim_cooling",
            "СИМ-карта клиента на охлаждении: после роуминга или долгого молчания оператор связи "
            "24 часа не доставляет СМС.",
            "Отправьте сообщение снова через сутки.",
        ),
        Refusal(
            "absent",
            "Телефон клиента выключен или вне сети, и СМС не доставлено.",
            "Позвоните клиенту и отправьте сообщение снова, когда он будет на связи.",
        ),
        Refusal("number_unknown", "Такого номера телефона не существует.", _RESTART),
        Refusal("bad_address", "Сервис сообщений не принял адрес клиента.", _RESTART),
        Refusal(
            LIMIT,
            "За сутки отправлено столько сообщений, сколько можно.",
            "Отправьте сообщение снова через сутки.",
        ),
        Refusal(
            "template_not_approved",
            "Оператор связи не согласовал шаблон этого сообщения.",
            "Сообщите администратору: шаблон согласуют у провайдера СМС.",
        ),
    )
}


def explain_reason(code: str) -> Refusal:
    """What ``code`` means; an unknown one says only that the message did not arrive."""
    return REASONS.get(code) or Refusal(
        code,
        "Сервис сообщений не доставил сообщение и не назвал понятной причины.",
        "Позвоните клиенту; если он на связи, отправьте сообщение снова.",
    )
