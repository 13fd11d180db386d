"""What will prove a signature when its certificate has ended. No database.

The certificates of its chain and of its time-stamps, and what the authorities say about their
revocation. `TrustStore.archive` may look into a database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from asn1crypto import ocsp, tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edo.signing.certificates import read_certificate
from edo.signing.chains import UnverifiableChain
from edo.signing.cms import MAX_STAMPS
from edo.signing.cms_parsing import (
    TIME_STAMP_INFO,
    ParsedSignature,
    UnreadableSignature,
    parse_signature,
)
from edo.signing.revocation import covers_certificate, is_issued_by, read_ocsp_response
from edo.signing.trust import TrustStore


@dataclass(frozen=True)
class RevocationProof:
    """A CRL, or an OCSP response, in DER. ``issued_at`` is when it says so."""

    content: bytes
    issued_at: datetime
    is_list: bool


@dataclass(frozen=True)
class SignatureProofs:
    """The certificates of a signature, its own first, and the answers about their revocation.

    ``signer_revocation`` are those about the signer's certificate. ``unknown`` names authorities
    that have not answered about the signer or about a time-stamp service.
    """

    certificates: tuple[x509.Certificate, ...] = ()
    revocation: tuple[RevocationProof, ...] = ()
    signer_revocation: tuple[RevocationProof, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class StampPosition:
    """Where a time-stamp and the value that it is over are in a signature file, in bytes."""

    token_offset: int
    token_length: int
    value_offset: int
    value_length: int


def collect_proofs(
    signature: bytes, *, trust: TrustStore, at: datetime, content_type: str | None = None
) -> SignatureProofs:
    """What there is about a signature (DER) that was made at ``at``, and about its time-stamps.

    For a time-stamp token set ``content_type`` to TIME_STAMP_INFO. An unreadable signature, or one
    without a chain to a root, has fewer. Never raises.
    """
    try:
        if content_type is None:
            parsed = parse_signature(signature)
        else:
            parsed = parse_signature(signature, content_type)
        chains = [_build_chain(parsed.certificate, parsed.other_certificates, trust, at)]
        stamps = parsed.stamps[:MAX_STAMPS]
        chains += [_build_stamp_chain(token, parsed, trust) for token in stamps]
    except Exception:  # noqa: BLE001 - the parsers raise anything on hostile bytes
        return SignatureProofs()
    certificates = dict.fromkeys(certificate for chain in chains for certificate in chain)
    revocation: dict[RevocationProof, None] = {}
    signer_revocation: tuple[RevocationProof, ...] = ()
    unknown: dict[str, None] = {}
    for certificate, issuer in (pair for chain in chains for pair in pairwise(chain)):
        proofs = find_revocation(certificate, issuer, trust=trust, at=at)
        revocation.update(dict.fromkeys(proofs))
        if certificate == parsed.certificate:
            signer_revocation = tuple(proofs)
        if not proofs and certificate in {chain[0] for chain in chains if chain}:
            unknown[read_certificate(certificate).issuer] = None
    return SignatureProofs(
        tuple(certificates), tuple(revocation), signer_revocation, tuple(unknown)
    )


def find_revocation(
    certificate: x509.Certificate, issuer: x509.Certificate, *, trust: TrustStore, at: datetime
) -> list[RevocationProof]:
    """The freshest CRL of ``issuer`` and the freshest OCSP response that still hold at ``at``."""
    more = trust.archive.find_crls(issuer.subject) if trust.archive else ()
    lists = [
        RevocationProof(crl.public_bytes(Encoding.DER), crl.last_update_utc, is_list=True)
        for crl in (*trust.crls, *more)
        if crl.issuer == issuer.subject
        and is_issued_by(crl, issuer)
        and covers_certificate(crl, certificate)
        and (crl.next_update_utc is None or crl.next_update_utc >= at)
    ]
    responses = list(_find_responses(certificate, issuer, trust, at))
    return [
        max(proofs, key=lambda proof: proof.issued_at) for proofs in (lists, responses) if proofs
    ]


def _find_responses(
    certificate: x509.Certificate, issuer: x509.Certificate, trust: TrustStore, at: datetime
) -> Iterable[RevocationProof]:
    serial = certificate.serial_number
    more = trust.archive.find_ocsp_responses(serial) if trust.archive else ()
    for response in (*trust.ocsp_responses, *more):
        answer = read_ocsp_response(response, certificate, issuer)
        if answer is not None and (answer.revoked_at is not None or answer.holds_at(at)):
            items = ocsp.OCSPResponse.load(response).response_data["responses"]
            times = [
                item["this_update"].native
                for item in items
                if item["cert_id"]["serial_number"].native == serial
            ]
            yield RevocationProof(response, max(times), is_list=False)


def _build_chain(
    certificate: x509.Certificate | None,
    others: Sequence[x509.Certificate],
    trust: TrustStore,
    at: datetime,
) -> list[x509.Certificate]:
    """The chain to a root, or the certificates at hand when there is none."""
    if certificate is None:
        return []
    try:
        chain = trust.build_chain(certificate, others, at)
    except UnverifiableChain:
        chain = None
    return chain or [certificate]


def _build_stamp_chain(
    token: bytes, signature: ParsedSignature, trust: TrustStore
) -> list[x509.Certificate]:
    try:
        parsed = parse_signature(token, TIME_STAMP_INFO, signature.other_certificates)
        stamped_at = read_stamp_time(token)
    except (UnreadableSignature, ValueError):
        return []
    return _build_chain(parsed.certificate, parsed.other_certificates, trust, stamped_at)


def read_stamp_time(token: bytes) -> datetime:
    """The time that a token states, unchecked. Raises ValueError for bytes that are no token."""
    try:
        content = parse_signature(token, TIME_STAMP_INFO).content or b""
        time: datetime = tsp.TSTInfo.load(content, strict=True)["gen_time"].native
    except (UnreadableSignature, ValueError, TypeError, KeyError) as error:
        raise ValueError("not a time-stamp token") from error
    return time.astimezone(UTC)


def find_stamp_position(signature: bytes) -> tuple[StampPosition, datetime] | None:
    """Where the first time-stamp in a CAdES-T signature is, and its time; None without one."""
    try:
        parsed = parse_signature(signature)
        token = parsed.stamps[0]
        position = StampPosition(
            signature.index(token), len(token), signature.index(parsed.value), len(parsed.value)
        )
        return position, read_stamp_time(token)
    except Exception:  # noqa: BLE001 - the parsers raise anything on hostile bytes
        return None


def encode_certificates(certificates: Iterable[x509.Certificate]) -> bytes:
    """PEM, each certificate with its subject as a comment."""
    return b"".join(
        f"# {certificate.subject.rfc4514_string()}\n".encode()
        + certificate.public_bytes(Encoding.PEM)
        for certificate in certificates
    )
