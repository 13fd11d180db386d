"""Finding users: by role, and by the beginning of a name in fields with suggestions."""

from django.db.models import Q, QuerySet

from accounts.models import RoleGrant, User
from accounts.roles import Role

MAX_SUGGESTIONS = 20
# Longer than any name; SQLite refuses patterns of 50,000 letters.
MAX_NAME_LENGTH = 150


def has_role(role: Role) -> Q:
    """The condition for `User.objects.filter` that a user has ``role``, blocked or not."""
    return Q(pk__in=RoleGrant.objects.filter(role=role).values("user"))


def administrators() -> QuerySet[User]:
    """All active administrators."""
    return User.objects.filter(has_role(Role.ADMINISTRATOR), is_active=True)


def search_by_name(users: QuerySet[User], text: str) -> QuerySet[User]:
    """Those of ``users`` whose last name or login begins with ``text``."""
    prefix = text.replace("\x00", "").strip()[:MAX_NAME_LENGTH]
    # SQLite compares Cyrillic letters with their case, and names begin with a capital letter.
    return users.filter(
        Q(last_name__istartswith=prefix)
        | Q(last_name__startswith=prefix.capitalize())
        | Q(username__istartswith=prefix)
    )


def combobox_options(users: QuerySet[User]) -> list[dict[str, str]]:
    """The first of ``users`` by name, as `combobox_options.html` expects them."""
    suggestions = users.order_by("last_name", "first_name", "pk")[:MAX_SUGGESTIONS]
    return [
        {"value": str(user.pk), "text": str(user), "note": user.username} for user in suggestions
    ]
