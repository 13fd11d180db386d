from django.apps import AppConfig


class EdoConfig(AppConfig):
    name = "edo"
    verbose_name = "ЭДО"

    def ready(self) -> None:
        from edo import checks  # noqa: F401  (registers itself)
        from edo.channels.operator import cloud_provider  # noqa: F401  (registers itself)
        from edo.channels.simple import delivery  # noqa: F401  (registers itself)
