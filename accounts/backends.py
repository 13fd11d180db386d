"""Who can log in, and which rights the Django admin sees."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Model

from accounts.models import RoleGrant, User
from accounts.roles import Role

# One row per role. It is SQL because Django takes longer to build the query than the database to
# run it, and every request runs it.
COLUMNS = ", ".join(f"account.{field.column}" for field in User._meta.concrete_fields)
USER_WITH_ROLES = f"""
    SELECT {COLUMNS}, role_grant.role FROM {User._meta.db_table} account
    LEFT JOIN {RoleGrant._meta.db_table} role_grant ON role_grant.user_id = account.id
    WHERE account.id = %s
"""  # noqa: S608 - our names


class RoleBackend(ModelBackend):
    """Log-in by password. In the admin, administrators have every permission and others none.

    Rights on tasks are decided elsewhere: `accounts.visibility` and `tasks.lifecycle.guards`.
    """

    def get_user(self, user_id: int) -> User | None:
        """The logged-in user with their roles: every page needs both."""
        rows = list(User.objects.raw(USER_WITH_ROLES, [user_id]))
        if not rows or not self.user_can_authenticate(rows[0]):
            return None
        user = rows[0]
        user.role_codes = frozenset(Role(vars(row)["role"]) for row in rows if vars(row)["role"])
        return user

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        return isinstance(user_obj, User) and user_obj.is_administrator

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return isinstance(user_obj, User) and user_obj.is_administrator
