"""The keys of services that cannot list them: an administrator has entered their owners."""

from cryptography import x509

from edo.models import Signatory
from edo.signing.providers.protocol import SigningKey


def list_signatory_keys(provider: str) -> list[SigningKey]:
    """The keys of the active signatories with that provider."""
    return [
        SigningKey(
            key_ref=signatory.key_ref,
            surname=signatory.surname,
            given_name=signatory.given_name,
            patronymic=signatory.patronymic,
            position=signatory.position,
            inn=signatory.inn,
            snils=signatory.snils,
            role="signatory",
            certificate_pem=signatory.certificate_pem,
        )
        for signatory in Signatory.objects.filter(provider=provider, active=True)
    ]


def load_certificate(signatory: Signatory) -> x509.Certificate:
    """The certificate that an administrator has entered for the signatory."""
    return x509.load_pem_x509_certificate(signatory.certificate_pem.encode())
