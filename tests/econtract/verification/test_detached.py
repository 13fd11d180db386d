"""A document with detached signatures, as every operator provides them."""

import base64
import io
from collections.abc import Callable

import pytest
from asn1crypto import pem

from econtract.verification.detached import NamedFile, verify_detached
from econtract.verification.policy import VerificationPolicy
from econtract.verification.report import UNDETERMINED, conclusion, find_unknowns
from econtract.verification.results import VerificationResult
from edo.signing.report import Verdict
from tests.support.documents.packages import (
    MCHD_XML_NAME,
    SIGNATORY,
    build_power,
    build_power_data,
    contract_pdf,
    recipient_signer,
    sender_signer,
)
from tests.support.signing.gost_pki import GostAuthority
from tests.support.signing.pki import NOW, authority, name_unknown_algorithm
from tests.support.signing.stamps import add_stamp, build_stamp, get_value

POLICY = VerificationPolicy(trust=authority().trust)


def verify(
    *signatures: bytes, document: bytes | None = None, xml: bytes | None = None
) -> VerificationResult:
    return verify_detached(
        document=io.BytesIO(document or contract_pdf()),
        document_name="Договор.pdf",
        signatures=[NamedFile(f"{number}.sig", der) for number, der in enumerate(signatures)],
        power=NamedFile(MCHD_XML_NAME, xml) if xml else None,
        policy=POLICY,
    )


def test_valid_signatures_are_valid_and_name_their_signers() -> None:
    result = verify(sender_signer().sign(contract_pdf()), recipient_signer().sign(contract_pdf()))
    assert result.ok
    owners = [signature.report.certificate for signature in result.signatures if signature.report]
    assert [owner.organisation_inn for owner in owners if owner] == ["7707049388", "7701001100"]


@pytest.mark.parametrize(
    "encode",
    [
        base64.b64encode,
        base64.encodebytes,
        lambda der: b"\xef\xbb\xbf" + base64.encodebytes(der).replace(b"\n", b"\r\n"),
        lambda der: pem.armor("PKCS7", der),
        lambda der: pem.armor("CMS", der) + b"\n\n",
        lambda der: pem.armor("SIGNATURE", der).replace(b"\n", b"\r\n"),
    ],
    ids=["base64", "lines of base64", "BOM and CRLF", "PKCS7", "CMS", "SIGNATURE"],
)
def test_a_signature_may_be_written_as_text(encode: Callable[[bytes], bytes]) -> None:
    power = build_power()
    result = verify(
        encode(sender_signer().sign(contract_pdf())), encode(power.signature), xml=power.xml
    )
    assert result.ok, result
    assert not verify(encode(recipient_signer().sign(b"something else"))).ok


def test_a_document_without_signatures_is_invalid() -> None:
    assert verify().problems == ("Нет ни одной подписи документа.",)


@pytest.mark.parametrize(
    "invalid", [b"", b"not a signature", recipient_signer().sign(b"something else")]
)
def test_an_invalid_signature_among_valid_ones_is_detected(invalid: bytes) -> None:
    result = verify(sender_signer().sign(contract_pdf()), invalid)
    assert not result.ok
    assert [bool(signature.problems) for signature in result.signatures] == [False, True]


def test_a_signature_of_an_unknown_algorithm_is_neither_valid_nor_invalid() -> None:
    unknown = name_unknown_algorithm(recipient_signer().sign(contract_pdf()))
    result = verify(sender_signer().sign(contract_pdf()), unknown)
    assert result.verdict == Verdict.UNDETERMINED
    assert conclusion(result) == UNDETERMINED
    result = verify(recipient_signer().sign(b"another"), unknown)
    assert result.verdict == Verdict.INVALID


def test_a_stamp_of_an_unknown_authority_is_not_counted_and_named() -> None:
    signature = recipient_signer().sign(contract_pdf())
    token = build_stamp(GostAuthority().time_stamp_authority(), get_value(signature))
    result = verify(add_stamp(signature, token))
    assert result.ok
    unknowns = " ".join(find_unknowns(result))
    assert "Штамп времени в подписи не засчитан. Штамп поставила служба времени" in unknowns
    assert "время называют сами подписавшие" in unknowns


def test_a_changed_document_is_detected() -> None:
    assert not verify(recipient_signer().sign(contract_pdf()), document=contract_pdf() + b"\n").ok


def test_the_signature_of_a_power_of_attorney_is_identified() -> None:
    power = build_power()
    result = verify(power.signature, sender_signer().sign(contract_pdf()), xml=power.xml)
    assert result.ok
    assert [signature.name for signature in result.signatures] == ["1.sig"]
    [power_result] = result.powers
    assert power_result.report
    assert power_result.report.data
    assert power_result.report.data.representative.inn == SIGNATORY.inn


def test_a_power_of_attorney_for_somebody_else_is_detected() -> None:
    power = build_power()
    result = verify(power.signature, recipient_signer().sign(contract_pdf()), xml=power.xml)
    assert "на другое лицо" in " ".join(result.powers[0].problems)


@pytest.mark.parametrize("xml", [build_power().xml.replace(b"17", b"18"), b"<a/>", b"not xml"])
def test_a_power_of_attorney_without_a_signature_is_invalid(xml: bytes) -> None:
    result = verify(
        build_power(build_power_data()).signature,
        sender_signer().sign(contract_pdf(), NOW),
        xml=xml,
    )
    assert not result.ok
    assert result.powers[0].problems
