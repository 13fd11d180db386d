from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class EdoConfig(AppConfig):
    name = "edo"
    verbose_name = "ЭДО"

    def ready(self) -> None:
        from econtract.platform.outbox.registry import register
        from edo import checks  # noqa: F401  (registers itself)
        from edo.channels.operator import cloud_provider  # noqa: F401  (registers itself)
        from edo.channels.simple import delivery  # noqa: F401  (registers itself)
        from edo.job_kinds import LookUpRecipient

        register(LookUpRecipient)

        post_migrate.connect(create_agreement_texts, sender=self)


def create_agreement_texts(**kwargs: Any) -> None:
    """After migrations: without the texts nobody can sign by SMS."""
    from edo.channels.simple.agreements import create_default_texts

    try:
        # The state after this migration; `flush` sends none.
        model = kwargs.get("apps", apps).get_model("edo", "AgreementText")
    except LookupError:  # migrated to before the model
        return
    create_default_texts(model, using=kwargs["using"])
