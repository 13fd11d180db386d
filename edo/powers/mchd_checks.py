"""Whether a machine-readable power of attorney holds: every check by name. No database."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from edo.powers.mchd import (
    MalformedPowerOfAttorney,
    Person,
    PowerOfAttorneyData,
    parse,
    schema_errors,
)
from edo.problems import MOSCOW, Problem, day
from edo.signing import cms
from edo.signing.certificates import CertificateDetails
from edo.signing.cms import SignatureReport
from edo.signing.trust import Trust

RENEW = "Оформите новую МЧД у руководителя и загрузите ее."
RELOAD = "Загрузите исходные файлы МЧД: XML и подпись руководителя к нему."
MOST_SCHEMA_ERRORS = 3


@dataclass(frozen=True)
class Expected:
    """What a power of attorney must say for us to sign by it.

    `representative` is the signatory's certificate, `power_codes` those of which one is enough
    (none: powers are not looked at), `schema` the official schema where there is one.
    """

    principal_inn: str
    representative: CertificateDetails
    power_codes: Collection[str] = ()
    schema: Path | None = None


@dataclass(frozen=True)
class PowerOfAttorneyReport:
    """The verdict. `data` is None when the XML cannot be read; `signature` is then None too.

    Codes of problems: malformed, schema_invalid, not_yet_valid, expired, revoked,
    head_signature_invalid, wrong_head, foreign_principal, foreign_representative,
    powers_missing.
    """

    problems: tuple[Problem, ...]
    data: PowerOfAttorneyData | None = None
    signature: SignatureReport | None = None

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(
    xml: bytes,
    signature: bytes,
    *,
    expected: Expected,
    trust: Trust,
    at: datetime,
    revoked_at: datetime | None = None,
) -> PowerOfAttorneyReport:
    """Checks everything and names every failed check. Never raises on hostile input.

    ``at`` is the moment of signing by this power; its day in Moscow must lie in the term.
    ``revoked_at`` is when it was revoked, as far as we know.
    """
    try:
        data = parse(xml)
    except MalformedPowerOfAttorney as error:
        text = f"Файл не читается как МЧД формата EMCHD_1. {error}".strip()
        return PowerOfAttorneyReport((Problem("malformed", text, RELOAD),))
    head_signature = cms.verify(signature, xml, trust=trust)
    problems = (
        *_schema_problems(xml, expected.schema),
        *_term_problems(data, at.astimezone(MOSCOW).date()),
        *_revocation_problems(revoked_at, at),
        *_signature_problems(data, head_signature),
        *_party_problems(data, expected),
        *_power_problems(data, expected.power_codes),
    )
    return PowerOfAttorneyReport(problems, data, head_signature)


def _schema_problems(xml: bytes, schema: Path | None) -> list[Problem]:
    errors = schema_errors(xml, schema) if schema else []
    if not errors:
        return []
    found = "; ".join(errors[:MOST_SCHEMA_ERRORS])
    return [Problem("schema_invalid", f"XML не соответствует схеме EMCHD_1: {found}.", RELOAD)]


def _term_problems(data: PowerOfAttorneyData, today: date) -> list[Problem]:
    if today < data.issued_on:
        text = f"МЧД действует только с {day(data.issued_on)}."
        return [Problem("not_yet_valid", text, "Дождитесь начала срока или выберите другую МЧД.")]
    if today > data.valid_until:
        return [Problem("expired", f"Срок МЧД истек {day(data.valid_until)}.", RENEW)]
    return []


def _revocation_problems(revoked_at: datetime | None, at: datetime) -> list[Problem]:
    if revoked_at is None or revoked_at > at:
        return []
    return [Problem("revoked", f"МЧД отозвана {day(revoked_at)}.", RENEW)]


def _signature_problems(data: PowerOfAttorneyData, report: SignatureReport) -> list[Problem]:
    problems = [
        Problem("head_signature_invalid", f"Подпись руководителя под МЧД: {item.text}", RELOAD)
        for item in report.problems
    ]
    certificate = report.certificate
    if certificate is not None and not _is_head(data, certificate):
        text = (
            f"МЧД подписал не руководитель доверителя: {certificate.owner}, "
            f"а в доверенности указан {data.head.full_name}."
        )
        problems.append(Problem("wrong_head", text, RENEW))
    return problems


def _is_head(data: PowerOfAttorneyData, certificate: CertificateDetails) -> bool:
    return certificate.organisation_inn == data.principal.inn and _is_same_person(
        data.head, certificate
    )


def _is_same_person(person: Person, certificate: CertificateDetails) -> bool:
    """By ИНН and СНИЛС, of which at least one must be there and none may differ."""
    pairs = [(person.inn, certificate.inn), (person.snils, certificate.snils)]
    known = [pair for pair in pairs if all(pair)]
    return bool(known) and all(left == right for left, right in known)


def _party_problems(data: PowerOfAttorneyData, expected: Expected) -> list[Problem]:
    problems = []
    if data.principal.inn != expected.principal_inn:
        text = (
            f"Доверитель в МЧД {data.principal.name} (ИНН {data.principal.inn}), "
            f"а документ отправляет организация с ИНН {expected.principal_inn}."
        )
        problems.append(Problem("foreign_principal", text, "Выберите МЧД нужной организации."))
    if not _is_same_person(data.representative, expected.representative):
        text = (
            f"МЧД выдана на другое лицо ({data.representative.full_name}), "
            f"а сертификат принадлежит {expected.representative.owner}."
        )
        problems.append(Problem("foreign_representative", text, "Выберите МЧД этого подписанта."))
    return problems


def _power_problems(data: PowerOfAttorneyData, codes: Collection[str]) -> list[Problem]:
    """A power in plain text is read by the person who takes the paper in."""
    covered = data.powers_text or {power.code for power in data.powers} & set(codes)
    if covered or not codes:
        return []
    return [Problem("powers_missing", "В МЧД нет полномочий на подписание договоров.", RENEW)]
