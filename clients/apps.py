from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = "Клиенты и справочники"

    def ready(self) -> None:
        from clients.messages import reports
        from econtract.platform.outbox.registry import register_feeds

        register_feeds(reports.iter_feeds)
