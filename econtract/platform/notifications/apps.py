from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "econtract.platform.notifications"
    label = "notifications"
    verbose_name = "Уведомления"

    def ready(self) -> None:
        from econtract.platform.notifications import mail
        from econtract.platform.outbox import registry

        registry.register(mail.MAIL_JOB, "Письмо сотруднику", mail.MailNotification())
        registry.register(mail.DIGEST_JOB, "Сводка за день", mail.MailDigest())
