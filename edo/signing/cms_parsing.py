"""Parsing a detached CMS SignedData (RFC 5652) with one signer. No database."""

import base64
import binascii
import codecs
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import algos, core
from asn1crypto import cms as asn1
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes

MAX_SIGNATURE_BYTES = 2 * 1024 * 1024
MAX_CERTIFICATES = 20
_PEM = re.compile(
    rb"-----BEGIN (?P<label>[A-Z0-9 ]+)-----(?P<body>[A-Za-z0-9+/=\s]*)-----END (?P=label)-----"
)
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class UnreadableSignature(Exception):
    """It is not the signature that we need; the message is a key of `report.PROBLEM_TEXTS`."""


@dataclass(frozen=True)
class ParsedSignature:
    """The parts of a SignedData with one signer.

    `certificate` is the signer's, `other_certificates` are the rest of those inside.
    `signed_bytes` are the DER of the signed attributes, which `value` is the signature of.
    `names_certificate` is False when signing-certificate-v2 names another certificate.
    """

    certificate: x509.Certificate
    other_certificates: tuple[x509.Certificate, ...]
    digest_algorithm: str
    signature_algorithm: algos.SignedDigestAlgorithm
    message_digest: bytes
    signed_bytes: bytes
    value: bytes
    signed_at: datetime | None
    names_certificate: bool


def to_der(signature: bytes) -> bytes:
    """The DER of a signature file: many programs write PEM or bare base64 instead.

    Bytes that are none of these are returned as they are; `parse_signature` refuses them.
    """
    text = signature.removeprefix(codecs.BOM_UTF8).strip()
    if match := _PEM.fullmatch(text):
        text = match["body"]
    try:
        return base64.b64decode(b"".join(text.split()), validate=True) or signature
    except binascii.Error:
        return signature


def is_signed_data(signature: bytes) -> bool:
    """Whether the outermost structure is a CMS SignedData, whatever is inside."""
    try:
        info = asn1.ContentInfo.load(signature, strict=True)
        return bool(info["content_type"].native == "signed_data")
    except (ValueError, TypeError, OverflowError):
        return False


def parse_signature(der: bytes) -> ParsedSignature:
    """Parse a detached signature.

    Raises UnreadableSignature. Hostile bytes may also raise whatever the ASN.1 and X.509 parsers
    raise.
    """
    if len(der) > MAX_SIGNATURE_BYTES:
        raise UnreadableSignature("malformed")
    info = asn1.ContentInfo.load(der, strict=True)
    if info["content_type"].native != "signed_data":
        raise UnreadableSignature("malformed")
    signed_data = info["content"]
    if signed_data["encap_content_info"]["content"].native is not None:
        raise UnreadableSignature("not_detached")
    if len(signed_data["signer_infos"]) != 1:
        raise UnreadableSignature("several_signers")
    signer = signed_data["signer_infos"][0]
    attributes = _parse_attributes(signer)
    certificates = _parse_certificates(signed_data)
    certificate = next((item for item in certificates if _is_signers(item, signer)), None)
    if certificate is None:
        raise UnreadableSignature("certificate_missing")
    return ParsedSignature(
        certificate=certificate,
        other_certificates=tuple(item for item in certificates if item is not certificate),
        digest_algorithm=signer["digest_algorithm"]["algorithm"].native,
        signature_algorithm=signer["signature_algorithm"],
        message_digest=attributes["message_digest"].native,
        signed_bytes=signer["signed_attrs"].untag().dump(),
        value=signer["signature"].native,
        signed_at=_parse_signing_time(attributes),
        names_certificate=_names_certificate(attributes, certificate),
    )


def _parse_attributes(signer: asn1.SignerInfo) -> dict[str, core.Asn1Value]:
    """Signed attributes by name. Each may occur once, with one value (RFC 5652, section 11)."""
    if not isinstance(signer["signed_attrs"], asn1.CMSAttributes):
        raise UnreadableSignature("attributes_missing")
    attributes: dict[str, core.Asn1Value] = {}
    for attribute in signer["signed_attrs"]:
        name = attribute["type"].native
        if name in attributes or len(attribute["values"]) != 1:
            raise UnreadableSignature("malformed")
        attributes[name] = attribute["values"][0]
    if "message_digest" not in attributes:
        raise UnreadableSignature("attributes_missing")
    if "content_type" not in attributes or attributes["content_type"].native != "data":
        raise UnreadableSignature("malformed")
    return attributes


def _parse_signing_time(attributes: dict[str, core.Asn1Value]) -> datetime | None:
    time = attributes.get("signing_time")
    if time is None:
        return None
    if time.native.tzinfo is None:
        raise UnreadableSignature("malformed")
    return datetime.fromtimestamp(time.native.timestamp(), UTC)


def _parse_certificates(signed_data: asn1.SignedData) -> list[x509.Certificate]:
    choices = signed_data["certificates"]
    if not isinstance(choices, asn1.CertificateSet):
        return []
    if len(choices) > MAX_CERTIFICATES:
        raise UnreadableSignature("malformed")
    return [
        x509.load_der_x509_certificate(choice.chosen.dump())
        for choice in choices
        if choice.name == "certificate"
    ]


def _is_signers(certificate: x509.Certificate, signer: asn1.SignerInfo) -> bool:
    identifier = signer["sid"].chosen
    if isinstance(identifier, asn1.IssuerAndSerialNumber):
        if certificate.serial_number != identifier["serial_number"].native:
            return False
        issuer, named = certificate.issuer.public_bytes(), identifier["issuer"]
        # The bytes are nearly always equal; comparing names by RFC 5280 takes a millisecond.
        return bool(issuer == named.dump() or asn1_x509.Name.load(issuer) == named)
    own = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return bool(own.value.digest == identifier.native)


def _names_certificate(
    attributes: dict[str, core.Asn1Value], certificate: x509.Certificate
) -> bool:
    """Whether signing-certificate-v2 (RFC 5035), when present, names ``certificate``."""
    attribute = attributes.get("signing_certificate_v2")
    if attribute is None:
        return True
    named = attribute["certs"][0]
    algorithm = HASHES.get(named["hash_algorithm"]["algorithm"].native)
    return algorithm is not None and certificate.fingerprint(algorithm) == named["cert_hash"].native
