"""A certificate authority by ГОСТ for tests: a root, an issuing authority, people, time-stamps."""

import datetime as dt
from functools import cache

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from econtract.platform.crypto.gost import XCH_A, GostPrivateKey
from econtract.sandbox.gost.x509 import Extensions, build_certificate, build_crl
from edo.signing.certificates import ORGANISATION_INN, PERSON_INN, SNILS
from edo.signing.trust import TrustStore
from tests.support.signing.pki import NOW, YEAR, Signer, build_name, build_usage

TC26_A, TC26_512_A = "1.2.643.7.1.2.1.1.1", "1.2.643.7.1.2.1.2.1"


class GostAuthority:
    """As `pki.Authority`, on a curve of ГОСТ Р 34.10-2012."""

    def __init__(
        self,
        curve: str = XCH_A,
        name: str = "Тестовый ГОСТ",
        issuing_until: dt.datetime = NOW + 20 * YEAR,
    ) -> None:
        self.curve = curve
        self.root_key, self.key = GostPrivateKey.generate(curve), GostPrivateKey.generate(curve)
        self._root_name, self._own_name = build_name(f"{name} корень"), build_name(f"{name} УЦ")
        self.root = self._ca(self._root_name, self.root_key, path_length=None)
        self.issuing = self._ca(self._own_name, self.key, until=issuing_until)

    @property
    def trust(self) -> TrustStore:
        return TrustStore((self.root,))

    def trust_with_revoked(self, signer: Signer, since: dt.datetime) -> TrustStore:
        encoded = build_crl(
            issuer=self._own_name,
            issuer_key=self.key,
            last_update=NOW - YEAR,
            next_update=NOW + YEAR,
            revocations=[(signer.certificate.serial_number, since)],
        )
        return TrustStore((self.root,), (x509.load_der_x509_crl(encoded),))

    def signer(
        self,
        *,
        organisation_inn: str = "7701001100",
        valid_from: dt.datetime = NOW - YEAR,
        valid_until: dt.datetime = NOW + YEAR,
        extensions: Extensions = (),
    ) -> Signer:
        subject = build_name(
            "Петров Петр Петрович",
            (NameOID.SURNAME, "Петров"),
            (NameOID.GIVEN_NAME, "Петр Петрович"),
            (PERSON_INN, "771234567859"),
            (ORGANISATION_INN, organisation_inn),
            (SNILS, "11223344595"),
        )
        usage = (build_usage(sign=True, ca=False), True)
        return self._issue(subject, [usage, *extensions], valid_from, valid_until)

    def time_stamp_authority(
        self,
        valid_from: dt.datetime = NOW - YEAR,
        valid_until: dt.datetime = NOW + YEAR,
        *,
        usage: bool = True,
    ) -> Signer:
        """Whose certificate is meant for time-stamps, unless ``usage`` is false."""
        extensions: Extensions = [(build_usage(sign=True, ca=False), True)]
        if usage:
            stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            extensions = [*extensions, (stamping, True)]
        name = build_name("Служба времени")
        return self._issue(name, extensions, valid_from, valid_until)

    def _issue(
        self, subject: x509.Name, extensions: Extensions, start: dt.datetime, end: dt.datetime
    ) -> Signer:
        key = GostPrivateKey.generate(self.curve)
        certificate = build_certificate(
            subject=subject,
            issuer=self._own_name,
            public_key=key.public_key,
            not_before=start,
            not_after=end,
            extensions=extensions,
            issuer_key=self.key,
        )
        return Signer(key, certificate, (self.issuing,))

    def cross_certify(self, count: int) -> tuple[x509.Certificate, ...]:
        """So many more certificates of the issuing authority, half of them issued by itself."""
        return tuple(
            self._ca(self._own_name, self.key, path_length=None, is_own=number % 2 == 0)
            for number in range(count)
        )

    def _ca(
        self,
        name: x509.Name,
        key: GostPrivateKey,
        *,
        path_length: int | None = 0,
        until: dt.datetime = NOW + 20 * YEAR,
        is_own: bool = False,
    ) -> x509.Certificate:
        return build_certificate(
            subject=name,
            issuer=name if is_own else self._root_name,
            public_key=key.public_key,
            not_before=NOW - 20 * YEAR,
            not_after=until,
            extensions=[
                (x509.BasicConstraints(ca=True, path_length=path_length), True),
                (build_usage(sign=False, ca=True), True),
            ],
            issuer_key=key if is_own else self.root_key,
        )


@cache
def gost_authority(curve: str = XCH_A) -> GostAuthority:
    """The authority of that curve that the tests trust."""
    return GostAuthority(curve)
