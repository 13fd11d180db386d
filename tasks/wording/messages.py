"""What the client is told, by SMS and by e-mail. Without «ё», as every text of the product."""

from dataclasses import dataclass
from typing import Any

from clients.messages.texts import safe_name
from tasks.models import SigningTask

MAX_COMMENT_LENGTH = 300


@dataclass(frozen=True)
class Message:
    """``link`` is the one in the text, by which anybody could act for the client; "" for none."""

    subject: str
    text: str
    link: str = ""


TEMPLATES = {
    "identification_link": Message(
        "Подтвердите личность для заключения договора",
        "Ростелеком: подтвердите личность для подписания документа ({kind} № {number}): {link}",
    ),
    "identification_reminder": Message(
        "Напоминание: подтвердите личность",
        "Ростелеком: ждем подтверждения личности для документа № {number}: {link}",
    ),
    "authority_declined": Message(
        "Нужны другие документы о полномочиях",
        "Ростелеком: документы о полномочиях не приняты: {comment}. Пришлите другие: {link}",
    ),
    "consent_requested": Message(
        "Примите приглашение к обмену документами",
        "Ростелеком: чтобы получить документ ({kind} № {number}), примите приглашение Ростелекома "
        "к обмену документами в вашем ящике ЭДО.",
    ),
    "consent_reminder": Message(
        "Напоминание: примите приглашение к обмену документами",
        "Ростелеком: {kind} № {number} ждет, пока вы примете приглашение Ростелекома "
        "к обмену документами в вашем ящике ЭДО.",
    ),
    "document_delivered": Message(
        "Документ ждет вашей подписи",
        "Ростелеком: {kind} № {number} ждет подписи в вашем ящике ЭДО.",
    ),
    "signing_reminder": Message(
        "Напоминание: документ ждет вашей подписи",
        "Ростелеком: напоминаем, {kind} № {number} ждет подписи в вашем ящике ЭДО.",
    ),
}


ACCESS_CODE = "Ростелеком: код {code} для входа в «Мои документы». Никому его не сообщайте."


def compose(task: SigningTask, template: str, values: dict[str, Any]) -> Message:
    """The message as it goes out. Raises KeyError for a template that does not exist.

    The sentences use ``kind`` in the nominative only: nothing declines it.
    """
    message = TEMPLATES[template]
    text = message.text.format(
        kind=task.document_kind.name.lower(),
        number=task.document_number,
        link=task.identification_link,
        comment=safe_name(values.get("comment", ""), MAX_COMMENT_LENGTH).rstrip("."),
    )
    link = task.identification_link
    return Message(message.subject, text, link if link and link in text else "")
