"""Verifying the power of attorney (МЧД) that a client's signatory acted by. No database.

Whether it was revoked is not known here: the operator asks the tax service's register.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from econtract.platform.common.moscow_time import MOSCOW, format_date
from econtract.platform.common.refusals import Refusal
from edo.powers.mchd import MalformedPowerOfAttorney
from edo.powers.mchd_chain import PowerLink, parse_link
from edo.signing import cms
from edo.signing.certificates import CertificateDetails
from edo.signing.trust import TrustStore


@dataclass(frozen=True)
class ChainRequirements:
    """For whom the chain must act, who has signed with it, and when.

    At least one of `power_codes` must be in every link; without any, codes are not checked.
    """

    principal_inn: str
    representative: CertificateDetails
    at: datetime
    power_codes: Collection[str] = ()


@dataclass(frozen=True)
class ChainReport:
    """`problems` refute the authority, `doubts` are what could not be checked.

    Codes: power_expired, power_not_yet_valid, power_signature_invalid, power_foreign_issuer,
    power_foreign_principal, power_foreign_representative, power_chain_broken, power_wider,
    powers_missing; power_unreadable, power_signature_unchecked, power_text.
    """

    problems: tuple[Refusal, ...] = ()
    doubts: tuple[Refusal, ...] = ()


def verify_chain(
    files: Sequence[tuple[bytes, bytes]], *, requirements: ChainRequirements, trust: TrustStore
) -> ChainReport:
    """Verify a power of attorney: pairs of XML and signature, the one given first in front.

    Runs all checks and reports every failed one. Never raises on hostile input.
    """
    try:
        links = [parse_link(xml) for xml, _ in files]
    except MalformedPowerOfAttorney as error:
        text = f"МЧД клиента не читается: полномочия не проверены. {error}".strip()
        return ChainReport(doubts=(Refusal("power_unreadable", text),))
    problems = [*_check_ends(links, requirements), *_check_delegation(links)]
    doubts: list[Refusal] = []
    for link, (xml, signature) in zip(links, files, strict=True):
        problems += _check_term(link, requirements.at)
        link_problems, link_doubts = _check_signature(link, xml, signature, trust)
        problems += link_problems
        doubts += link_doubts
        if link.powers_text:
            doubts.append(_refuse("power_text", link, "полномочия записаны текстом: прочитайте их"))
        elif requirements.power_codes and not link.codes & set(requirements.power_codes):
            problems.append(_refuse("powers_missing", link, "нет полномочий подписывать договоры"))
    return ChainReport(tuple(problems), tuple(doubts))


def _check_ends(links: Sequence[PowerLink], requirements: ChainRequirements) -> list[Refusal]:
    """The chain begins with the client and ends with who has signed."""
    problems = []
    if requirements.principal_inn not in {party.inn for party in links[0].issuers}:
        givers = ", ".join(f"{party.name}, ИНН {party.inn}" for party in links[0].issuers)
        problems.append(_refuse("power_foreign_principal", links[0], f"выдал не клиент: {givers}"))
    owner = requirements.representative
    if not any(party.owns(owner) for party in links[-1].representatives):
        names = ", ".join(party.name for party in links[-1].representatives)
        text = f"выдана на другое лицо ({names}), а документ подписал {owner.owner}"
        problems.append(_refuse("power_foreign_representative", links[-1], text))
    return problems


def _check_delegation(links: Sequence[PowerLink]) -> list[Refusal]:
    """Each link is given by who has received the one before, and gives no more than that."""
    problems = []
    for parent, child in pairwise(links):
        is_given_on = any(
            issuer.is_same(representative)
            for issuer in child.issuers
            for representative in parent.representatives
        )
        is_named = not child.parent_numbers or parent.registration_number in child.parent_numbers
        if not (is_given_on and is_named):
            problems.append(
                _refuse("power_chain_broken", child, "передоверена не тем, кому выдана предыдущая")
            )
        if not (parent.powers_text or child.codes <= parent.codes):
            problems.append(_refuse("power_wider", child, "полномочий больше, чем в предыдущей"))
    return problems


def _check_term(link: PowerLink, at: datetime) -> list[Refusal]:
    today = at.astimezone(MOSCOW).date()
    if today < link.issued_on:
        text = f"действует только с {format_date(link.issued_on)}"
        return [_refuse("power_not_yet_valid", link, text)]
    if today > link.valid_until:
        return [_refuse("power_expired", link, f"срок истек {format_date(link.valid_until)}")]
    return []


def _check_signature(
    link: PowerLink, xml: bytes, signature: bytes, trust: TrustStore
) -> tuple[list[Refusal], list[Refusal]]:
    report = cms.verify(signature, xml, trust=trust)
    problems = [
        _refuse("power_signature_invalid", link, f"подпись доверителя: {item.text.rstrip('.')}")
        for item in report.problems
    ]
    doubts = [
        _refuse("power_signature_unchecked", link, f"подпись доверителя: {item.text.rstrip('.')}")
        for item in report.doubts
    ]
    certificate = report.certificate
    if certificate is not None and not any(party.owns(certificate) for party in link.issuers):
        text = f"подписал не доверитель: {certificate.owner}"
        problems.append(_refuse("power_foreign_issuer", link, text))
    return problems, doubts


def _refuse(code: str, link: PowerLink, text: str) -> Refusal:
    return Refusal(code, f"МЧД клиента {link.registration_number}: {text}.")
