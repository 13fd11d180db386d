"""Packages with the folder evidence/ and time-stamps, made at a time of the past."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from archive.package import manifest, timestamps
from archive.package.builder import build_package
from archive.package.manifest import FileRole
from archive.package.parts import EmbeddedStamp, EvidencePart, PackageParts, PartySide
from archive.package.timestamps import TimestampFolder
from econtract.sandbox.gost.x509 import build_crl
from edo.signing.proofs import encode_certificates, find_stamp_position
from tests.support.documents.packages import (
    CLIENT_INN,
    HEAD,
    OUR_INN,
    SIGNATORY,
    build_parts,
    build_power,
    build_power_data,
    contract_pdf,
    sign_document,
)
from tests.support.documents.verification import Files, read_files
from tests.support.signing.gost_pki import GostAuthority, gost_authority
from tests.support.signing.pki import DAY, NOW, YEAR, Authority, Signer, authority
from tests.support.signing.stamps import add_stamp, build_stamp, get_value

# Ten years before the clock of the tests: all certificates of people have ended long since.
THEN = NOW - 10 * YEAR + DAY
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class SigningWorld:
    """An authority, the people whom it certified at THEN, and its time-stamp service."""

    authority: Authority | GostAuthority
    sender: Signer
    recipient: Signer
    head: Signer
    stamping: Signer
    digest: str

    @property
    def certificates(self) -> list[x509.Certificate]:
        people = (self.sender, self.recipient, self.head, self.stamping)
        return [*(signer.certificate for signer in people), self.authority.issuing]

    def build_list(self, revoked: dict[x509.Certificate, dt.datetime] | None = None) -> bytes:
        """A CRL that was issued an hour after THEN."""
        issued_at, until = THEN + 60 * MINUTE, THEN + 30 * DAY
        if isinstance(self.authority, GostAuthority):
            return build_crl(
                issuer=self.authority.issuing.subject,
                issuer_key=self.authority.key,
                last_update=issued_at,
                next_update=until,
                revocations=[(cert.serial_number, at) for cert, at in (revoked or {}).items()],
            )
        crl = self.authority.revocation_list(revoked or {}, until, issued_at)
        return crl.public_bytes(Encoding.DER)

    def stamp(self, content: bytes, at: dt.datetime) -> bytes:
        return build_stamp(self.stamping, content, at, algorithm=self.digest)


@cache
def build_world(kind: str) -> SigningWorld:
    """«ecdsa» or «gost». The certificates are valid for a year around THEN."""
    term = {"valid_from": THEN - YEAR // 2, "valid_until": THEN + YEAR // 2}
    owner: Authority | GostAuthority = gost_authority() if kind == "gost" else authority()
    return SigningWorld(
        authority=owner,
        sender=owner.signer(organisation_inn=OUR_INN, **term),
        recipient=owner.signer(organisation_inn=CLIENT_INN, **term),
        head=owner.signer(organisation_inn=OUR_INN, **term),
        stamping=owner.time_stamp_authority(*term.values()),
        digest="streebog256" if kind == "gost" else "sha256",
    )


@cache
def _seal_signer() -> Signer:
    return authority().seal(organisation_inn=OUR_INN, valid_from=THEN - DAY)


def seal_then(content: bytes) -> bytes:
    return _seal_signer().sign(content, THEN + MINUTE)


def build_evidence_parts(folder: Path, world: SigningWorld) -> PackageParts:
    """The parts of a package that was signed at THEN, with all kinds of evidence."""
    content = contract_pdf()
    signatures = [
        sign_document(world.sender, PartySide.SENDER, content, signed_at=THEN),
        sign_document(world.recipient, PartySide.RECIPIENT, content, signed_at=THEN),
    ]
    term = {"issued_on": (THEN - DAY).date(), "valid_until": (THEN + 90 * DAY).date()}
    # Both authorities certify the same person.
    person = {"inn": "771234567859", "snils": "11223344595"}
    data = replace(build_power_data(replace(SIGNATORY, **person)), head=replace(HEAD, **person))
    power = build_power(replace(data, **term))
    power = replace(power, signature=world.head.sign(power.xml, THEN), signed_at=THEN)
    sender, recipient = (signature.der for signature in signatures)
    stamped = add_stamp(recipient, world.stamp(get_value(recipient), THEN + MINUTE))
    protocol = contract_pdf(lines=1)
    position = find_stamp_position(stamped)
    assert position is not None
    covers = ("sender", "recipient", "sender_power")
    roles = FileRole
    evidence = [
        EvidencePart(
            role=roles.STAMPED_SIGNATURE,
            content=stamped,
            side=PartySide.RECIPIENT,
            at=position[1],
            embedded_stamp=EmbeddedStamp(**asdict(position[0])),
        ),
        EvidencePart(
            role=roles.TIMESTAMP,
            content=world.stamp(sender, THEN + 2 * MINUTE),
            side=PartySide.SENDER,
            at=THEN + 2 * MINUTE,
        ),
        EvidencePart(role=roles.OPERATOR_PROTOCOL, content=protocol),
        EvidencePart(
            role=roles.OPERATOR_PROTOCOL_SIGNATURE, content=world.sender.sign(protocol, THEN)
        ),
        EvidencePart(role=roles.CERTIFICATES, content=encode_certificates(world.certificates)),
        EvidencePart(
            role=roles.REVOCATION_LIST,
            content=world.build_list(),
            at=THEN + 60 * MINUTE,
            covers=covers,
        ),
        *_build_ocsp_parts(world),
    ]
    roots = [authority().root, world.authority.root]
    return replace(
        build_parts(folder),
        signatures=signatures,
        powers=[power],
        evidence=evidence,
        trust_roots=b"".join(root.public_bytes(Encoding.PEM) for root in dict.fromkeys(roots)),
    )


def _build_ocsp_parts(world: SigningWorld) -> list[EvidencePart]:
    """A response about the client; `cryptography` cannot sign one by ГОСТ."""
    if not isinstance(world.authority, Authority):
        return []
    at = THEN + 60 * MINUTE
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=world.recipient.certificate,
        issuer=world.authority.issuing,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus.GOOD,
        this_update=at,
        next_update=at + DAY,
        revocation_time=None,
        revocation_reason=None,
    )
    responder = (ocsp.OCSPResponderEncoding.NAME, world.authority.issuing)
    response = builder.responder_id(*responder).sign(world.authority.key, hashes.SHA256())
    content = response.public_bytes(Encoding.DER)
    return [
        EvidencePart(role=FileRole.OCSP_RESPONSE, content=content, at=at, covers=("recipient",))
    ]


def build_stamped_package(
    folder: Path, world: SigningWorld, *, times: Sequence[dt.datetime] = (THEN + 5 * MINUTE,)
) -> Path:
    """The package as users download it, with a time-stamp for each of ``times``."""
    folder.mkdir(exist_ok=True)
    parts = build_evidence_parts(folder, world)
    built = build_package(parts=parts, target=folder / "package.zip", seal=seal_then)
    target = folder / "stamped.zip"
    folders = build_timestamp_folders(read_files(built.path), world, times)
    timestamps.write_extended_package(
        built.path, target, [(folder.stamped_at, folder.list_files()) for folder in folders]
    )
    return target


def build_timestamp_folders(
    files: Files, world: SigningWorld, times: Sequence[dt.datetime]
) -> list[TimestampFolder]:
    folders: list[TimestampFolder] = []
    for number, at in enumerate(times, start=1):
        proofs = [("previous-1.crl", world.build_list())]
        listing = timestamps.build_listing(
            [
                *((name, files[name]) for name in (manifest.NAME, manifest.SEAL_NAME)),
                *(file for folder in folders for file in folder.list_files()),
                *((timestamps.build_path(number, name), content) for name, content in proofs),
            ]
        )
        folders.append(
            TimestampFolder(
                number=number,
                listing=listing,
                token=world.stamp(listing, at),
                certificates=encode_certificates([world.stamping.certificate]),
                stamped_at=at,
                proofs=proofs,
            )
        )
    return folders
