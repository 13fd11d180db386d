from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = "Задания"

    def ready(self) -> None:
        from accounts.signals import leaving
        from econtract.platform.outbox import registry
        from tasks.actions import handover
        from tasks.listing import exports
        from tasks.notifications import delivery, mail
        from tasks.pipeline import feeds
        from tasks.pipeline.archiving import LodgeDocument, LodgePackage
        from tasks.pipeline.deadlines import Expire, Remind, SendMessage
        from tasks.pipeline.identification import (
            AnswerIdentity,
            CreateCabinet,
            FollowIdentification,
            StartIdentification,
        )
        from tasks.pipeline.sending import (
            FollowExchange,
            PrepareSending,
            RevokeExchange,
            SendDocument,
        )
        from tasks.pipeline.step import StepHandler

        leaving.connect(handover.on_leaving, dispatch_uid="tasks")
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
            (delivery.MAIL_ORDER, "Письмо сотруднику", mail.MailNotification()),
            (mail.DIGEST_ORDER, "Сводка за день", mail.MailDigest()),
            (exports.EXPORT_ORDER, "Выгрузка в Excel", exports.MakeExport()),
        ):
            registry.register(kind, title, handler)
        registry.register_feeds(feeds.feeds)
