"""Signatures by the wrong person, with an invalid certificate or power of attorney."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from archive.package.parts import PackageParts, PowerOfAttorneyFile
from econtract.verification.policy import VerificationPolicy
from econtract.verification.report import signature_block
from edo.powers import mchd
from edo.signing.trust import TrustStore
from tests.support.documents.packages import (
    MCHD_XML_NAME,
    SIGNATORY,
    build_power,
    build_power_data,
    contract_pdf,
    head_signer,
    recipient_signer,
    sign_document,
)
from tests.support.documents.verification import (
    RECIPIENT_SIGNATURE,
    SENDER_SIGNATURE,
    Files,
    problems_by_file,
    rebuild_and_verify,
    verify_files,
)
from tests.support.signing.pki import DAY, NOW, YEAR, Authority, authority


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (build_power_data(principal_inn="7701001206"), "Доверитель в МЧД"),
        (build_power_data(replace(SIGNATORY, inn="771234567859")), "МЧД выдана на другое лицо"),
        (replace(build_power_data(), valid_until=dt.date(2026, 11, 20)), "Срок МЧД истек"),
        (replace(build_power_data(), issued_on=dt.date(2026, 11, 22)), "действует только с"),
    ],
)
def test_a_power_of_attorney_that_does_not_apply_is_detected(
    tmp_path: Path, data: mchd.PowerOfAttorneyData, expected: str
) -> None:
    result = rebuild_and_verify(tmp_path, lambda parts: replace(parts, powers=[build_power(data)]))
    assert not result.ok
    assert expected in " ".join(problems_by_file(result).values())


def test_a_power_of_attorney_signed_by_somebody_else_is_detected(tmp_path: Path) -> None:
    def forge(parts: PackageParts) -> PackageParts:
        honest: PowerOfAttorneyFile = parts.powers[0]
        return replace(
            parts, powers=[replace(honest, signature=recipient_signer().sign(honest.xml))]
        )

    assert "подписал не руководитель" in " ".join(
        problems_by_file(rebuild_and_verify(tmp_path, forge)).values()
    )


def test_signatures_by_an_unknown_authority_are_invalid(files: Files) -> None:
    result = verify_files(files, VerificationPolicy(trust=Authority("Самозваный").trust))
    assert "центром, которому система не доверяет" in problems_by_file(result)[SENDER_SIGNATURE]


def test_the_enclosed_roots_are_not_trusted(tmp_path: Path) -> None:
    """A forger may enclose their own root certificates."""
    forger = Authority("Самозваный")

    def forge(parts: PackageParts) -> PackageParts:
        signer = forger.signer(organisation_inn="7701001100")
        forged = sign_document(signer, parts.signatures[1].side, contract_pdf())
        return replace(parts, signatures=[parts.signatures[0], forged])

    assert RECIPIENT_SIGNATURE in problems_by_file(rebuild_and_verify(tmp_path, forge))


def test_a_certificate_that_expired_before_signing_is_detected(tmp_path: Path) -> None:
    def expire(parts: PackageParts) -> PackageParts:
        old = authority().signer(valid_from=NOW - YEAR, valid_until=NOW - DAY)
        late = sign_document(old, parts.signatures[1].side, contract_pdf())
        return replace(parts, signatures=[parts.signatures[0], late])

    assert "истек" in problems_by_file(rebuild_and_verify(tmp_path, expire))[RECIPIENT_SIGNATURE]


def test_a_certificate_revoked_before_signing_is_detected(files: Files) -> None:
    trust = authority().trust_with_revoked(recipient_signer(), NOW - DAY)
    assert (
        "отозван"
        in problems_by_file(verify_files(files, VerificationPolicy(trust=trust)))[
            RECIPIENT_SIGNATURE
        ]
    )


def test_a_certificate_revoked_after_signing_is_valid(files: Files) -> None:
    trust = authority().trust_with_revoked(recipient_signer(), NOW + DAY)
    assert verify_files(files, VerificationPolicy(trust=trust)).ok


def test_a_personal_certificate_needs_a_power_of_attorney_of_the_company(
    tmp_path: Path,
) -> None:
    def use_personal_certificate(parts: PackageParts) -> PackageParts:
        signer = authority().signer(inn=SIGNATORY.inn, snils=SIGNATORY.snils, organisation_inn="")
        return replace(
            parts,
            signatures=[
                sign_document(signer, parts.signatures[0].side, contract_pdf()),
                parts.signatures[1],
            ],
        )

    assert rebuild_and_verify(tmp_path, use_personal_certificate).ok  # with the power of attorney
    result = rebuild_and_verify(
        tmp_path, lambda parts: replace(use_personal_certificate(parts), powers=[])
    )
    assert "доверенности от нее нет" in problems_by_file(result)[SENDER_SIGNATURE]


def test_the_head_of_the_company_needs_no_power_of_attorney(tmp_path: Path) -> None:
    def sign_by_head(parts: PackageParts) -> PackageParts:
        own = sign_document(head_signer(), parts.signatures[0].side, contract_pdf())
        return replace(parts, signatures=[own, parts.signatures[1]], powers=[])

    assert rebuild_and_verify(tmp_path, sign_by_head).ok


def test_a_power_younger_than_the_signature_is_not_valid(tmp_path: Path) -> None:
    def sign_later(parts: PackageParts) -> PackageParts:
        [power] = parts.powers
        later = head_signer().sign(power.xml, NOW + DAY)
        return replace(parts, powers=[replace(power, signature=later)])

    result = rebuild_and_verify(tmp_path, sign_later)
    problems = problems_by_file(result)
    assert problems.keys() == {MCHD_XML_NAME}
    assert "подписал МЧД 22.11.2026" in problems[MCHD_XML_NAME]
    assert not result.ok


@pytest.mark.parametrize(
    ("trust", "expected"),
    [
        (authority().trust, "усиленная; аккредитация удостоверяющего центра не подтверждена"),
        (authority().accredit(dt.date(2020, 1, 1)), "усиленная квалифицированная"),
        (
            authority().accredit(dt.date(2020, 1, 1), is_test=True),
            "усиленная квалифицированная (тестовый УЦ)",
        ),
        (
            authority().accredit(dt.date(2020, 1, 1), dt.date(2026, 11, 20)),
            "усиленная; аккредитация удостоверяющего центра не подтверждена",
        ),
    ],
)
def test_a_signature_is_called_qualified_where_it_is(
    files: Files, trust: TrustStore, expected: str
) -> None:
    result = verify_files(files, VerificationPolicy(trust=trust))
    assert result.ok
    blocks = [dict(signature_block(signature).rows) for signature in result.signatures]
    assert [rows["Вид подписи"] for rows in blocks] == [expected, expected]
