"""The result of a verification in Russian, for the page and for the command."""

from dataclasses import dataclass

from econtract.platform.common.moscow_time import format_date, format_timestamp
from econtract.verification.results import (
    PowerOfAttorneyResult,
    SealResult,
    SignatureResult,
    SimpleSignatureResult,
    TimeSource,
    TimestampResult,
    VerificationResult,
)
from econtract.verification.structure import SIDES_GENITIVE
from edo.signing.report import SignatureReport
from edo.signing.revocation import RevocationStatus

Rows = list[tuple[str, str]]

PACKAGE_VALID = "Все подписи действительны, файлы не изменены."
DOCUMENT_VALID = "Подписи действительны и соответствуют документу."
PACKAGE_UNSEALED = (
    "Подписи документа действительны. Пакет без печати: не заменены ли копия с отметками, протокол "
    "и пояснение, по самому пакету не узнать."
)
INVALID = "Проверка не пройдена."
UNDETERMINED = "Не удалось проверить: действительны ли подписи, неизвестно."
VERIFY_PACKAGE_ITSELF = "Проверка не пройдена. Чтобы узнать причину, проверьте сам пакет."


TIME_SOURCES = {
    TimeSource.SIGNATURE: "по штампу времени в подписи",
    TimeSource.SERVICE: "по штампу времени подписи",
    TimeSource.MANIFEST: "по штампу времени описи",
    TimeSource.SIGNER: "по словам подписавшего",
}


@dataclass(frozen=True)
class ReportBlock:
    """A signature, power of attorney or seal: its title, rows of (label, value), and why not."""

    title: str
    rows: Rows
    problems: tuple[str, ...]
    doubts: tuple[str, ...] = ()


def conclusion(result: VerificationResult) -> str:
    """The result in one sentence."""
    if result.is_undetermined:
        return UNDETERMINED
    if not result.ok:
        return INVALID
    if result.is_unsealed:
        return PACKAGE_UNSEALED
    return PACKAGE_VALID if result.is_sealed else DOCUMENT_VALID


def find_unknowns(result: VerificationResult) -> list[str]:
    """What the verification could not find out, in sentences. They name no persons."""
    signatures = [item for item in result.signatures if item.report]
    unknowns = []
    if any(_lacks_revocation(item) for item in signatures):
        unknowns.append(
            "Не отозваны ли сертификаты подписавших: свежего списка отозванных сертификатов нет."
        )
    elif any(not item.has_later_revocation for item in signatures):
        unknowns.append(
            "Не отозваны ли сертификаты перед самой подписью: сведения об отзыве старше подписи."
        )
    if any(item.judged_at and item.judged_at.source == TimeSource.SIGNER for item in signatures):
        unknowns.append("Когда поставлены подписи: время называют сами подписавшие.")
    unknowns += dict.fromkeys(
        f"Штамп времени в подписи не засчитан. {doubt.text}"
        for item in signatures
        if item.report and item.report.stamp
        for doubt in item.report.stamp.doubts
    )
    unknowns += _find_timestamp_unknowns(result)
    unknowns += [f"Пакет собран без доказательства: {text}" for text in result.missing_evidence]
    if result.powers:
        unknowns.append(
            "Не отозвана ли доверенность: это знает реестр ФНС, https://m4d.nalog.gov.ru."
        )
    if result.simple_signatures:
        unknowns.append(
            "Кто держал в руках телефон: простая подпись доказывает, что код пришел на номер, "
            "закрепленный за человеком, и был введен."
        )
    if any(simple.anchor is None for simple in result.simple_signatures):
        unknowns.append(
            "Вошли ли записи о подписании в заверение дня: в пакете его нет. Его добавляют на "
            "следующий день после подписания; скачайте пакет снова."
        )
    if result.has_unknown_copy:
        unknowns.append("Тот ли документ показывает копия с отметками: сопоставить их не удалось.")
    if result.is_sealed:
        unknowns.append(
            "Так ли шло подписание, как описано в протоколе: за это отвечает E-Contract, "
            "чья печать стоит на пакете."
        )
    return unknowns


def _lacks_revocation(result: SignatureResult) -> bool:
    return result.report is not None and result.report.revocation == RevocationStatus.UNKNOWN


def _find_timestamp_unknowns(result: VerificationResult) -> list[str]:
    unknowns = [
        f"Штамп времени {stamp.number} ничего не доказывает. {text}"
        for stamp in result.timestamps
        for text in stamp.doubts
    ]
    if any(stamp.is_expired for stamp in result.timestamps):
        unknowns.append(
            "Не подделан ли последний штамп времени: сертификат службы истек, нового штампа нет."
        )
    return unknowns


