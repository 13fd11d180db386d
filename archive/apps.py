from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "archive"
    verbose_name = "Документы и архив"

    def ready(self) -> None:
        from archive import checks  # noqa: F401  (registers itself)
        from archive.files.storage import store_file
        from archive.job_kinds import ConvertDocument, JoinDocument, ScanDocument
        from econtract.platform.listing.exports import register_file_store
        from econtract.platform.outbox.registry import register

        register_file_store(store_file)
        register(ConvertDocument)
        register(JoinDocument)
        register(ScanDocument)
