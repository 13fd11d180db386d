from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Сотрудники и доступ"

    def ready(self) -> None:
        post_migrate.connect(_forget_memberships)


def _forget_memberships(**_: Any) -> None:
    """A migration may have made the permissions anew."""
    from accounts.visibility import memberships  # models are not ready before

    memberships.cache_clear()
