"""Helpers for tests of the pages of «Управление»."""

from django.urls import reverse

from clients.models import Contact

HTMX = {"HX-Request": "true"}
CONTACT_FORM = {
    "surname": "Сидоров",
    "given_name": "Алексей",
    "patronymic": "Иванович",
    "phone": "8 (912) 345-67-89",
    "email": "Sidorov@Company.example",
    "position": "Директор",
    "authority": "Устав",
}
DUPLICATE = (
    "Данный контакт уже существует. Пожалуйста укажите другие данные контакта "
    "или привяжите существующего"
)


def url(name: str, *args: object) -> str:
    return reverse(f"clients:{name}", args=args)


def edit_form(contact: Contact, **changes: str) -> dict[str, str]:
    """POST data of the edit form of ``contact``, with ``changes``."""
    version = contact.current_version
    values = {name: getattr(version, name) for name in [*CONTACT_FORM, "snils"]}
    return values | {"based_on": str(version.number)} | changes
