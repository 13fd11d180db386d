"""Sample contracts, signatures and complete packages."""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding

from archive.package.builder import BuiltPackage, build_package, write_copy
from archive.package.parts import (
    ContractParty,
    DocumentIdentifiers,
    DocumentSignature,
    PackageParts,
    PartySide,
    PowerOfAttorneyFile,
    SignatureDetails,
    SignatureKind,
    SigningEvent,
)
from archive.package.simple import (
    AcceptedTextFile,
    DeviceLine,
    MessageLine,
    RecordLine,
    SimpleSignaturePart,
)
from archive.typesetting.pdf import html_to_pdf
from edo.evidence_chain.chains import ExportedChain
from edo.evidence_chain.kinds import RecordKind
from edo.powers import mchd
from edo.signing.certificates import read_certificate
from tests.support.evidence_chains import build_chain, signing_steps
from tests.support.signing.pki import NOW, Signer, authority

MCHD_NUMBER = UUID("2f0b1a5e-33f4-4c3b-9ef2-111111111111")
OUR_INN = "7707049388"
CLIENT_INN = "7701001100"
HEAD = mchd.MchdPerson("Петров", "Петр", "Петрович", "772345678901", "11223344595", "Президент")
SIGNATORY = mchd.MchdPerson("Петров", "Петр", "Петрович", "500100732259", "08765430300")
MCHD_XML_NAME = f"ON_EMCHD_20260101_{MCHD_NUMBER}.xml"
LINE = "Исполнитель оказывает, а Заказчик оплачивает услуги связи на условиях договора. "


@cache
def contract_pdf(*, lines: int = 12, size: str = "A4", pages: int = 1) -> bytes:
    """A Russian contract of ``pages`` pages, ``lines`` paragraphs on the last."""
    body = '<p class="page">Приложение к договору</p>' * (pages - 1)
    body += f"<h1>Договор № 850770100110</h1>{f'<p>{LINE}</p>' * lines}"
    css = f"@page {{ size: {size}; margin: 15mm }} .page {{ break-after: page }}"
    return html_to_pdf(body, css=css, title="Договор", moment=NOW)


@cache
def sender_signer() -> Signer:
    return authority().signer(inn=SIGNATORY.inn, snils=SIGNATORY.snils, organisation_inn=OUR_INN)


@cache
def head_signer() -> Signer:
    return authority().signer(inn=HEAD.inn, snils=HEAD.snils, organisation_inn=OUR_INN)


@cache
def recipient_signer() -> Signer:
    return authority().signer(organisation_inn=CLIENT_INN)


@cache
def seal_signer() -> Signer:
    return authority().seal(organisation_inn=OUR_INN)


@cache
def seal(content: bytes) -> bytes:
    """The seal of our organisation over ``content``, a minute after the document was signed.

    The same for the same content, as from a signing service with the same idempotency key.
    """
    return seal_signer().sign(content, NOW + dt.timedelta(minutes=1))


def sign_document(
    signer: Signer,
    side: PartySide,
    content: bytes,
    power_of_attorney: UUID | None = None,
    signed_at: dt.datetime = NOW,
) -> DocumentSignature:
    """A signature of ``content``, with the details of its certificate."""
    known = read_certificate(signer.certificate)
    return DocumentSignature(
        side=side,
        der=signer.sign(content, signed_at),
        details=SignatureDetails(
            owner=known.owner,
            organisation=known.organisation,
            inn=known.organisation_inn,
            serial=known.serial,
            issuer=known.issuer,
            valid_from=known.valid_from,
            valid_until=known.valid_until,
            signed_at=signed_at,
            power_of_attorney=str(power_of_attorney) if power_of_attorney else None,
        ),
        kind=SignatureKind.QUALIFIED,
    )


def build_power_data(
    representative: mchd.MchdPerson = SIGNATORY, principal_inn: str = OUR_INN
) -> mchd.PowerOfAttorneyData:
    return mchd.PowerOfAttorneyData(
        registration_number=MCHD_NUMBER,
        internal_number="17",
        issued_on=dt.date(2026, 1, 1),
        valid_until=dt.date(2027, 1, 1),
        principal=mchd.MchdCompany("ПАО «Ростелеком»", principal_inn, "784201001", "1027700198767"),
        head=HEAD,
        representative=representative,
        powers_text="Подписание договоров об оказании услуг связи",
        registry_address="https://m4d.nalog.gov.ru",
    )


def build_power(data: mchd.PowerOfAttorneyData | None = None) -> PowerOfAttorneyFile:
    data = data or build_power_data()
    xml = mchd.build(data)
    return PowerOfAttorneyFile(
        side=PartySide.SENDER,
        file_name=mchd.build_file_name(data),
        number=str(data.registration_number),
        xml=xml,
        signature=head_signer().sign(xml),
        principal=f"{data.principal.name}, ИНН {data.principal.inn}",
        representative=data.representative.full_name,
        valid_from=data.issued_on,
        valid_until=data.valid_until,
        signed_at=NOW,
    )


