from django.apps import AppConfig


class ListingConfig(AppConfig):
    name = "econtract.platform.listing"
    label = "listing"
    verbose_name = "Списки"

    def ready(self) -> None:
        from econtract.platform.listing.exports import MakeExport
        from econtract.platform.outbox.registry import register

        register(MakeExport)
