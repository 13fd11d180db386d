"""Whether a chain shows a signature that came about as docs/signing.md demands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edo.evidence_chain.chains import ChainRecord, ExportedChain, parse_time
from edo.evidence_chain.kinds import RecordKind

MAX_CODE_CHECKS = 3
# After one of these nobody can sign any more.
_ENDS = (RecordKind.SIGNED, RecordKind.REFUSED, RecordKind.WRONG_NUMBER, RecordKind.REVOKED)


def find_order_problems(chain: ExportedChain, *, document_sha256: str) -> list[str]:
    """Which steps before the signature are missing, in Russian; empty when none is.

    In this order: the person identified, the number bound to them, both texts accepted and the
    document shown (in either order), a code created for exactly this document, the same code
    checked and right, the signature. Only the order of records counts, not their times.
    """
    signed = chain.find(RecordKind.SIGNED)
    if not signed:
        return ["Документ не подписан: записи о подписи нет."]
    if len(signed) > 1:
        return ["Записей о подписи больше одной."]
    return _SignedChain(chain, signed[0], document_sha256).find_problems()


@dataclass(frozen=True)
class _SignedChain:
    """The records of a chain that has one signature."""

    chain: ExportedChain
    signed: ChainRecord
    document_sha256: str

    def find_problems(self) -> list[str]:
        problems = [*self._find_end_problems()]
        if self.signed.facts.get("document_sha256") != self.document_sha256:
            problems.append("Подписан другой документ: хеш в записи о подписи не тот.")
        code = self._last(
            RecordKind.CODE_CREATED,
            before=self.signed,
            where=lambda record: record.facts.get("code") == self.signed.facts.get("code"),
        )
        if code is None:
            return [*problems, "Код для этой подписи не создавался."]
        return [
            *problems,
            *self._find_code_problems(code),
            *self._find_reading_problems(code),
            *self._find_acceptance_problems(code),
            *self._find_person_problems(code),
        ]

    def _find_end_problems(self) -> list[str]:
        ends = [record for record in self._before(self.signed) if record.kind in _ENDS]
        if ends:
            return [f"Подписание уже было завершено (запись {ends[0].number})."]
        return []

    def _find_code_problems(self, code: ChainRecord) -> list[str]:
        problems = []
        if code.facts.get("document_sha256") != self.document_sha256:
            problems.append("Код создан для другого документа.")
        checks = [
            record
            for record in self.chain.find(RecordKind.CODE_CHECKED)
            if record.facts.get("code") == code.facts.get("code")
        ]
        right = [record for record in checks if record.facts.get("is_right") is True]
        if len(checks) > MAX_CODE_CHECKS:
            problems.append(f"Код проверялся больше {MAX_CODE_CHECKS} раз.")
        if not [item for item in right if code.number < item.number < self.signed.number]:
            problems.append("Верный код перед подписью не введен.")
        elif _is_late(right[0], code):
            problems.append("Код введен после окончания его срока.")
        link_ends = [
            record
            for record in self._before(code)
            if record.kind == RecordKind.LINK_ENDED
            and record.facts.get("link") == code.facts.get("link")
        ]
        if link_ends:
            problems.append("Ссылка, по которой создан код, уже не действовала.")
        return problems

    def _find_reading_problems(self, code: ChainRecord) -> list[str]:
        if self._last(RecordKind.PAGE_SHOWN, before=code):
            return []
        return ["Документ перед созданием кода не показан."]

    def _find_acceptance_problems(self, code: ChainRecord) -> list[str]:
        problems = []
        for shown, accepted, text in (
            (
                RecordKind.AGREEMENT_SHOWN,
                RecordKind.AGREEMENT_ACCEPTED,
                "Соглашение об электронном взаимодействии",
            ),
            (
                RecordKind.CONSENT_SHOWN,
                RecordKind.CONSENT_ACCEPTED,
                "Согласие на обработку персональных данных",
            ),
        ):
            acceptance = self._last(accepted, before=code)
            if acceptance is None or not acceptance.facts.get("text_sha256"):
                problems.append(f"{text} до создания кода не принято.")
                continue
            if not _is_earlier(acceptance) and not self._last(
                shown,
                before=acceptance,
                where=lambda item, text_sha256=acceptance.facts["text_sha256"]: (  # type: ignore[misc]
                    item.facts.get("text_sha256") == text_sha256
                ),
            ):
                problems.append(f"{text} принято, но его текст не показан.")
            withdrawn = self._last(RecordKind.CONSENT_WITHDRAWN, before=self.signed)
            if (
                withdrawn
                and withdrawn.number > acceptance.number
                and withdrawn.facts.get("text_sha256") == acceptance.facts["text_sha256"]
            ):
                problems.append(f"{text} отозвано до подписи.")
        return problems

    def _find_person_problems(self, code: ChainRecord) -> list[str]:
        bound = self._last(RecordKind.NUMBER_BOUND, before=self._first_step(code))
        if bound is None:
            return ["Номер телефона не закреплен за подписантом."]
        identified = self._last(RecordKind.PERSON_IDENTIFIED, before=bound)
        if identified is None or not _is_time(identified.facts.get("identified_at")):
            return ["Личность подписанта не установлена до закрепления номера."]
        return []

    def _first_step(self, code: ChainRecord) -> ChainRecord:
        """The first thing that the client did: they were identified before all of it."""
        kinds = (
            RecordKind.AGREEMENT_ACCEPTED,
            RecordKind.CONSENT_ACCEPTED,
            RecordKind.PAGE_SHOWN,
        )
        return next((item for item in self._before(code) if item.kind in kinds), code)

    def _before(self, record: ChainRecord) -> Sequence[ChainRecord]:
        return [item for item in self.chain.records if item.number < record.number]

    def _last(
        self,
        kind: RecordKind,
        *,
        before: ChainRecord,
        where: Callable[[ChainRecord], bool] = lambda record: True,
    ) -> ChainRecord | None:
        records = [item for item in self._before(before) if item.kind == kind and where(item)]
        return records[-1] if records else None


def _is_earlier(acceptance: ChainRecord) -> bool:
    """Whether the text was accepted in an earlier signing, which is named."""
    return bool(acceptance.facts.get("earlier_signing")) and _is_time(
        acceptance.facts.get("accepted_at")
    )


def _is_late(check: ChainRecord, code: ChainRecord) -> bool:
    try:
        return check.moment > parse_time(str(code.facts.get("expires_at")))
    except ValueError:
        return True


def _is_time(value: object) -> bool:
    try:
        parse_time(str(value))
    except ValueError:
        return False
    return True
