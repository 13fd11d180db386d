"""Keys in files, for an installation without a signing service."""

from uuid import UUID

from django.conf import settings

from edo.signing.local_keys import LocalKeyFolder
from edo.signing.providers.protocol import DEFAULT_FILE_NAME, SigningKey


class LocalSigningService:
    """Keys in files of SIGNING_KEYS_DIR, for an installation without a signing service."""

    def __init__(self) -> None:
        self._keys = LocalKeyFolder(settings.SIGNING_KEYS_DIR, settings.SIGNING_KEYS_PASSWORD)

    def list_keys(self) -> list[SigningKey]:
        return [
            SigningKey(
                key_ref=key_ref,
                surname=owner.surname or owner.owner,
                given_name=owner.given_name.split(" ")[0],
                patronymic=" ".join(owner.given_name.split(" ")[1:]),
                position=owner.position,
                inn=owner.inn,
                snils=owner.snils,
                role="signatory",
                certificate_pem=owner.pem,
            )
            for key_ref, owner in self._keys.list_owners().items()
            if not owner.is_seal
        ]

    def sign(
        self,
        key_ref: str,
        content: bytes,
        idempotency_key: UUID,
        *,
        file_name: str = DEFAULT_FILE_NAME,
    ) -> bytes:
        """Signing twice has no outside effect, so the idempotency key is not used."""
        return self._keys.sign(key_ref, content)
