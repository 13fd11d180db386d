from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "econtract.platform.notifications"
    label = "notifications"
    verbose_name = "Уведомления"

    def ready(self) -> None:
        from econtract.platform.notifications import mail
        from econtract.platform.outbox import registry

        registry.register(mail.MailNotification)
        registry.register(mail.MailDigest)
