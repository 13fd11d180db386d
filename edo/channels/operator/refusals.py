"""Why a document cannot be sent through an operator: codes, and texts for users."""

from enum import StrEnum

from econtract.platform.common.errors import Refused
from econtract.platform.common.refusals import Refusal
from edo.channels.operator.gateway import OperatorRefusalCode
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
    STRANGER_FORBIDDEN = "stranger_forbidden"
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


TEXTS = {
    SendRefusalCode.NO_BOX: "У клиента нет ящика ни у одного оператора ЭДО с таким ИНН и КПП.",
    SendRefusalCode.STRANGER_FORBIDDEN: (
        "Клиент принимает документы только от своих контрагентов и не принял наше приглашение."
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
    SendRefusalCode.NO_BOX: (
        "Попросите клиента открыть ящик у оператора ЭДО или проверьте ИНН и КПП."
    ),
    SendRefusalCode.STRANGER_FORBIDDEN: (
        "Попросите клиента принять приглашение нашей организации."
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
    OperatorRefusalCode.NO_BOX: SendRefusalCode.NO_BOX,
    OperatorRefusalCode.STRANGER_FORBIDDEN: SendRefusalCode.STRANGER_FORBIDDEN,
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
