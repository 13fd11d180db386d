"""Collecting what proves the signatures of an exchange for years: the folder evidence/."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from cryptography import x509

from econtract.platform.common.errors import OutsideError
from edo.channels.evidence import EvidenceAttempt, EvidenceContent, EvidenceRole, SigningSide
from edo.channels.operator.document_digests import get_digests
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.values import SentDocument
from edo.models import Exchange, TrustList
from edo.signing import cms
from edo.signing.cms_parsing import TIME_STAMP_INFO
from edo.signing.proofs import (
    SignatureProofs,
    collect_proofs,
    encode_certificates,
    find_stamp_position,
    read_stamp_time,
)
from edo.signing.timestamp_service import has_timestamp_service, request_timestamp
from edo.trust.freshness import freshen_for_evidence
from edo.trust.store import load_trust_store

Result = TypeVar("Result")

MAX_PROTOCOL_BYTES = 10 * 1024 * 1024
SIDES = {SigningSide.SENDER: "отправителя", SigningSide.RECIPIENT: "получателя"}
# What `covers` calls the signatures of time-stamp services and of the operator.
STAMP, OPERATOR = "stamp", "operator"
NO_PROTOCOL = "Протокола оператора ЭДО: оператор его не отдал."


def fetch_evidence(exchange: Exchange, known: Sequence[EvidenceContent] = ()) -> EvidenceAttempt:
    """As `SigningChannel.fetch_evidence`."""
    if exchange.state != Exchange.State.SIGNED:
        raise ValueError("Only a signed exchange has evidence.")
    return _EvidenceCollection(exchange, known).run()


class _EvidenceCollection:
    """One attempt to collect the evidence of one exchange."""

    def __init__(self, exchange: Exchange, known: Sequence[EvidenceContent]) -> None:
        self.exchange = exchange
        self.known = known
        self.trust = load_trust_store()
        self.files: list[EvidenceContent] = []
        self.missing: list[str] = []

    def run(self) -> EvidenceAttempt:
        self._add_stamped_signature()
        for side, signature in self._list_signatures():
            self._add_timestamp(side, signature)
        self._add_protocol()
        self._fetch_revocation()
        self._add_proofs()
        return EvidenceAttempt(tuple(self.files), tuple(self.missing), self._list_facts())

    def _list_signatures(self) -> list[tuple[SigningSide, bytes]]:
        return [
            (SigningSide.SENDER, bytes(self.exchange.sender_signature or b"")),
            (SigningSide.RECIPIENT, bytes(self.exchange.recipient_signature or b"")),
        ]

    def _find_known(
        self, role: EvidenceRole, side: SigningSide | None = None
    ) -> EvidenceContent | None:
        return next((file for file in self.known if (file.role, file.side) == (role, side)), None)

    def _try(self, call: Callable[[], Result], missing: str) -> Result | None:
        """The result of an outside call; None when it fails, and then ``missing`` is."""
        try:
            return call()
        except OutsideError:
            self.missing.append(missing)
            return None

    # --- Time-stamps -------------------------------------------------------------------------

    def _add_stamped_signature(self) -> None:
        """The client's signature as the operator has completed it."""
        content = bytes(self.exchange.recipient_signature_stamped or b"")
        if not content:
            return
        details: dict[str, Any] = {}
        if stamp := find_stamp_position(content):
            position, stamped_at = stamp
            details = {"stamp": asdict(position), "at": stamped_at.isoformat()}
        self.files.append(
            EvidenceContent(EvidenceRole.STAMPED_SIGNATURE, content, SigningSide.RECIPIENT, details)
        )

    def _add_timestamp(self, side: SigningSide, signature: bytes) -> None:
        """A stamp of our own service over the file of a signature."""
        if file := self._find_known(EvidenceRole.TIMESTAMP, side):
            self.files.append(file)
        elif has_timestamp_service():
            token = self._try(
                lambda: request_timestamp(signature, trust=self.trust),
                f"Штампа времени подписи {SIDES[side]}: служба времени его не дала.",
            )
            if token is not None:
                details = {"at": read_stamp_time(token).isoformat()}
                self.files.append(EvidenceContent(EvidenceRole.TIMESTAMP, token, side, details))

    # --- The operator ------------------------------------------------------------------------

    def _add_protocol(self) -> None:
        protocol = self._find_known(EvidenceRole.OPERATOR_PROTOCOL)
        signature = self._find_known(EvidenceRole.OPERATOR_PROTOCOL_SIGNATURE)
        if protocol and signature:
            self.files += [protocol, signature]
            return
        exchange = self.exchange
        sent = SentDocument(exchange.message_id, exchange.document_id)
        contents = self._try(
            lambda: get_gateway(exchange.box).fetch_protocol(exchange.box.operator_box_id, sent),
            NO_PROTOCOL,
        )
        if contents is None:
            return
        if max(map(len, contents)) > MAX_PROTOCOL_BYTES or not all(contents):
            self.missing.append(NO_PROTOCOL)
            return
        roles = (EvidenceRole.OPERATOR_PROTOCOL, EvidenceRole.OPERATOR_PROTOCOL_SIGNATURE)
        self.files += [
            EvidenceContent(role, content) for role, content in zip(roles, contents, strict=True)
        ]

    # --- Certificates and revocation ---------------------------------------------------------

    def _fetch_revocation(self) -> None:
        """Have the authorities answer, unless what is at hand is from after the signatures."""
        for _, signature in (*self._list_signatures(), *self._list_power_signatures()):
            freshen_for_evidence(signature, self._get_end())
        for file in self.files:
            if file.role == EvidenceRole.TIMESTAMP:
                at = read_stamp_time(file.content)
                freshen_for_evidence(file.content, at, TIME_STAMP_INFO)
            elif file.role in _SIGNED_ROLES:
                freshen_for_evidence(file.content, self._get_end())
        self.trust = load_trust_store()

    def _add_proofs(self) -> None:
        """The certificates and revocation lists of all signatures, each once."""
        certificates: dict[x509.Certificate, None] = {}
        answers: dict[tuple[EvidenceRole, bytes], tuple[datetime, list[str]]] = {}
        for name, proofs in self._collect_proofs():
            certificates.update(dict.fromkeys(proofs.certificates))
            for proof in proofs.revocation:
                is_list = proof.is_list
                role = EvidenceRole.REVOCATION_LIST if is_list else EvidenceRole.OCSP_RESPONSE
                _, covers = answers.setdefault((role, proof.content), (proof.issued_at, []))
                is_about_signer = proof in proofs.signer_revocation
                covers += [name] if is_about_signer and name not in covers else []
            self.missing += [
                f"Сведений об отзыве сертификатов, которые выдал {authority}."
                for authority in proofs.unknown
            ]
        self.missing = list(dict.fromkeys(self.missing))
        if certificates:
            content = encode_certificates(certificates)
            self.files.append(EvidenceContent(EvidenceRole.CERTIFICATES, content))
        for (role, content), (issued_at, covers) in answers.items():
            details = {"at": issued_at.isoformat(), "covers": covers}
            self.files.append(EvidenceContent(role, content, details=details))

    def _collect_proofs(self) -> list[tuple[str, SignatureProofs]]:
        """The proofs of every signature in the package, with its name in `covers`."""
        sides = [
            (str(side), self._collect(signature)) for side, signature in self._list_signatures()
        ]
        return [
            *sides,
            *(
                (f"{side}_power", self._collect(signature))
                for side, signature in self._list_power_signatures()
            ),
            *(self._collect_for_file(file) for file in self.files if file.role in _SIGNED_ROLES),
        ]

    def _list_power_signatures(self) -> list[tuple[SigningSide, bytes]]:
        power = self.exchange.power_of_attorney
        ours = [(SigningSide.SENDER, bytes(power.signature))] if power else []
        theirs = self.exchange.recipient_powers.values_list("signature", flat=True)
        return [*ours, *((SigningSide.RECIPIENT, bytes(item)) for item in theirs if item)]

    def _collect(self, signature: bytes) -> SignatureProofs:
        return collect_proofs(signature, trust=self.trust, at=self._get_end())

    def _collect_for_file(self, file: EvidenceContent) -> tuple[str, SignatureProofs]:
        if file.role == EvidenceRole.TIMESTAMP:
            at = read_stamp_time(file.content)
            proofs = collect_proofs(
                file.content, trust=self.trust, at=at, content_type=TIME_STAMP_INFO
            )
            return STAMP, proofs
        name = str(file.side) if file.side else OPERATOR
        return name, self._collect(file.content)

    def _get_end(self) -> datetime:
        """When the last signature was there: until then revocation matters."""
        exchange = self.exchange
        time = exchange.recipient_signed_at or exchange.finished_at
        return time or exchange.created_at

    # --- Facts -------------------------------------------------------------------------------

    def _list_facts(self) -> dict[str, Any]:
        """The list of accredited authorities, their terms, and both verdicts on the signature."""
        lists = TrustList.objects.filter(
            state=TrustList.State.ACCEPTED, issued_at__lte=self._get_end()
        )
        current = lists.only("number", "issued_at", "sha256").first()
        return {
            "accredited_list": {
                "number": current.number,
                "issued_at": current.issued_at.isoformat(),
                "sha256": current.sha256,
            }
            if current
            else None,
            "accreditations": [
                self._describe_accreditation(side, signature)
                for side, signature in self._list_signatures()
            ],
            "operator_verdict": self.exchange.operator_verdict,
            "recipient_verdict": self.exchange.recipient_verdict,
        }

    def _describe_accreditation(self, side: SigningSide, signature: bytes) -> dict[str, Any]:
        report = cms.verify_digest(signature, get_digests(self.exchange), trust=self.trust)
        term = report.accreditation
        return {
            "side": str(side),
            "authority": term.name if term else None,
            "valid_from": term.valid_from.isoformat() if term else None,
            "valid_until": term.valid_until.isoformat() if term and term.valid_until else None,
        }


_SIGNED_ROLES = {
    EvidenceRole.STAMPED_SIGNATURE,
    EvidenceRole.TIMESTAMP,
    EvidenceRole.OPERATOR_PROTOCOL_SIGNATURE,
}
