"""The pages of «Управление», as their tests fill and read them."""

from django.urls import reverse

from clients.actions import ContactFacts
from clients.models import Contact

HTMX = {"HX-Request": "true"}
TYPED = {
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


def typed_over(contact: Contact, **changes: str) -> dict[str, str]:
    """What the edit form of ``contact`` posts when ``changes`` are typed into it."""
    facts = ContactFacts.of(contact.newest)
    names = [*TYPED, "snils"]
    posted = {name: getattr(facts, name) for name in names}
    return posted | {"based_on": str(contact.newest.number)} | changes
