"""The manager as a filter: their name, and the suggestions of the combobox."""

from accounts.models import User
from accounts.roles import Role
from accounts.users import combobox_options, search_by_name
from accounts.visibility import visibility_of

NOT_FOUND = "не найден"


def manager_name(pk: int | None) -> str:
    """The name of the manager; "" for None, «не найден» if no user has this key."""
    if pk is None:
        return ""
    user = User.objects.filter(pk=pk).first()
    return str(user) if user else NOT_FOUND


def manager_options(viewer: User, text: str) -> list[dict[str, str]]:
    """Managers whose tasks ``viewer`` sees and whose name or login begins with ``text``."""
    visible = visibility_of(viewer).as_q("pk")
    managers = User.objects.filter(visible, roles__role=Role.MANAGER)
    return combobox_options(search_by_name(managers, text))
