"""Why a document cannot be sent through an operator: codes, and texts for users."""

from enum import StrEnum

from econtract.platform.common.errors import Refused
from econtract.platform.common.refusals import Refusal
from edo.channels.operator.values import OperatorRefusalCode
from edo.channels.protocol import SigningRefused
from edo.signing.providers.protocol import (
    CONFIRMATION_DECLINED,
    CONFIRMATION_EXPIRED,
    CONFIRMATION_FAILED,
    KEY_BLOCKED,
    KEY_UNKNOWN,
)

SYSTEM = "edo"


class SendRefusalCode(StrEnum):
    """Codes of SigningRefused and of the checks before sending."""

    NO_BOX = "no_box"
    RECIPIENT_AMBIGUOUS = "recipient_ambiguous"
    RECIPIENT_LIQUIDATED = "recipient_liquidated"
    BOX_MODE_DIFFERS = "box_mode_differs"
    CONSENT_NEEDED = "consent_needed"
    CONSENT_PENDING = "consent_pending"
    CONSENT_DECLINED = "consent_declined"
    CLIENT_BLOCKED_BY_US = "client_blocked_by_us"
    SENDER_BLOCKED = "sender_blocked"
    ROAMING_UNAVAILABLE = "roaming_unavailable"
    INVITATION_UNANSWERED = "invitation_unanswered"
    CERTIFICATE_INVALID = "certificate_invalid"
    POWER_OF_ATTORNEY_INVALID = "power_of_attorney_invalid"
    KEY_BLOCKED = "key_blocked"
    KEY_UNKNOWN = "key_unknown"
    CONFIRMATION_DECLINED = "confirmation_declined"
    CONFIRMATION_EXPIRED = "confirmation_expired"
    CONFIRMATION_FAILED = "confirmation_failed"
    BOX_INACTIVE = "box_inactive"
    SIGNATORY_INACTIVE = "signatory_inactive"
    TRUST_UNKNOWN = "trust_unknown"
    TOO_LARGE = "too_large"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class ExchangeFailureCode(StrEnum):
    """Codes of `Exchange.failure` for failures after the sending."""

    SENDER_SIGNATURE_INVALID = "sender_signature_invalid"
    POWER_OF_ATTORNEY_INVALID = "power_of_attorney_invalid"
    RECIPIENT_SIGNATURE_INVALID = "recipient_signature_invalid"
    NOT_DELIVERED = "not_delivered"


TEXTS = {
    SendRefusalCode.NO_BOX: "У клиента нет ящика ни у одного оператора ЭДО с таким ИНН.",
    SendRefusalCode.RECIPIENT_AMBIGUOUS: "У клиента несколько ящиков, неясно, какой из них нужен.",
    SendRefusalCode.RECIPIENT_LIQUIDATED: "Организация клиента ликвидирована.",
    SendRefusalCode.BOX_MODE_DIFFERS: (
        "Один из ящиков, наш или клиента, тестовый, а другой – рабочий: между ними документы не "
        "ходят."
    ),
    SendRefusalCode.CONSENT_NEEDED: (
        "Клиент принимает документы только от своих контрагентов, а мы еще не контрагенты."
    ),
    SendRefusalCode.CONSENT_PENDING: "Клиент еще не принял наше приглашение к обмену документами.",
    SendRefusalCode.CONSENT_DECLINED: "Клиент отклонил приглашение к обмену документами.",
    SendRefusalCode.CLIENT_BLOCKED_BY_US: (
        "Наша организация прекратила обмен документами с клиентом у оператора ЭДО."
    ),
    SendRefusalCode.SENDER_BLOCKED: "Клиент заблокировал нашу организацию у оператора ЭДО.",
    SendRefusalCode.ROAMING_UNAVAILABLE: (
        "Клиент у другого оператора ЭДО, а роуминг с ним не настроен."
    ),
    SendRefusalCode.INVITATION_UNANSWERED: (
        "Клиент пригласил нашу организацию с документом, который нужно подписать."
    ),
    SendRefusalCode.CERTIFICATE_INVALID: "Сертификат подписанта недействителен.",
    SendRefusalCode.POWER_OF_ATTORNEY_INVALID: "У подписанта нет действующей МЧД.",
    SendRefusalCode.KEY_BLOCKED: "Ключ подписанта заблокирован в службе подписания.",
    SendRefusalCode.KEY_UNKNOWN: "Служба подписания не знает ключа подписанта.",
    SendRefusalCode.CONFIRMATION_DECLINED: "Подписант отклонил подписание документа на телефоне.",
    SendRefusalCode.CONFIRMATION_EXPIRED: (
        "Подписант не подтвердил подписание документа на телефоне в срок."
    ),
    SendRefusalCode.CONFIRMATION_FAILED: (
        "Сервис облачной подписи не завершил подписание документа."
    ),
    SendRefusalCode.TRUST_UNKNOWN: (
        "Проверить МЧД нельзя: не заданы доверенные корневые сертификаты."
    ),
    SendRefusalCode.TOO_LARGE: "Документ больше, чем принимает оператор ЭДО.",
    SendRefusalCode.WITHDRAWN: "Документ отозван до отправки.",
    SendRefusalCode.REJECTED: "Оператор ЭДО не принял документ.",
}

