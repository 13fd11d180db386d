"""Phones and e-mail addresses of messages, as they are stored: masked, and as a keyed digest."""

import hashlib
import hmac

from django.conf import settings

from clients.models.formats import mask_phone


def mask_address(to: str) -> str:
    """«+7 ••• •••-67-89» or «p•••@romashka.example»."""
    name, separator, domain = to.partition("@")
    if separator:
        return f"{name[:1]}•••@{domain}"[:100]
    return mask_phone(to)


def digest_address(to: str) -> str:
    """Equal for equal addresses. Keyed: phone numbers are few enough to try them all."""
    key = f"message address:{settings.SECRET_KEY}".encode()
    return hmac.new(key, to.encode(), hashlib.sha256).hexdigest()
