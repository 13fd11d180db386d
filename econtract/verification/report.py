"""The answer in words: the same for the page and for the command."""

from dataclasses import dataclass

from econtract.platform.common.moscow_time import format_date, format_moment
from econtract.verification.results import (
    PowerOfAttorneyResult,
    SignatureResult,
    VerificationResult,
)

Rows = list[tuple[str, str]]

HOLDS = "Все подписи действительны, файлы не изменены."
HOLDS_LOOSE = "Подписи действительны и соответствуют документу."
FAILS = "Проверка не пройдена."
ASK_IN_FULL = "Проверка не пройдена. Чтобы узнать причину, проверьте сам пакет."
_SIDES = {"sender": "отправителя", "recipient": "получателя"}


@dataclass(frozen=True)
class Block:
    """One signature or power of attorney: its title, what is known, what is wrong."""

    title: str
    rows: Rows
    problems: tuple[str, ...]


def conclusion(verdict: VerificationResult) -> str:
    """The answer in one sentence."""
    if not verdict.ok:
        return FAILS
    return HOLDS if verdict.manifest else HOLDS_LOOSE


def signature_block(finding: SignatureResult, *, in_full: bool = True) -> Block:
    """Whose signature it is; not ``in_full``, no person, file or reason is named."""
    title = f"Подпись {_SIDES[finding.side]}" if finding.side in _SIDES else "Подпись"
    rows = [("Файл", finding.name if in_full else "")]
    certificate = finding.report.certificate if finding.report else None
    if certificate:
        validity = (
            f"с {format_date(certificate.valid_from)} по {format_date(certificate.valid_until)}"
        )
        rows += [
            ("Владелец", certificate.owner if in_full else ""),
            ("Организация", certificate.organisation),
            ("ИНН", certificate.organisation_inn or (certificate.inn if in_full else "")),
            ("Сертификат", certificate.serial),
            ("Кем выдан", certificate.issuer),
            ("Действителен", validity),
        ]
    if finding.report and finding.report.signed_at:
        rows.append(("Подписано", format_moment(finding.report.signed_at)))
    return Block(title, _filled(rows), _reasons(finding.problems, in_full=in_full))


def power_block(finding: PowerOfAttorneyResult, *, in_full: bool = True) -> Block:
    """Whose power of attorney it is and for whom; ``in_full`` as above."""
    side = f" {_SIDES[finding.side]}" if finding.side in _SIDES else ""
    rows = [("Файл", finding.name if in_full else "")]
    data = finding.report.data if finding.report else None
    if data:
        rows += [
            ("Номер", str(data.registration_number)),
            ("Доверитель", f"{data.principal.name}, ИНН {data.principal.inn}"),
            ("Представитель", data.representative.full_name if in_full else ""),
            ("Действительна", f"с {data.issued_on:%d.%m.%Y} по {data.valid_until:%d.%m.%Y}"),
        ]
    return Block(f"Доверенность{side}", _filled(rows), _reasons(finding.problems, in_full=in_full))


def _reasons(problems: tuple[str, ...], *, in_full: bool) -> tuple[str, ...]:
    """Reasons may name persons: who holds the package learns them by having it checked."""
    return problems if in_full or not problems else (ASK_IN_FULL,)


def _filled(rows: Rows) -> Rows:
    return [row for row in rows if row[1]]
