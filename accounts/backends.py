"""Who may log in, and what the Django admin is told about rights."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Model

from accounts.models import RoleGrant, User
from accounts.roles import Role

# A row for each role. As SQL: Django would build it for longer than the database answers.
COLUMNS = ", ".join(f"person.{field.column}" for field in User._meta.concrete_fields)
WITH_ROLES = f"""
    SELECT {COLUMNS}, held.role FROM {User._meta.db_table} person
    LEFT JOIN {RoleGrant._meta.db_table} held ON held.user_id = person.id
    WHERE person.id = %s
"""  # noqa: S608 - our names


class RoleBackend(ModelBackend):
    """Password log-in; in the admin an administrator may everything, others nothing.

    Rights over tasks are decided elsewhere: in `accounts.visibility` and `tasks.lifecycle.guards`.
    """

    def get_user(self, user_id: int) -> User | None:
        """Whoever is logged in, with his roles: every page asks for both."""
        found = list(User.objects.raw(WITH_ROLES, [user_id]))
        if not found or not self.user_can_authenticate(found[0]):
            return None
        user = found[0]
        user.role_codes = frozenset(Role(vars(row)["role"]) for row in found if vars(row)["role"])
        return user

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        return isinstance(user_obj, User) and user_obj.is_administrator

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return isinstance(user_obj, User) and user_obj.is_administrator
