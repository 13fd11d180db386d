"""A document with its signatures beside it, as any operator gives them out."""

import io

import pytest

from econtract.verification.detached import NamedFile, verify_detached
from econtract.verification.policy import VerificationPolicy
from econtract.verification.results import VerificationResult
from tests.support.packages import (
    MCHD_XML_NAME,
    SIGNATORY,
    build_power,
    build_power_data,
    contract_pdf,
    recipient_signer,
    sender_signer,
)
from tests.support.pki import NOW, authority

RULES = VerificationPolicy(trust=authority().trust)


def check(
    *signatures: bytes, document: bytes | None = None, xml: bytes | None = None
) -> VerificationResult:
    return verify_detached(
        document=io.BytesIO(document or contract_pdf()),
        document_name="Договор.pdf",
        signatures=[NamedFile(f"{number}.sig", der) for number, der in enumerate(signatures)],
        power=NamedFile(MCHD_XML_NAME, xml) if xml else None,
        rules=RULES,
    )


def test_good_signatures_hold_and_are_named() -> None:
    verdict = check(sender_signer().sign(contract_pdf()), recipient_signer().sign(contract_pdf()))
    assert verdict.ok
    owners = [item.report.certificate for item in verdict.signatures if item.report]
    assert [owner.organisation_inn for owner in owners if owner] == ["7707049388", "7701001100"]


def test_a_document_without_signatures_does_not_hold() -> None:
    assert check().problems == ("Нет ни одной подписи документа.",)


@pytest.mark.parametrize(
    "broken", [b"", b"not a signature", recipient_signer().sign(b"something else")]
)
def test_one_bad_signature_among_good_ones_is_found(broken: bytes) -> None:
    verdict = check(sender_signer().sign(contract_pdf()), broken)
    assert not verdict.ok
    assert [bool(item.problems) for item in verdict.signatures] == [False, True]


def test_a_changed_document_is_found() -> None:
    assert not check(recipient_signer().sign(contract_pdf()), document=contract_pdf() + b"\n").ok


def test_a_power_of_attorney_is_told_from_the_signatures_by_what_is_signed() -> None:
    given = build_power()
    verdict = check(given.signature, sender_signer().sign(contract_pdf()), xml=given.xml)
    assert verdict.ok
    assert [item.name for item in verdict.signatures] == ["1.sig"]
    [found] = verdict.powers
    assert found.report
    assert found.report.data
    assert found.report.data.representative.inn == SIGNATORY.inn


def test_a_power_of_attorney_for_somebody_else_is_found() -> None:
    given = build_power()
    verdict = check(given.signature, recipient_signer().sign(contract_pdf()), xml=given.xml)
    assert "на другое лицо" in " ".join(verdict.powers[0].problems)


@pytest.mark.parametrize("xml", [build_power().xml.replace(b"17", b"18"), b"<a/>", b"not xml"])
def test_a_power_of_attorney_that_nobody_signed_does_not_hold(xml: bytes) -> None:
    verdict = check(
        build_power(build_power_data()).signature,
        sender_signer().sign(contract_pdf(), NOW),
        xml=xml,
    )
    assert not verdict.ok
    assert verdict.powers[0].problems
