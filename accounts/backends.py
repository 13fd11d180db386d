"""Who may log in, and what the Django admin is told about rights."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Model

from accounts.models import User


class RoleBackend(ModelBackend):
    """Password log-in; in the admin an administrator may everything, others nothing.

    Rights over tasks are not asked here: `accounts.visibility` and `tasks.guards` hold them.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        return isinstance(user_obj, User) and user_obj.is_administrator

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return isinstance(user_obj, User) and user_obj.is_administrator
