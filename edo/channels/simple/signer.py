"""The client's person who signs, and what the channel has to know about them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from clients.messages.reasons import CONSENT_WITHDRAWN
from clients.models import ContactVersion
from econtract.platform.common.refusals import Refusal
from edo.channels.simple.agreements import get_texts_in_force, has_withdrawn_consent
from edo.models import AgreementText

NOT_IDENTIFIED = Refusal(
    "signer_not_identified",
    "Подписать по СМС может только тот, кто прошел идентификацию с этим номером телефона.",
    "Запросите идентификацию.",
)
NO_TEXTS = Refusal(
    "no_agreement_texts",
    "В системе нет текстов, которые клиент принимает перед подписанием по СМС.",
    "Обратитесь к администратору: тексты добавляются в разделе «Тексты для клиента».",
)


class IdentificationMethod(StrEnum):
    """How a person was identified. Values never change: they are hashed."""

    GOSUSLUGI = "gosuslugi"
    # The person sent documents through the service, and an employee accepted them.
    GOSUSLUGI_DOCUMENTS = "gosuslugi_documents"


@dataclass(frozen=True, kw_only=True)
class Identification:
    """The identification that a signature rests on; `reference` is the request's at the service.

    `confirmed_by` is the id of the employee who accepted the documents, if there were any.
    """

    at: datetime
    reference: str
    method: IdentificationMethod
    confirmed_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs by SMS for the client.

    `identified_at` is None for a person who has yet to be identified; `find_identification` reads
    the rest of it, and returns None then. `region` (a name) has the time zone of quiet hours;
    `reference` is what the messaging service shows. `build_address` makes the address of the
    signing page from a token.
    """

    version: ContactVersion
    client_id: int
    client_inn: str
    identified_at: datetime | None
    region: str
    reference: str
    time_to_sign: timedelta
    build_address: Callable[[str], str]
    find_identification: Callable[[], Identification | None]


def find_signer_problems(signer: Signer) -> list[Refusal]:
    """Why no document can be signed by SMS with this person now; empty: it can."""
    problems = []
    if signer.identified_at is None:
        problems.append(NOT_IDENTIFIED)
    if has_withdrawn_consent(signer.version.contact_id):
        problems.append(CONSENT_WITHDRAWN)
    if len(get_texts_in_force()) < len(AgreementText.Kind):
        problems.append(NO_TEXTS)
    return problems
