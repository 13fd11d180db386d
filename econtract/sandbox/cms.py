"""Detached CMS signatures: create and verify."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
from dataclasses import dataclass

from asn1crypto import cms as asn1_cms
from asn1crypto import keys as asn1_keys
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from django.conf import settings
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, SimpleSigner
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleCertificateStore

from econtract.sandbox.ca import COMPANY_INN, PERSON_INN
from econtract.sandbox.gost import ca as gost_ca
from econtract.sandbox.gost import cms as gost_cms

# The certificates may name no address of a list, so the list must be required explicitly.
_SIGNER_NEEDS_CRL = CertRevTrustPolicy(
    RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.CRL_REQUIRED,
        intermediate_ca_cert_rule=RevocationCheckingRule.NO_CHECK,
    )
)


@dataclass(frozen=True)
class SignatureCheck:
    """Result of verifying a signature.

    `problem` says in Russian what is wrong and is empty for a valid signature. The other fields
    come from the certificate; they are empty when the signature cannot be parsed.
    """

    problem: str
    owner: str = ""
    serial: str = ""
    person_inn: str = ""
    company_inn: str = ""
    not_before: dt.datetime | None = None
    not_after: dt.datetime | None = None
    signed_at: dt.datetime | None = None
    certificate: bytes = b""

    @property
    def valid(self) -> bool:
        """Whether the signature is valid."""
        return not self.problem


def sign(content: bytes, private_key: bytes, certificate: bytes, signed_at: dt.datetime) -> bytes:
    """A detached CMS SignedData in DER over exactly `content`: ГОСТ with Streebog, or ECDSA.

    Signed attributes: content-type, message-digest, signing-time, signing-certificate-v2.
    Key and certificate are DER; the certificate and its issuer are embedded.
    """
    parsed = asn1_x509.Certificate.load(certificate)
    if gost_cms.is_gost(parsed):
        issuer = load_certificate(gost_ca.CERTIFICATE_FILE)
        return gost_cms.sign(content, private_key, parsed, issuer, signed_at)
    return asyncio.run(_sign(content, _load_signer(private_key, certificate), signed_at))


def verify(content: bytes, signature: bytes, now: dt.datetime) -> SignatureCheck:
    """Check a detached signature over `content` against the test CA and its revocation list.

    Never raises: a signature that cannot be parsed is reported as a problem. The certificate must
    be valid at `now`; the signing time inside the signature is reported but not trusted.
    """
    try:
        signed_data = asn1_cms.ContentInfo.load(signature, strict=True)["content"]
        certificate = _signing_certificate(signed_data)
        if gost_cms.is_gost(certificate):
            return _verify_gost(content, signed_data["signer_infos"][0], certificate, now)
        context = ValidationContext(
            trust_roots=[_root_certificate()],
            other_certs=[_issuing_certificate()],
            crls=[_revocation_list()],
            moment=now,
            revinfo_policy=_SIGNER_NEEDS_CRL,
        )
        status = asyncio.run(async_validate_detached_cms(content, signed_data, context))
    except Exception as error:  # noqa: BLE001 - parsing hostile bytes raises anything
        return SignatureCheck(f"Подпись не читается ({type(error).__name__})")
    return _build_check(
        certificate, _find_problem(status, certificate, now), status.signer_reported_dt
    )


def _verify_gost(
    content: bytes,
    signer: asn1_cms.SignerInfo,
    certificate: asn1_x509.Certificate,
    now: dt.datetime,
) -> SignatureCheck:
    crl = (settings.CA_DIR / gost_ca.CRL_FILE).read_bytes()
    issuer = load_certificate(gost_ca.CERTIFICATE_FILE)
    problem = gost_cms.find_problem(content, signer, certificate, issuer, crl, now)
    return _build_check(certificate, problem, gost_cms.read_signing_time(signer))


def certificate_pem(certificate: bytes) -> str:
    """A DER certificate as PEM text."""
    return str(asn1_pem.armor("CERTIFICATE", certificate), "ascii")


@functools.lru_cache(maxsize=1024)
def _load_signer(private_key: bytes, certificate: bytes) -> SimpleSigner:
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private_key),
        cert_registry=SimpleCertificateStore.from_certs([_issuing_certificate()]),  # type: ignore[no-untyped-call]
        embed_roots=False,
    )


async def _sign(content: bytes, signer: SimpleSigner, signed_at: dt.datetime) -> bytes:
    attributes = PdfCMSSignedAttributes(signing_time=signed_at.replace(microsecond=0))
    info = await signer.async_sign_general_data(
        content, "sha256", detached=True, signed_attr_settings=attributes
    )
    return bytes(info.dump())


def _signing_certificate(signed_data: asn1_cms.SignedData) -> asn1_x509.Certificate:
    serial = signed_data["signer_infos"][0]["sid"].chosen["serial_number"].native
    return next(
        choice.chosen
        for choice in signed_data["certificates"]
        if choice.chosen.serial_number == serial
    )


def _find_problem(
    status: StandardCMSSignatureStatus, certificate: asn1_x509.Certificate, now: dt.datetime
) -> str:
    if not status.intact:
        return "Подпись не соответствует файлу документа"
    if not status.valid:
        return "Подпись повреждена"
    if not certificate.not_valid_before <= now <= certificate.not_valid_after:
        return "Срок действия сертификата не наступил или истек"
    if status.revoked:
        return "Сертификат отозван"
    return "" if status.trusted else "Сертификат выдан неизвестным удостоверяющим центром"


def _build_check(
    certificate: asn1_x509.Certificate, problem: str, signed_at: dt.datetime | None
) -> SignatureCheck:
    values = {
        pair["type"].dotted: pair["value"].native for rdn in _rdns(certificate) for pair in rdn
    }
    return SignatureCheck(
        problem=problem,
        owner=values.get("2.5.4.3", ""),
        serial=f"{certificate.serial_number:X}",
        person_inn=values.get(PERSON_INN.dotted_string, ""),
        company_inn=values.get(COMPANY_INN.dotted_string, ""),
        not_before=certificate.not_valid_before,
        not_after=certificate.not_valid_after,
        signed_at=signed_at,
        certificate=certificate.dump(),
    )


def _rdns(certificate: asn1_x509.Certificate) -> asn1_x509.RDNSequence:
    return certificate.subject.chosen


def _root_certificate() -> asn1_x509.Certificate:
    return load_certificate("roots.pem")


def _issuing_certificate() -> asn1_x509.Certificate:
    return load_certificate("issuing.pem")


@functools.cache
def _revocation_list() -> bytes:
    return (settings.CA_DIR / "crl.der").read_bytes()


@functools.cache
def load_certificate(name: str) -> asn1_x509.Certificate:
    """A certificate of the CA's directory."""
    _, _, der = asn1_pem.unarmor((settings.CA_DIR / name).read_bytes())
    return asn1_x509.Certificate.load(der)
