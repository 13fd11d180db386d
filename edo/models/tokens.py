"""The access tokens of EDO operators, shared by all processes."""

from cryptography.fernet import InvalidToken
from django.db import models

from econtract.platform.common.encryption import get_cipher

CIPHER_PURPOSE = "edo.OperatorToken"


class OperatorToken(models.Model):
    """The OpenID Connect tokens of one outside system (`edo.channels.operator.tokens`).

    Both are encrypted with a key derived from SECRET_KEY: a copy of the database gives no access.
    While `renewing_until` is in the future, one process is asking for new ones.
    """

    system = models.CharField("Система", max_length=40, primary_key=True)
    encrypted_access = models.BinaryField("Токен доступа", default=b"")
    encrypted_refresh = models.BinaryField("Токен обновления", default=b"")
    expires_at = models.DateTimeField("Токен доступа действует до", null=True)
    renewing_until = models.DateTimeField("Обновляется до", null=True)

    class Meta:
        verbose_name = "токен доступа"
        verbose_name_plural = "токены доступа"

    def __str__(self) -> str:
        return self.system

    @property
    def access(self) -> str:
        """The access token; "" when there is none that can be decrypted."""
        return _decrypt(self.encrypted_access)

    @property
    def refresh(self) -> str:
        """The refresh token that came with the last access token; "" when there is none."""
        return _decrypt(self.encrypted_refresh)


def encrypt_token(token: str) -> bytes:
    """The value of a column of `OperatorToken`."""
    return get_cipher(CIPHER_PURPOSE).encrypt(token.encode())


def _decrypt(content: bytes | memoryview) -> str:
    if not content:
        return ""
    try:
        return get_cipher(CIPHER_PURPOSE).decrypt(bytes(content)).decode()
    except InvalidToken:  # SECRET_KEY has changed
        return ""
