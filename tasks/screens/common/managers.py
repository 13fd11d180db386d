"""The manager as a filter: their name, and the suggestions of the combobox."""

from accounts.models import User
from accounts.people import named_like, options
from accounts.roles import Role
from accounts.visibility import sight_of

NOT_FOUND = "не найден"


def manager_name(pk: int | None) -> str:
    """The name of the manager; "" for None, «не найден» for a key that nobody has."""
    if pk is None:
        return ""
    user = User.objects.filter(pk=pk).first()
    return str(user) if user else NOT_FOUND


def manager_options(viewer: User, text: str) -> list[dict[str, str]]:
    """Managers whose tasks ``viewer`` sees and whose name or login begins with ``text``."""
    sight = sight_of(viewer)
    managers = User.objects.filter(roles__role=Role.MANAGER)
    if not sight.everything:
        managers = managers.filter(pk__in=sight.manager_ids)
    return options(named_like(managers, text))
