"""Whether the client's signature is valid: our verdict, the operator's, and what they mean.

Our verdict is stored in `Exchange.recipient_verdict` as the codes and texts of its problems and
doubts. It is made from stored data alone, so it can be made anew at any time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from econtract.platform.common.refusals import Refusal
from edo.channels.operator.document_digests import get_digests
from edo.channels.operator.ownership import FOREIGN_CERTIFICATE, check_ownership
from edo.models import Exchange
from edo.signing import cms
from edo.signing.report import SignatureReport, Verdict, judge
from edo.signing.trust import TrustStore

State = Exchange.State
OPERATOR_DISAGREES = Refusal(
    "operator_disagrees", "Оператор ЭДО считает подпись клиента недействительной."
)
SIGNED_PARTIALLY = Refusal("signed_partially", "Клиент подписал документ с разногласиями.")
POWER_REJECTED = Refusal(
    "recipient_power_rejected", "Оператор ЭДО считает МЧД клиента недействительной."
)
# The operator does not check whose certificate it is: about that only we judge.
UNCONTESTED = frozenset({FOREIGN_CERTIFICATE})


@dataclass(frozen=True)
class RecipientVerdict:
    """Our verdict on the client's signature."""

    problems: tuple[Refusal, ...] = ()
    doubts: tuple[Refusal, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return judge(self.problems, self.doubts)

    @property
    def reasons(self) -> tuple[Refusal, ...]:
        return self.problems + self.doubts

    def to_json(self) -> dict[str, Any]:
        """The value of `Exchange.recipient_verdict`."""
        return {
            "verdict": str(self.verdict),
            "problems": [_to_pair(refusal) for refusal in self.problems],
            "doubts": [_to_pair(refusal) for refusal in self.doubts],
        }


def parse_recipient_verdict(value: dict[str, Any]) -> RecipientVerdict:
    """The verdict that is stored; without problems and doubts when there is none."""
    return RecipientVerdict(
        tuple(_from_pairs(value.get("problems", []))), tuple(_from_pairs(value.get("doubts", [])))
    )


def verify_recipient_signature(exchange: Exchange, trust: TrustStore) -> SignatureReport:
    """The signature itself: content, value, chain, dates, revocation; not whose it is."""
    return cms.verify_digest(
        bytes(exchange.recipient_signature or b""),
        get_digests(exchange),
        trust=trust,
        at=exchange.recipient_signed_at,
    )


def judge_recipient_signature(
    exchange: Exchange, trust: TrustStore, extra_doubts: Iterable[Refusal] = ()
) -> RecipientVerdict:
    """Our verdict on the stored signature of the client."""
    report = verify_recipient_signature(exchange, trust)
    problems, doubts = check_ownership(exchange, report, trust)
    return RecipientVerdict((*report.problems, *problems), (*report.doubts, *doubts, *extra_doubts))


def decide_state(ours: RecipientVerdict, operator: str) -> State:
    """SIGNED, FAILED, or UNVERIFIED when a person has to decide.

    ``operator`` is an `Exchange.OperatorVerdict`. A signature that only one side refutes is open.
    """
    if ours.verdict == Verdict.VALID:
        return State.UNVERIFIED if operator == Exchange.OperatorVerdict.INVALID else State.SIGNED
    if ours.verdict == Verdict.UNDETERMINED:
        return State.UNVERIFIED
    is_certain = any(problem.code in UNCONTESTED for problem in ours.problems)
    if is_certain or operator != Exchange.OperatorVerdict.VALID:
        return State.FAILED
    return State.UNVERIFIED


def _to_pair(refusal: Refusal) -> list[str]:
    return [refusal.code, refusal.text]


def _from_pairs(pairs: Iterable[list[str]]) -> list[Refusal]:
    return [Refusal(code, text) for code, text in pairs]
