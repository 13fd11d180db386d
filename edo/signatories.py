"""Creating signatories from the keys of the signing service."""

from datetime import datetime

from edo.models import Signatory
from edo.signing.certificates import read_pem_certificate
from edo.signing.providers.protocol import SigningKey
from edo.signing.providers.registry import get_signing_service


def import_signatories() -> list[Signatory]:
    """Create or update a signatory for every key of the signing service, except keys of heads.

    Name and position are set on creation only, the certificate every time.
    """
    keys = [key for key in get_signing_service().list_keys() if key.role == "signatory"]
    return [_import_signatory(key) for key in keys]


def read_certificate_fields(pem: str) -> dict[str, str | datetime]:
    """The fields of `Signatory` that come from its certificate. Raises ValueError."""
    details = read_pem_certificate(pem)
    return {
        "certificate_pem": details.pem,
        "certificate_serial": details.serial,
        "certificate_from": details.valid_from,
        "certificate_until": details.valid_until,
        "inn": details.inn,
        "snils": details.snils,
    }


def _import_signatory(key: SigningKey) -> Signatory:
    certificate = read_certificate_fields(key.certificate_pem)
    person = {
        "surname": key.surname,
        "given_name": key.given_name,
        "patronymic": key.patronymic,
        "position": key.position,
    }
    signatory, _ = Signatory.objects.update_or_create(
        key_ref=key.key_ref, defaults=certificate, create_defaults={**person, **certificate}
    )
    return signatory
