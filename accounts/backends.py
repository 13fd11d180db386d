"""Who may log in, and what the Django admin is told about rights."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import F, Model

from accounts.models import User
from accounts.roles import Role


class RoleBackend(ModelBackend):
    """Password log-in; in the admin an administrator may everything, others nothing.

    Rights over tasks are not asked here: `accounts.visibility` and `tasks.guards` hold them.
    """

    def get_user(self, user_id: int) -> User | None:
        """Whoever is logged in, with his roles: every page asks for both."""
        found = list(User.objects.filter(pk=user_id).annotate(role=F("roles__role")))
        if not found or not self.user_can_authenticate(found[0]):
            return None
        user = found[0]
        user.role_codes = frozenset(Role(vars(row)["role"]) for row in found if vars(row)["role"])
        return user

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        return isinstance(user_obj, User) and user_obj.is_administrator

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return isinstance(user_obj, User) and user_obj.is_administrator
