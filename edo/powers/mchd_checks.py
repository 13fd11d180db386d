"""Verifying a machine-readable power of attorney (МЧД). No database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from econtract.platform.common.moscow_time import MOSCOW, format_date, format_timestamp
from econtract.platform.common.refusals import Refusal
from edo.powers.mchd import (
    MalformedPowerOfAttorney,
    MchdPerson,
    PowerOfAttorneyData,
    find_schema_errors,
    parse,
)
from edo.signing import cms
from edo.signing.certificates import CertificateDetails
from edo.signing.report import SignatureReport, Verdict, judge
from edo.signing.trust import TrustStore

FIX_RENEW = "Оформите новую МЧД у руководителя и загрузите ее."
FIX_UPLOAD_AGAIN = "Загрузите исходные файлы МЧД: XML и подпись руководителя к нему."
MAX_SCHEMA_ERRORS = 3


@dataclass(frozen=True)
class PowerRequirements:
    """What a power of attorney must say before we may sign with it.

    `representative` is the certificate of the signatory. At least one of `power_codes` must be
    in the power of attorney; without any, its powers are not checked. `schema` is the official
    XSD, None when it is not installed.
    """

    principal_inn: str
    representative: CertificateDetails
    power_codes: Collection[str] = ()
    schema: Path | None = None


@dataclass(frozen=True)
class PowerOfAttorneyReport:
    """The result of verifying a power of attorney.

    `problems` refute it, `doubts` are the checks of the head's signature that we could not make.
    `data` and `signature` are None when the XML cannot be read. Problem codes: malformed,
    schema_invalid, not_yet_valid, expired, signed_later, revoked, head_signature_invalid,
    wrong_head, foreign_principal, foreign_representative, powers_missing. Code of every doubt:
    head_signature_unverified.
    """

    problems: tuple[Refusal, ...]
    doubts: tuple[Refusal, ...] = ()
    data: PowerOfAttorneyData | None = None
    signature: SignatureReport | None = None

    @property
    def verdict(self) -> Verdict:
        return judge(self.problems, self.doubts)

    @property
    def is_valid(self) -> bool:
        return self.verdict == Verdict.VALID

    @property
    def reasons(self) -> tuple[Refusal, ...]:
        """Why it is not valid: the problems, then the doubts."""
        return self.problems + self.doubts


def verify(
    xml: bytes,
    signature: bytes,
    *,
    requirements: PowerRequirements,
    trust: TrustStore,
    at: datetime,
    revoked_at: datetime | None = None,
) -> PowerOfAttorneyReport:
    """Run all checks and report every failed one. Never raises on hostile input.

    ``at`` is when the power of attorney is used; its Moscow date must lie in the term, and the head
    must have signed by then.
    ``revoked_at`` is when it was revoked, as far as the caller knows.
    """
    try:
        data = parse(xml)
    except MalformedPowerOfAttorney as error:
        text = f"Файл не читается как МЧД формата EMCHD_1. {error}".strip()
        return PowerOfAttorneyReport((Refusal("malformed", text, FIX_UPLOAD_AGAIN),))
    head_signature = cms.verify(signature, xml, trust=trust)
    problems = (
        *_check_schema(xml, requirements.schema),
        *_check_term(data, at.astimezone(MOSCOW).date()),
        *_check_signing_time(head_signature.signed_at, at),
        *_check_revocation(revoked_at, at),
        *_check_signature(data, head_signature),
        *_check_parties(data, requirements),
        *_check_powers(data, requirements.power_codes),
    )
    doubts = tuple(
        Refusal("head_signature_unverified", f"Подпись руководителя под МЧД: {doubt.text}")
        for doubt in head_signature.doubts
    )
    return PowerOfAttorneyReport(problems, doubts, data, head_signature)


def _check_schema(xml: bytes, schema: Path | None) -> list[Refusal]:
    errors = find_schema_errors(xml, schema) if schema else []
    if not errors:
        return []
    text = f"XML не соответствует схеме EMCHD_1: {'; '.join(errors[:MAX_SCHEMA_ERRORS])}."
    return [Refusal("schema_invalid", text, FIX_UPLOAD_AGAIN)]


def _check_term(data: PowerOfAttorneyData, today: date) -> list[Refusal]:
    if today < data.issued_on:
        text = f"МЧД действует только с {format_date(data.issued_on)}."
        return [Refusal("not_yet_valid", text, "Дождитесь начала срока или выберите другую МЧД.")]
    if today > data.valid_until:
        return [Refusal("expired", f"Срок МЧД истек {format_date(data.valid_until)}.", FIX_RENEW)]
    return []


def _check_signing_time(signed_at: datetime | None, at: datetime) -> list[Refusal]:
    if signed_at is None or signed_at <= at:
        return []
    text = (
        f"Руководитель подписал МЧД {format_timestamp(signed_at)}, "
        f"а по ней подписывали уже {format_timestamp(at)}."
    )
    return [Refusal("signed_later", text, "Выберите МЧД, подписанную раньше.")]


def _check_revocation(revoked_at: datetime | None, at: datetime) -> list[Refusal]:
    if revoked_at is None or revoked_at > at:
        return []
    return [Refusal("revoked", f"МЧД отозвана {format_date(revoked_at)}.", FIX_RENEW)]


def _check_signature(data: PowerOfAttorneyData, report: SignatureReport) -> list[Refusal]:
    problems = [
        Refusal(
            "head_signature_invalid",
            f"Подпись руководителя под МЧД: {problem.text}",
            FIX_UPLOAD_AGAIN,
        )
        for problem in report.problems
    ]
    certificate = report.certificate
    if certificate is not None and not _is_head(data, certificate):
        text = (
            f"МЧД подписал не руководитель доверителя: {certificate.owner}, "
            f"а в доверенности указан {data.head.full_name}."
        )
        problems.append(Refusal("wrong_head", text, FIX_RENEW))
    return problems


def _is_head(data: PowerOfAttorneyData, certificate: CertificateDetails) -> bool:
    return certificate.organisation_inn == data.principal.inn and _is_same_person(
        data.head, certificate
    )


def _is_same_person(person: MchdPerson, certificate: CertificateDetails) -> bool:
    """Compare ИНН and СНИЛС: at least one must be known on both sides, and none may differ."""
    pairs = [(person.inn, certificate.inn), (person.snils, certificate.snils)]
    known = [pair for pair in pairs if all(pair)]
    return bool(known) and all(left == right for left, right in known)


def _check_parties(data: PowerOfAttorneyData, requirements: PowerRequirements) -> list[Refusal]:
    problems = []
    if data.principal.inn != requirements.principal_inn:
        text = (
            f"Доверитель в МЧД {data.principal.name} (ИНН {data.principal.inn}), "
            f"а документ отправляет организация с ИНН {requirements.principal_inn}."
        )
        problems.append(Refusal("foreign_principal", text, "Выберите МЧД нужной организации."))
    if not _is_same_person(data.representative, requirements.representative):
        text = (
            f"МЧД выдана на другое лицо ({data.representative.full_name}), "
            f"а сертификат принадлежит {requirements.representative.owner}."
        )
        problems.append(Refusal("foreign_representative", text, "Выберите МЧД этого подписанта."))
    return problems


def _check_powers(data: PowerOfAttorneyData, codes: Collection[str]) -> list[Refusal]:
    """Powers in plain text are not checked: the administrator reads them when uploading."""
    if not codes or data.powers_text or {power.code for power in data.powers} & set(codes):
        return []
    return [Refusal("powers_missing", "В МЧД нет полномочий на подписание договоров.", FIX_RENEW)]
