"""The manager of a task as its client sees them: a name and a phone, nothing else."""

from dataclasses import dataclass

from clients.models.formats import display_phone
from tasks.models import SigningTask


@dataclass(frozen=True)
class ClientManager:
    """Whom the client may ask. Without a phone only the name is shown."""

    name: str
    phone: str
    phone_url: str


def build_client_manager(task: SigningTask) -> ClientManager:
    phone = task.manager.phone
    digits = "".join(character for character in phone if character in "+0123456789")
    return ClientManager(
        name=task.manager.get_full_name(),
        phone=display_phone(phone),
        phone_url=f"tel:{digits}" if digits else "",
    )
