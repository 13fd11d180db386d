"""Encryption of short values that are stored: a copy of the database does not reveal them."""

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def get_cipher(purpose: str) -> Fernet:
    """A cipher whose key is derived from SECRET_KEY; each ``purpose`` has its own key."""
    digest = hashlib.sha256(f"{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
