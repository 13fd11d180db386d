"""Finding people by what is typed of their name, for fields with suggestions."""

from django.db.models import Q, QuerySet

from accounts.models import User

OFFERED = 20


def named_like(people: QuerySet[User], text: str) -> QuerySet[User]:
    """Those among ``people`` whose surname or login begins with ``text``."""
    word = text.replace("\x00", "").strip()
    # SQLite compares Cyrillic by case, and names are written with a capital letter.
    return people.filter(
        Q(last_name__istartswith=word)
        | Q(last_name__startswith=word.capitalize())
        | Q(username__istartswith=word)
    )


def options(people: QuerySet[User]) -> list[dict[str, str]]:
    """The first of ``people`` by name, as `combobox_options.html` wants them."""
    ordered = people.order_by("last_name", "first_name", "pk")[:OFFERED]
    return [{"value": str(user.pk), "text": str(user), "note": user.username} for user in ordered]
