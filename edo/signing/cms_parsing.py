"""Parsing a CMS SignedData (RFC 5652) with one signer, DER or BER. No database.

Only what is needed is parsed, and sets are counted before: a hostile signature costs no more time
than a good one of its size. Unsigned attributes are never converted as a whole, because those of
real signatures have parts that asn1crypto cannot convert.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import algos, core, parser, tsp
from asn1crypto import cms as asn1
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from edo.crypto.digests import NAMES_BY_OID

MAX_SIGNATURE_BYTES = 2 * 1024 * 1024
MAX_CERTIFICATES = 20
MAX_ATTRIBUTES = 50
DATA, TIME_STAMP_INFO = "1.2.840.113549.1.7.1", "1.2.840.113549.1.9.16.1.4"
SIGNED_DATA = "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
SIGNATURE_TIME_STAMP = "1.2.840.113549.1.9.16.2.14"
CERTIFICATE_VALUES = "1.2.840.113549.1.9.16.2.23"
SHA_1 = "1.3.14.3.2.26"
_PEM = re.compile(
    rb"-----BEGIN (?P<label>[A-Z0-9 ]+)-----(?P<body>[A-Za-z0-9+/=\s]*)-----END (?P=label)-----"
)
Attributes = dict[str, core.Asn1Value]


class UnreadableSignature(Exception):
    """It is not the signature that we need; the message is a key of `report.PROBLEM_TEXTS`."""


@dataclass(frozen=True)
class ParsedSignature:
    """The parts of a SignedData with one signer.

    `certificate` is the signer's, None when it is not inside; `other_certificates` are the rest.
    `digest_algorithm` is a name, or the OID of one that we do not know. `signed_bytes` are the DER
    of the signed attributes, which `value` is the signature of; without signed attributes they are
    None, as `message_digest` is, and `value` is the signature of the content itself.
    `certificate_digest` is the (OID, digest) by which the signer names their certificate, if they
    do. `stamps` are the time-stamp tokens over `value`. `content` is what is inside.
    """

    certificate: x509.Certificate | None
    other_certificates: tuple[x509.Certificate, ...]
    digest_algorithm: str
    signature_algorithm: algos.SignedDigestAlgorithm
    message_digest: bytes | None
    signed_bytes: bytes | None
    value: bytes
    signed_at: datetime | None
    certificate_digest: tuple[str, bytes] | None
    stamps: tuple[bytes, ...]
    content: bytes | None


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
        return bool(info["content_type"].dotted == SIGNED_DATA)
    except (ValueError, TypeError, OverflowError):
        return False


def parse_signature(
    encoded: bytes,
    content_type: str = DATA,
    candidates: Sequence[x509.Certificate] = (),
) -> ParsedSignature:
    """Parse a signature over content of that type. The signer may be one of ``candidates``.

    Raises UnreadableSignature. Hostile bytes may also raise whatever the ASN.1 and X.509 parsers
    raise.
    """
    if len(encoded) > MAX_SIGNATURE_BYTES:
        raise UnreadableSignature("malformed")
    info = asn1.ContentInfo.load(encoded, strict=True)
    if info["content_type"].dotted != SIGNED_DATA:
        raise UnreadableSignature("malformed")
    signed_data = info["content"]
    if _count(signed_data["signer_infos"], limit=1) != 1:
        raise UnreadableSignature("several_signers")
    signer = signed_data["signer_infos"][0]
    attributes = _parse_signed_attributes(signer, content_type)
    unsigned = dict(_iterate_attributes(signer["unsigned_attrs"]))
    certificates, has_unreadable = _parse_certificates(signed_data["certificates"])
    available = [*certificates, *_parse_certificate_values(unsigned), *candidates]
    certificate = next((item for item in available if _is_signers(item, signer)), None)
    if certificate is None and has_unreadable:
        raise ValueError("the certificate of the signer cannot be read")
    oid = signer["digest_algorithm"]["algorithm"].dotted
    return ParsedSignature(
        certificate=certificate,
        other_certificates=tuple(item for item in available if item != certificate),
        digest_algorithm=NAMES_BY_OID.get(oid, oid),
        signature_algorithm=signer["signature_algorithm"],
        message_digest=attributes[MESSAGE_DIGEST].native if attributes else None,
        signed_bytes=signer["signed_attrs"].untag().dump() if attributes else None,
        value=signer["signature"].native,
        signed_at=_parse_signing_time(attributes),
        certificate_digest=_parse_certificate_digest(attributes),
        stamps=tuple(_iterate_values(unsigned.get(SIGNATURE_TIME_STAMP))),
        content=_parse_content(signed_data["encap_content_info"]["content"]),
    )


def _count(items: core.Asn1Value, limit: int) -> int:
    """The number of elements, at most ``limit`` + 1; none when the set is absent."""
    count, position = 0, 0
    contents = items.contents or b""
    while position < len(contents) and count <= limit:
        position += parser.peek(contents[position:])
        count += 1
    return count


def _iterate_attributes(attributes: core.Asn1Value) -> Iterator[tuple[str, core.Asn1Value]]:
    """The (OID, set of values) pairs; an absent set has none."""
    if _count(attributes, MAX_ATTRIBUTES) > MAX_ATTRIBUTES:
        raise UnreadableSignature("malformed")
    if isinstance(attributes, asn1.CMSAttributes):
        yield from ((item["type"].dotted, item["values"]) for item in attributes)


def _parse_signed_attributes(signer: asn1.SignerInfo, content_type: str) -> Attributes:
    """The value of each by OID; none without signed attributes.

    Each may occur once, with one value (RFC 5652, section 11).
    """
    attributes: Attributes = {}
    for oid, values in _iterate_attributes(signer["signed_attrs"]):
        if oid in attributes or _count(values, limit=1) != 1:
            raise UnreadableSignature("malformed")
        attributes[oid] = values[0]
    if not attributes:
        return {}
    if MESSAGE_DIGEST not in attributes:
        raise UnreadableSignature("attributes_missing")
    if CONTENT_TYPE not in attributes or attributes[CONTENT_TYPE].dotted != content_type:
        raise UnreadableSignature("malformed")
    return attributes


def _parse_signing_time(attributes: Attributes) -> datetime | None:
    time = attributes.get(SIGNING_TIME)
    if time is None:
        return None
    if time.native.tzinfo is None:
        raise UnreadableSignature("malformed")
    return datetime.fromtimestamp(time.native.timestamp(), UTC)


def _parse_certificate_digest(attributes: Attributes) -> tuple[str, bytes] | None:
    """From signing-certificate-v2 (RFC 5035), or from signing-certificate, which is by SHA-1."""
    if value := attributes.get(SIGNING_CERTIFICATE_V2):
        identifier = tsp.SigningCertificateV2.load(value.dump())["certs"][0]
        return identifier["hash_algorithm"]["algorithm"].dotted, identifier["cert_hash"].native
    if value := attributes.get(SIGNING_CERTIFICATE):
        identifier = tsp.SigningCertificate.load(value.dump())["certs"][0]
        return SHA_1, identifier["cert_hash"].native
    return None


def _parse_content(content: core.Asn1Value) -> bytes | None:
    return None if isinstance(content, core.Void) else bytes(content)


def _iterate_values(values: core.Asn1Value | None) -> Iterator[bytes]:
    if values is not None and _count(values, MAX_ATTRIBUTES) <= MAX_ATTRIBUTES:
        yield from (value.dump() for value in values)


def _parse_certificates(choices: core.Asn1Value) -> tuple[list[x509.Certificate], bool]:
    """The certificates, and whether there is another one that cannot be read."""
    if _count(choices, MAX_CERTIFICATES) > MAX_CERTIFICATES:
        raise UnreadableSignature("malformed")
    if not isinstance(choices, asn1.CertificateSet):
        return [], False
    encoded = [choice.chosen.dump() for choice in choices if choice.name == "certificate"]
    certificates = list(_load_certificates(encoded))
    return certificates, len(certificates) < len(encoded)


class _Certificates(core.SequenceOf):
    _child_spec = asn1_x509.Certificate


def _parse_certificate_values(unsigned: Attributes) -> list[x509.Certificate]:
    """The certificates that CAdES-X Long adds: those of the chains, and of the time-stamps."""
    for value in _iterate_values(unsigned.get(CERTIFICATE_VALUES)):
        certificates = _Certificates.load(value)
        if _count(certificates, MAX_CERTIFICATES) <= MAX_CERTIFICATES:
            return list(_load_certificates([item.dump() for item in certificates]))
    return []


def _load_certificates(encoded: list[bytes]) -> Iterator[x509.Certificate]:
    for item in encoded:
        try:
            yield x509.load_der_x509_certificate(item)
        except ValueError:
            continue


def _is_signers(certificate: x509.Certificate, signer: asn1.SignerInfo) -> bool:
    identifier = signer["sid"].chosen
    if isinstance(identifier, asn1.IssuerAndSerialNumber):
        if certificate.serial_number != identifier["serial_number"].native:
            return False
        issuer, name = certificate.issuer.public_bytes(), identifier["issuer"]
        # The bytes are nearly always equal; comparing names by RFC 5280 takes a millisecond.
        return bool(issuer == name.dump() or asn1_x509.Name.load(issuer) == name)
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return False
    return bool(extension.value.digest == identifier.native)
