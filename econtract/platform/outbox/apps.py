from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "econtract.platform.outbox"
    label = "outbox"
    verbose_name = "Обмен с внешними системами"

    def ready(self) -> None:
        from econtract.platform.installation import settings_checks  # noqa: F401  (registers itself)
