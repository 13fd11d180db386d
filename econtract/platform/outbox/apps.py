from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "econtract.platform.outbox"
    label = "outbox"
    verbose_name = "Обмен с внешними системами"
