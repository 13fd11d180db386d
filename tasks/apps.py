from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = "Задания"

    def ready(self) -> None:
        from accounts.signals import leaving
        from econtract.outbox import registry
        from tasks import exports, feeds, handover
        from tasks.notifications import mail, writing
        from tasks.pipeline.base import StepHandler
        from tasks.pipeline.dates import Expire, Remind, SendMessage
        from tasks.pipeline.identification import (
            AnswerIdentity,
            CreateCabinet,
            FollowIdentification,
            StartIdentification,
        )
        from tasks.pipeline.lodging import LodgeDocument, LodgePackage
        from tasks.pipeline.signing import (
            FollowExchange,
            PrepareSending,
            RevokeExchange,
            SendDocument,
        )

        leaving.connect(handover.on_leaving, dispatch_uid="tasks")
        for kind, step in {
            "start_identification": StartIdentification(),
            "follow_identification": FollowIdentification(),
            "create_cabinet": CreateCabinet(),
            "prepare_sending": PrepareSending(),
            "send_document": SendDocument(),
            "follow_exchange": FollowExchange(),
            "lodge_package": LodgePackage(),
        }.items():
            registry.register(kind, StepHandler(step))
        registry.register("lodge_document", LodgeDocument())
        registry.register("answer_identity", AnswerIdentity())
        registry.register("revoke_exchange", RevokeExchange())
        registry.register("send_message", SendMessage())
        registry.register("remind", Remind())
        registry.register("expire", Expire())
        registry.register(writing.MAIL_ORDER, mail.MailNotification())
        registry.register(mail.DIGEST_ORDER, mail.MailDigest())
        registry.register(exports.EXPORT_ORDER, exports.MakeExport())
        registry.register_feeds(feeds.feeds)