def signature_block(result: SignatureResult, *, in_full: bool = True) -> ReportBlock:
    """A signature. If not ``in_full``, without persons, file names and reasons."""
    has_side = result.side in SIDES_GENITIVE
    title = f"Подпись {SIDES_GENITIVE[result.side]}" if has_side else "Подпись"
    rows = [("Файл", result.name if in_full else "")]
    certificate = result.report.certificate if result.report else None
    if certificate:
        valid_from = format_date(certificate.valid_from)
        valid_until = format_date(certificate.valid_until)
        rows += [
            ("Владелец", certificate.owner if in_full else ""),
            ("Организация", certificate.organisation),
            ("ИНН", certificate.organisation_inn or (certificate.inn if in_full else "")),
            ("Сертификат", certificate.serial),
            ("Кем выдан", certificate.issuer),
            ("Действителен", f"с {valid_from} по {valid_until}"),
            ("Вид подписи", _signature_kind(result.report)),
        ]
    if result.report and result.report.signed_at:
        rows.append(("Подписано", format_timestamp(result.report.signed_at)))
    if result.report and result.report.is_valid and result.judged_at:
        time = format_timestamp(result.judged_at.at)
        rows.append(("Действительна на момент", f"{time}, {TIME_SOURCES[result.judged_at.source]}"))
    problems = _visible_problems(result.problems, in_full=in_full)
    return ReportBlock(title, _non_empty(rows), problems, result.doubts)


def _signature_kind(report: SignatureReport | None) -> str:
    """Empty for a signature that is not valid."""
    if report is None or not report.is_valid:
        return ""
    if report.accreditation is None:
        return "усиленная; аккредитация удостоверяющего центра не подтверждена"
    remark = " (тестовый УЦ)" if report.accreditation.is_test else ""
    return f"усиленная квалифицированная{remark}"


def simple_block(result: SimpleSignatureResult, *, in_full: bool = True) -> ReportBlock:
    """A simple signature. If not ``in_full``, without persons, file names and reasons."""
    side = f" {SIDES_GENITIVE[result.side]}" if result.side in SIDES_GENITIVE else ""
    rows = [
        ("Файл", result.name if in_full else ""),
        ("Подписал", result.owner if in_full else ""),
        ("Телефон", result.phone if in_full else ""),
        ("Подписано", format_timestamp(result.signed_at) if result.signed_at else ""),
        ("Событие", f"№ {result.record_number}" if result.record_number else ""),
        ("Последняя запись", result.head),
        ("Заверение записей", _describe_anchor(result)),
        ("Обратите внимание", " ".join(result.warnings) if in_full else ""),
    ]
    problems = _visible_problems(result.problems, in_full=in_full)
    title = f"Простая электронная подпись{side}"
    return ReportBlock(title, _non_empty(rows), problems, result.doubts)


def _describe_anchor(result: SimpleSignatureResult) -> str:
    """Empty for an anchor that proves nothing."""
    anchor = result.anchor
    if anchor is None or anchor.day is None or anchor.problems or anchor.doubts:
        return ""
    text = f"печатью за {anchor.day:%d.%m.%Y}"
    if anchor.stamped_at is None:
        return f"{text}, без штампа времени"
    return f"{text}, штамп времени {format_timestamp(anchor.stamped_at)}"


def power_block(result: PowerOfAttorneyResult, *, in_full: bool = True) -> ReportBlock:
    """A power of attorney. If not ``in_full``, without persons, file names and reasons."""
    side = f" {SIDES_GENITIVE[result.side]}" if result.side in SIDES_GENITIVE else ""
    rows = [("Файл", result.name if in_full else "")]
    data = result.report.data if result.report else None
    if data:
        rows += [
            ("Номер", str(data.registration_number)),
            ("Доверитель", f"{data.principal.name}, ИНН {data.principal.inn}"),
            ("Представитель", data.representative.full_name if in_full else ""),
            ("Действительна", f"с {data.issued_on:%d.%m.%Y} по {data.valid_until:%d.%m.%Y}"),
        ]
    problems = _visible_problems(result.problems, in_full=in_full)
    return ReportBlock(f"Доверенность{side}", _non_empty(rows), problems, result.doubts)


def seal_block(result: SealResult) -> ReportBlock:
    """The seal of a package. It names no persons."""
    rows: Rows = []
    certificate = result.report.certificate
    if certificate:
        rows += [
            ("Организация", certificate.organisation),
            ("ИНН", certificate.organisation_inn),
            ("Сертификат", certificate.serial),
            ("Кем выдан", certificate.issuer),
        ]
    if result.report.sealed_at:
        rows.append(("Поставлена", format_timestamp(result.report.sealed_at)))
    return ReportBlock("Печать пакета", _non_empty(rows), result.problems, result.doubts)


def timestamp_block(result: TimestampResult) -> ReportBlock:
    """A time-stamp over the package. It names no persons. Its doubts are among the unknowns."""
    rows: Rows = []
    report = result.report
    if report and report.certificate:
        valid_until = format_date(report.certificate.valid_until)
        rows += [
            ("Служба времени", report.certificate.organisation or report.certificate.owner),
            ("Сертификат", report.certificate.serial),
            ("Действителен до", valid_until),
        ]
    if report and report.stamped_at:
        rows.append(("Поставлен", format_timestamp(report.stamped_at)))
    title = f"Штамп времени {result.number}"
    return ReportBlock(title, _non_empty(rows), result.problems, result.doubts)


def _visible_problems(problems: tuple[str, ...], *, in_full: bool) -> tuple[str, ...]:
    """Problems may name persons, so only somebody who has the package itself may read them."""
    return problems if in_full or not problems else (VERIFY_PACKAGE_ITSELF,)


def _non_empty(rows: Rows) -> Rows:
    return [row for row in rows if row[1]]
