"""What verifying a signature finds out. No database."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from econtract.platform.common.refusals import Refusal
from edo.signing.accreditation import Accreditation
from edo.signing.certificates import CertificateDetails
from edo.signing.revocation import RevocationStatus

PROBLEM_TEXTS = {
    "malformed": "Подпись не читается: это не открепленная подпись CMS.",
    "not_detached": "Подпись содержит документ внутри себя, а нужна открепленная.",
    "several_signers": "В файле подписи не одна подпись, а ожидается ровно одна.",
    "attributes_missing": "В подписи нет хеша документа.",
    "certificate_missing": "В подписи нет сертификата подписавшего.",
    "certificate_substituted": "Сертификат в подписи подменен: подписан другой сертификат.",
    "algorithm_weak": "Алгоритм подписи ненадежен, такие подписи не принимаются.",
    "digest_mismatch": "Подпись не соответствует файлу: файл изменен или подписан другой файл.",
    "signature_invalid": "Подпись повреждена: ключ сертификата ее не подтверждает.",
    "key_usage": "Сертификат не предназначен для подписания документов.",
    "certificate_untrusted": "Сертификат выдан центром, которому система не доверяет.",
    "certificate_expired": "Сертификат истек {}, раньше момента подписания.",
    "certificate_not_yet_valid": "Сертификат действует только с {}, позже момента подписания.",
    "certificate_revoked": "Сертификат отозван {}.",
    "stamp_invalid": "Штамп времени в подписи недействителен. {}",
}
DOUBT_TEXTS = {
    "unreadable": "Подпись не удалось прочитать: ее формат не поддерживается.",
    "algorithm_unsupported": "Алгоритм подписи не поддерживается.",
    "chain_unsupported": "Алгоритм, которым подписан сертификат, не поддерживается.",
    "chain_unreadable": "Цепочку сертификатов не удалось прочитать: их формат не поддерживается.",
    "digest_unavailable": "Нет хеша документа по алгоритму, который указан в подписи.",
    "digest_unsupported": "Алгоритм хеширования, который указан в подписи, не поддерживается.",
}


Findings = tuple[list[Refusal], list[Refusal]]  # problems, doubts


class Verdict(StrEnum):
    """The result of verifying a signature. UNDETERMINED: we cannot tell, a person must decide."""

    VALID = "valid"
    INVALID = "invalid"
    UNDETERMINED = "undetermined"


def judge(problems: tuple[object, ...], doubts: tuple[object, ...]) -> Verdict:
    """INVALID with a problem, UNDETERMINED with doubts only, otherwise VALID."""
    if problems:
        return Verdict.INVALID
    return Verdict.UNDETERMINED if doubts else Verdict.VALID


@dataclass(frozen=True)
class StampReport:
    """The result of verifying a time-stamp token; problems and doubts as in `SignatureReport`.

    `certificate` is that of the time-stamp authority, None when it is not at hand.
    """

    problems: tuple[Refusal, ...] = ()
    doubts: tuple[Refusal, ...] = ()
    certificate: CertificateDetails | None = None
    stamped_at: datetime | None = None

    @property
    def is_valid(self) -> bool:
        return judge(self.problems, self.doubts) == Verdict.VALID


@dataclass(frozen=True)
class SignatureReport:
    """The result of verifying one detached signature.

    `problems` refute the signature. `doubts` are the checks that we could not make: the signature
    may be good or bad. Whatever could be read is filled in even when a check failed; `certificate`
    is None only when the signature or its certificate is unreadable.
    `signed_at` is the signing time that the signer states, aware UTC, None when they state none.
    `stamp` is its time-stamp, None when it has none. A valid one says when the signature existed:
    the certificate is judged at that time.
    `revocation` is UNKNOWN when no fresh CRL covers the certificate; that alone is no problem.
    `accreditation` is that of an authority of the chain at the signing time. Without one the
    signature may be valid, but is not known to be qualified.
    """

    problems: tuple[Refusal, ...] = ()
    doubts: tuple[Refusal, ...] = ()
    certificate: CertificateDetails | None = None
    signed_at: datetime | None = None
    stamp: "StampReport | None" = None
    digest_algorithm: str = ""
    signature_algorithm: str = ""
    revocation: RevocationStatus = RevocationStatus.UNKNOWN
    accreditation: Accreditation | None = None

    @property
    def verdict(self) -> Verdict:
        return judge(self.problems, self.doubts)

    @property
    def stamped_at(self) -> datetime | None:
        """The time of a valid time-stamp; None without one."""
        return self.stamp.stamped_at if self.stamp and self.stamp.is_valid else None

    @property
    def is_valid(self) -> bool:
        return self.verdict == Verdict.VALID

    @property
    def reasons(self) -> tuple[Refusal, ...]:
        """Why it is not valid: the problems, then the doubts."""
        return self.problems + self.doubts

    def with_problem(self, problem: Refusal) -> "SignatureReport":
        """The same report with one more failed check, which the caller has made."""
        return replace(self, problems=(*self.problems, problem))


def build_problem(code: str, *values: str) -> Refusal:
    return Refusal(code, PROBLEM_TEXTS[code].format(*values))


def build_doubt(code: str) -> Refusal:
    return Refusal(code, DOUBT_TEXTS[code])


def merge(*findings: Findings) -> Findings:
    """All problems, and all doubts, each once."""
    problems = dict.fromkeys(item for each, _ in findings for item in each)
    doubts = dict.fromkeys(item for _, each in findings for item in each)
    return list(problems), list(doubts)