def build_parts(
    folder: Path, *, content: bytes | None = None, file_name: str = "Договор.docx"
) -> PackageParts:
    """The parts of a package of ``content``, which is written to ``folder``."""
    content = contract_pdf() if content is None else content
    pdf = folder / "signed.pdf"
    pdf.write_bytes(content)
    return PackageParts(
        pdf=pdf,
        document_sha256=hashlib.sha256(content).hexdigest(),
        file_name=file_name,
        signatures=[
            sign_document(sender_signer(), PartySide.SENDER, content, MCHD_NUMBER),
            sign_document(recipient_signer(), PartySide.RECIPIENT, content),
        ],
        powers=[build_power()],
        parties=[
            ContractParty(
                side=PartySide.SENDER, name="ПАО «Ростелеком»", inn=OUR_INN, kpp="784201001"
            ),
            ContractParty(
                side=PartySide.RECIPIENT, name="ООО «Ромашка»", inn=CLIENT_INN, kpp="770101001"
            ),
        ],
        events=[
            SigningEvent(
                at=NOW - dt.timedelta(minutes=9), text="Задание создано", actor="Менеджер"
            ),
            SigningEvent(at=NOW, text="Документ подписан", actor="Клиент", note="Через ЛК ЭДО"),
        ],
        identifiers=DocumentIdentifiers(
            task_number="10482",
            document_number="850770100110",
            document_kind="Договор",
            account_number="850770100110",
            operator="Контур.Диадок",
            message_id="5e0a7b0e-0b1c-4f0e-8f53-000000000001",
            document_id="5e0a7b0e-0b1c-4f0e-8f53-000000000002",
            archive_name="АПД",
            archive_code="4600000000017",
        ),
        verification_page="https://contract.example/verify/",
        trust_roots=authority().root.public_bytes(Encoding.PEM),
    )


AGREEMENT_TEXT = "Соглашение об электронном взаимодействии\n"
CONSENT_TEXT = "Согласие на обработку персональных данных\n"


def simple_chain(content: bytes, *, copy_sha256: str = "") -> ExportedChain:
    """The records of a simple signature of ``content``, half an hour after our own signature.

    The last one is about the copy with the mark, if there is a ``copy_sha256``.
    """
    steps = signing_steps(
        hashlib.sha256(content).hexdigest(),
        hashlib.sha256(AGREEMENT_TEXT.encode()).hexdigest(),
        hashlib.sha256(CONSENT_TEXT.encode()).hexdigest(),
        start=NOW,
    )
    if copy_sha256:
        steps.append((RecordKind.MARK_MADE, {"copy_sha256": copy_sha256}, {}))
    return build_chain(steps, start=NOW)


def build_simple_parts(folder: Path, chain: ExportedChain | None = None) -> PackageParts:
    """The parts of a package that the recipient has signed with a simple signature."""
    parts = build_parts(folder)
    copy = folder / "copy.pdf"
    if chain is None:
        unmarked = _build_simple_part(simple_chain(contract_pdf()))
        sha256 = write_copy(replace(parts, signatures=parts.signatures[:1], simple=unmarked), copy)
        chain = simple_chain(contract_pdf(), copy_sha256=sha256)
    part = _build_simple_part(chain)
    parts = replace(parts, signatures=parts.signatures[:1], simple=part)
    return replace(parts, copy=copy if copy.exists() else None)


def _build_simple_part(chain: ExportedChain) -> SimpleSignaturePart:
    signed = next(iter(chain.find("signed")), chain.records[-1])
    return SimpleSignaturePart(
        signing_id=chain.id,
        chain=chain.without_value("phone").to_json(),
        owner="Петров Петр Петрович",
        masked_phone="+7 912 ***-**-89",
        inn=CLIENT_INN,
        signed_at=signed.moment,
        time_zone="Asia/Omsk",
        record_number=signed.number,
        head=chain.head,
        identification="Госуслуги, запрос R-1",
        texts=[
            AcceptedTextFile(title="Соглашение", version=1, content=AGREEMENT_TEXT.encode()),
            AcceptedTextFile(title="Согласие", version=2, content=CONSENT_TEXT.encode()),
        ],
        records=[
            RecordLine(number=record.number, at=record.moment, text=record.kind, details="Safari")
            for record in chain.records
        ],
        messages=[
            MessageLine(
                channel="СМС",
                text="Код ••••••. Подпись: договор № 17",
                states=[(signed.moment, "отправлено"), (signed.moment, "доставлено")],
            )
        ],
        devices=[DeviceLine(values=[("адрес", "203.0.113.7")], records="7–17")],
        warnings=["Номер телефона закреплен недавно."],
    )


@dataclass(frozen=True)
class SamplePackage:
    """A package, and the parts that it was built from."""

    parts: PackageParts
    built: BuiltPackage


def build_sample_package(
    folder: Path, *, content: bytes | None = None, file_name: str = "Договор.docx"
) -> SamplePackage:
    """A complete, valid package."""
    parts = build_parts(folder, content=content, file_name=file_name)
    return SamplePackage(
        parts, build_package(parts=parts, target=folder / "package.zip", seal=seal)
    )
