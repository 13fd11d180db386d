"""Why a document cannot go out: stable codes and the words for the manager."""

from enum import StrEnum

from econtract.platform.common.errors import Refused
from edo.channels.operator.gateway import OperatorRefusal
from edo.signing.service import KEY_BLOCKED, KEY_UNKNOWN

SYSTEM = "edo"


class SendRefusal(StrEnum):
    """Codes of Refused that the exchange's actions raise."""

    NO_BOX = "no_box"
    STRANGER_FORBIDDEN = "stranger_forbidden"
    CERTIFICATE_INVALID = "certificate_invalid"
    POWER_OF_ATTORNEY_INVALID = "power_of_attorney_invalid"
    KEY_BLOCKED = "key_blocked"
    KEY_UNKNOWN = "key_unknown"
    BOX_INACTIVE = "box_inactive"
    SIGNATORY_INACTIVE = "signatory_inactive"
    TRUST_UNKNOWN = "trust_unknown"
    TOO_LARGE = "too_large"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class Failure(StrEnum):
    """Codes of `Exchange.failure` that are found out after sending."""

    SENDER_SIGNATURE_INVALID = "sender_signature_invalid"
    POWER_OF_ATTORNEY_INVALID = "power_of_attorney_invalid"
    RECIPIENT_SIGNATURE_INVALID = "recipient_signature_invalid"


ALREADY_SIGNED = OperatorRefusal.ALREADY_SIGNED.value

TEXTS = {
    SendRefusal.NO_BOX: "У клиента нет ящика ни у одного оператора ЭДО с таким ИНН и КПП.",
    SendRefusal.STRANGER_FORBIDDEN: (
        "Клиент принимает документы только от своих контрагентов и не принял наше приглашение."
    ),
    SendRefusal.CERTIFICATE_INVALID: "Сертификат подписанта недействителен.",
    SendRefusal.POWER_OF_ATTORNEY_INVALID: "У подписанта нет действующей МЧД.",
    SendRefusal.KEY_BLOCKED: "Ключ подписанта заблокирован в службе подписания.",
    SendRefusal.KEY_UNKNOWN: "Служба подписания не знает ключа подписанта.",
    SendRefusal.TRUST_UNKNOWN: "Проверить МЧД нельзя: не заданы доверенные корневые сертификаты.",
    SendRefusal.TOO_LARGE: "Документ больше, чем принимает оператор ЭДО.",
    SendRefusal.WITHDRAWN: "Документ отозван до отправки.",
    SendRefusal.REJECTED: "Оператор ЭДО не принял документ.",
}

FIXES = {
    SendRefusal.NO_BOX: "Попросите клиента открыть ящик у оператора ЭДО или проверьте ИНН и КПП.",
    SendRefusal.STRANGER_FORBIDDEN: "Попросите клиента принять приглашение нашей организации.",
    SendRefusal.CERTIFICATE_INVALID: (
        "Выберите другого подписанта или обновите его сертификат в справочнике."
    ),
    SendRefusal.POWER_OF_ATTORNEY_INVALID: (
        "Выберите другого подписанта или загрузите ему действующую МЧД."
    ),
    SendRefusal.TRUST_UNKNOWN: "Обратитесь в техническую поддержку.",
}

_OF_OTHERS = {
    OperatorRefusal.NO_BOX: SendRefusal.NO_BOX,
    OperatorRefusal.STRANGER_FORBIDDEN: SendRefusal.STRANGER_FORBIDDEN,
    OperatorRefusal.POWER_OF_ATTORNEY_INVALID: SendRefusal.POWER_OF_ATTORNEY_INVALID,
    OperatorRefusal.TOO_LARGE: SendRefusal.TOO_LARGE,
    KEY_BLOCKED: SendRefusal.KEY_BLOCKED,
    KEY_UNKNOWN: SendRefusal.KEY_UNKNOWN,
}


class SendRefused(Refused):
    """A refusal with words for the manager: `message` is the Russian text alone."""

    def __init__(self, code: SendRefusal, text: str = "") -> None:
        super().__init__(SYSTEM, code, text)
        self.message = text or TEXTS[code]


def in_our_words(refusal: Refused) -> SendRefused:
    """A refusal of the operator or the signing service as one of ours."""
    if isinstance(refusal, SendRefused):
        return refusal
    return SendRefused(_OF_OTHERS.get(refusal.code, SendRefusal.REJECTED))
