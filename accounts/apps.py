from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate

from accounts import bounded_lookups


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Сотрудники и доступ"

    def ready(self) -> None:
        post_migrate.connect(_clear_membership_codes)
        bounded_lookups.register()
        user_logged_in.connect(_deliver_unsent_forms)


def _clear_membership_codes(**_: Any) -> None:
    """A migration may have created the permissions again, with other ids."""
    from accounts.memberships import membership_codes  # needs the models to be loaded

    membership_codes.cache_clear()


def _deliver_unsent_forms(request: Any, user: Any, **_: Any) -> None:
    from accounts.session_end.unsent_forms import (
        deliver_after_login,  # needs the models to be loaded
    )

    deliver_after_login(request, user)
