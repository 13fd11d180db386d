from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "archive"
    verbose_name = "Документы и архив"

    def ready(self) -> None:
        from archive import checks  # noqa: F401  (registers itself)
        from archive.job_kinds import ConvertDocument, ScanDocument
        from econtract.platform.outbox.registry import register

        register(ConvertDocument)
        register(ScanDocument)
