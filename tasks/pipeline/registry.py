"""The outbox jobs of `tasks`: each kind, its title, and the class that handles it."""

from econtract.platform.outbox import registry
from tasks.listing import exports
from tasks.pipeline import feeds
from tasks.pipeline.archiving import LodgeDocument, LodgePackage
from tasks.pipeline.cabinet import CreateCabinet
from tasks.pipeline.client_messages import SendMessage
from tasks.pipeline.deadlines import Expire, Remind
from tasks.pipeline.identification import (
    AnswerIdentity,
    FollowIdentification,
    StartIdentification,
)
from tasks.pipeline.revocation import RevokeExchange
from tasks.pipeline.sending import FollowExchange, PrepareSending, SendDocument
from tasks.pipeline.step import StepHandler


def register_all() -> None:
    """Registers every kind of job and the feeds. Called once, when the apps are ready."""
    for kind, title, step in (
        ("start_identification", "Запрос на идентификацию", StartIdentification()),
        ("follow_identification", "Запрос результата идентификации", FollowIdentification()),
        ("create_cabinet", "Создание личного кабинета", CreateCabinet()),
        ("prepare_sending", "Проверка перед отправкой", PrepareSending()),
        ("send_document", "Отправка документа", SendDocument()),
        ("follow_exchange", "Запрос состояния документа", FollowExchange()),
        ("lodge_package", "Передача пакета в архив", LodgePackage()),
    ):
        registry.register(kind, title, StepHandler(step))
    for kind, title, handler in (
        ("lodge_document", "Передача документа в архив", LodgeDocument()),
        ("answer_identity", "Ответ сервису идентификации", AnswerIdentity()),
        ("revoke_exchange", "Отзыв документа", RevokeExchange()),
        ("send_message", "Сообщение клиенту", SendMessage()),
        ("remind", "Напоминание клиенту", Remind()),
        ("expire", "Окончание срока ожидания", Expire()),
        (exports.EXPORT_ORDER, "Выгрузка в Excel", exports.MakeExport()),
    ):
        registry.register(kind, title, handler)
    registry.register_feeds(feeds.feeds)
