from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "econtract.outbox"
    label = "outbox"
    verbose_name = "Обмен с внешними системами"