FIXES = {
    SendRefusalCode.NO_BOX: ("Попросите клиента открыть ящик у оператора ЭДО или проверьте ИНН."),
    SendRefusalCode.RECIPIENT_AMBIGUOUS: "Выберите ящик клиента.",
    SendRefusalCode.RECIPIENT_LIQUIDATED: "Проверьте карточку клиента.",
    SendRefusalCode.BOX_MODE_DIFFERS: "Выберите другой ящик клиента или другой ЛК ЭДО.",
    SendRefusalCode.CONSENT_NEEDED: (
        "Отправляйте: клиенту уйдет приглашение, а документ – после его согласия."
    ),
    SendRefusalCode.CONSENT_PENDING: "Попросите клиента принять его у своего оператора ЭДО.",
    SendRefusalCode.CONSENT_DECLINED: (
        "Договоритесь с клиентом и отправьте документ снова: приглашение уйдет еще раз."
    ),
    SendRefusalCode.CLIENT_BLOCKED_BY_US: (
        "Восстановите клиента в контрагентах у оператора ЭДО и отправьте документ снова."
    ),
    SendRefusalCode.SENDER_BLOCKED: (
        "Попросите клиента снять блокировку у своего оператора ЭДО и отправьте документ снова."
    ),
    SendRefusalCode.ROAMING_UNAVAILABLE: "Закажите роуминг с клиентом у оператора ЭДО.",
    SendRefusalCode.INVITATION_UNANSWERED: (
        "Подпишите этот документ у оператора ЭДО и отправьте наш снова."
    ),
    SendRefusalCode.CERTIFICATE_INVALID: (
        "Выберите другого подписанта или обновите его сертификат в справочнике."
    ),
    SendRefusalCode.POWER_OF_ATTORNEY_INVALID: (
        "Выберите другого подписанта или загрузите ему действующую МЧД."
    ),
    SendRefusalCode.CONFIRMATION_DECLINED: (
        "Согласуйте документ с подписантом и отправьте его снова или выберите другого подписанта."
    ),
    SendRefusalCode.CONFIRMATION_EXPIRED: (
        "Предупредите подписанта и отправьте документ снова: запрос придет ему на телефон."
    ),
    SendRefusalCode.CONFIRMATION_FAILED: (
        "Отправьте документ снова и предупредите подписанта: запрос придет ему на телефон еще раз."
    ),
    SendRefusalCode.TRUST_UNKNOWN: "Обратитесь в техническую поддержку.",
}

_CODES = {
    OperatorRefusalCode.STRANGER_FORBIDDEN: SendRefusalCode.CONSENT_NEEDED,
    OperatorRefusalCode.SENDER_BLOCKED: SendRefusalCode.SENDER_BLOCKED,
    OperatorRefusalCode.RECIPIENT_LIQUIDATED: SendRefusalCode.RECIPIENT_LIQUIDATED,
    OperatorRefusalCode.ROAMING_UNAVAILABLE: SendRefusalCode.ROAMING_UNAVAILABLE,
    OperatorRefusalCode.INVITATION_UNANSWERED: SendRefusalCode.INVITATION_UNANSWERED,
    OperatorRefusalCode.POWER_OF_ATTORNEY_INVALID: SendRefusalCode.POWER_OF_ATTORNEY_INVALID,
    OperatorRefusalCode.TOO_LARGE: SendRefusalCode.TOO_LARGE,
    KEY_BLOCKED: SendRefusalCode.KEY_BLOCKED,
    KEY_UNKNOWN: SendRefusalCode.KEY_UNKNOWN,
    CONFIRMATION_DECLINED: SendRefusalCode.CONFIRMATION_DECLINED,
    CONFIRMATION_EXPIRED: SendRefusalCode.CONFIRMATION_EXPIRED,
    CONFIRMATION_FAILED: SendRefusalCode.CONFIRMATION_FAILED,
}


def build_refusal(code: SendRefusalCode, text: str = "") -> Refusal:
    """A refusal with the usual text of ``code``, unless ``text`` is given, and its fix."""
    return Refusal(code, text or TEXTS[code], FIXES.get(code, ""))


def send_refused(code: SendRefusalCode, text: str = "") -> SigningRefused:
    """The error to raise, with the usual text of ``code`` unless ``text`` is given."""
    return SigningRefused(SYSTEM, code, text or TEXTS[code])


def to_signing_refused(refusal: Refused) -> SigningRefused:
    """Translate a refusal of the operator or the signing service."""
    if isinstance(refusal, SigningRefused):
        return refusal
    return send_refused(_CODES.get(refusal.code, SendRefusalCode.REJECTED))
