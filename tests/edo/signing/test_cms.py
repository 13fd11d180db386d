"""Detached signatures: what is accepted, and how each kind of damage is named."""

import datetime as dt
import hashlib
import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms as asn1
from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from edo.signing import cms
from edo.signing.cms_parsing import MAX_SIGNATURE_BYTES
from edo.signing.report import SignatureReport, Verdict
from edo.signing.revocation import RevocationStatus
from edo.signing.trust import TrustStore
from tests.support.signing.pki import DAY, NOW, PDF, YEAR, Authority, Signer, authority, write_trust


@pytest.fixture(scope="module")
def signer() -> Signer:
    return authority().signer()


def codes(report: SignatureReport) -> list[str]:
    return [problem.code for problem in report.problems]


def check(
    signature: bytes, content: bytes = PDF, trust: TrustStore | None = None, at: dt.datetime = NOW
) -> SignatureReport:
    return cms.verify(signature, content, trust=trust or authority().trust, at=at)


@pytest.mark.parametrize("use_rsa", [False, True])
def test_a_good_signature_says_who_signed_and_when(use_rsa: bool) -> None:
    report = check(authority().signer(use_rsa=use_rsa).sign(PDF, NOW - DAY))
    assert report.is_valid
    assert report.signed_at == NOW - DAY
    assert report.digest_algorithm == "sha256"
    assert report.certificate is not None
    assert report.certificate.owner == "Петров Петр Петрович"
    assert report.certificate.organisation == "ООО «Ромашка»"
    assert report.certificate.inn == "771234567859"
    assert report.certificate.organisation_inn == "7701001100"
    assert report.certificate.snils == "11223344595"
    assert report.certificate.ogrn == "1157746001104"
    assert report.certificate.valid_until == NOW + YEAR


def test_a_signature_is_judged_by_the_digest_alone_too(signer: Signer) -> None:
    signature, trust = signer.sign(PDF), authority().trust
    digest = hashlib.sha256(PDF).digest()
    assert cms.verify_digest(signature, {"sha256": digest}, trust=trust, at=NOW).is_valid
    other = cms.verify_digest(
        signature, {"sha256": hashlib.sha256(b"").digest()}, trust=trust, at=NOW
    )
    assert codes(other) == ["digest_mismatch"]


@pytest.mark.parametrize("use_rsa", [False, True])
def test_openssl_accepts_what_we_sign(tmp_path: Path, use_rsa: bool) -> None:
    roots = write_trust(tmp_path, authority())
    (tmp_path / "sig").write_bytes(authority().signer(use_rsa=use_rsa).sign(PDF))
    (tmp_path / "pdf").write_bytes(PDF)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "sig"]
    command += ["-content", "pdf", "-CAfile", str(roots), "-purpose", "any", "-out", "out"]
    command += ["-attime", str(int(NOW.timestamp()))]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_one_byte_of_the_file_changed(signer: Signer) -> None:
    changed = PDF.replace(b"contract", b"contrast")
    assert codes(check(signer.sign(PDF), changed)) == ["digest_mismatch"]


def test_one_byte_of_the_signature_value_changed(signer: Signer) -> None:
    info = asn1.ContentInfo.load(signer.sign(PDF))
    value = bytearray(info["content"]["signer_infos"][0]["signature"].native)
    value[-1] ^= 1
    info["content"]["signer_infos"][0]["signature"] = bytes(value)
    assert codes(check(info.dump())) == ["signature_invalid"]


def test_signatures_of_two_files_swapped(signer: Signer) -> None:
    assert codes(check(signer.sign(b"another"))) == ["digest_mismatch"]


def test_a_certificate_of_somebody_else_put_in(signer: Signer) -> None:
    """The thief's certificate has the same issuer and serial number in the identifier."""
    info = asn1.ContentInfo.load(signer.sign(PDF))
    other = asn1.ContentInfo.load(authority().signer().sign(PDF))
    info["content"]["certificates"] = other["content"]["certificates"]
    info["content"]["signer_infos"][0]["sid"] = other["content"]["signer_infos"][0]["sid"]
    assert codes(check(info.dump())) == ["signature_invalid", "certificate_substituted"]


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "signed_at", "code"),
    [
        (-2 * YEAR, -DAY, NOW, "certificate_expired"),
        (DAY, YEAR, NOW, "certificate_not_yet_valid"),
        # A backdated signature does not revive a certificate: the witness came later.
        (-2 * YEAR, -DAY, NOW - 2 * DAY, "certificate_expired"),
    ],
)
def test_the_certificate_holds_at_the_moment_of_signing_or_the_report_says_when(
    valid_from: dt.timedelta, valid_until: dt.timedelta, signed_at: dt.datetime, code: str
) -> None:
    signer = authority().signer(valid_from=NOW + valid_from, valid_until=NOW + valid_until)
    assert codes(check(signer.sign(PDF, signed_at))) == [code]


def test_a_certificate_that_expired_since_does_not_harm_the_signature() -> None:
    signer = authority().signer(valid_from=NOW - 2 * YEAR, valid_until=NOW - DAY)
    report = cms.verify(signer.sign(PDF, NOW - 2 * DAY), PDF, trust=authority().trust)
    assert report.is_valid


def test_a_certificate_of_an_unknown_authority() -> None:
    report = check(Authority("Чужой").signer().sign(PDF))
    assert codes(report) == ["certificate_untrusted"]
    assert report.certificate is not None


def test_a_certificate_issued_by_a_mere_person_is_not_trusted(signer: Signer) -> None:
    impostor = Authority("Самозваный")
    impostor.key, impostor.issuing = signer.key, signer.certificate  # type: ignore[assignment]
    fake = impostor.signer()
    chain = Signer(fake.key, fake.certificate, (signer.certificate, authority().issuing))
    assert codes(check(chain.sign(PDF))) == ["certificate_untrusted"]


def test_a_revoked_certificate(signer: Signer) -> None:
    report = check(signer.sign(PDF), trust=authority().trust_with_revoked(signer, NOW - DAY))
    assert codes(report) == ["certificate_revoked"]
    assert "20.11.2026" in report.problems[0].text
    assert report.revocation == RevocationStatus.REVOKED


def test_a_certificate_revoked_after_signing_was_good(signer: Signer) -> None:
    report = check(signer.sign(PDF), trust=authority().trust_with_revoked(signer, NOW + DAY))
    assert report.is_valid
    assert report.revocation == RevocationStatus.GOOD


def test_a_list_signed_by_somebody_else_says_nothing(signer: Signer) -> None:
    forged = Authority("Чужой")
    forged.issuing = authority().issuing
    revoked = forged.revocation_list({signer.certificate: NOW - DAY})
    report = check(signer.sign(PDF), trust=TrustStore((authority().root,), (revoked,)))
    assert report.is_valid
    assert report.revocation == RevocationStatus.UNKNOWN


def test_an_old_list_does_not_vouch_for_a_certificate(signer: Signer) -> None:
    stale = authority().revocation_list({}, until=NOW - DAY)
    report = check(signer.sign(PDF), trust=TrustStore((authority().root,), (stale,)))
    assert report.revocation == RevocationStatus.UNKNOWN


def test_a_certificate_not_meant_for_signing() -> None:
    assert codes(check(authority().signer(may_sign=False).sign(PDF))) == ["key_usage"]


def test_a_signature_with_the_document_inside(signer: Signer) -> None:
    info = asn1.ContentInfo.load(signer.sign(PDF))
    info["content"]["encap_content_info"] = {"content_type": "data", "content": PDF}
    assert codes(check(info.dump())) == ["not_detached"]


def test_a_signature_without_its_certificate(signer: Signer) -> None:
    info = asn1.ContentInfo.load(signer.sign(PDF))
    info["content"]["certificates"] = []
    assert codes(check(info.dump())) == ["certificate_missing"]


def test_a_signature_of_two_people(signer: Signer) -> None:
    info = asn1.ContentInfo.load(signer.sign(PDF))
    one = info["content"]["signer_infos"][0]
    info["content"]["signer_infos"] = [one, one]
    assert codes(check(info.dump())) == ["several_signers"]


def test_a_signature_without_signed_attributes(signer: Signer) -> None:
    info = asn1.ContentInfo.load(signer.sign(PDF))
    signed = info["content"]["signer_infos"][0]
    signed["signed_attrs"] = None
    # The value is that of the attributes, which are gone.
    assert codes(check(info.dump())) == ["digest_mismatch"]
    assert isinstance(signer.key, ec.EllipticCurvePrivateKey)
    signed["signature"] = signer.key.sign(PDF, ec.ECDSA(hashes.SHA256()))
    report = check(info.dump())
    assert report.is_valid
    assert report.signed_at is None
    assert codes(check(info.dump(), PDF + b"s")) == ["digest_mismatch"]


def test_a_weak_digest_is_not_accepted(signer: Signer) -> None:
    info = asn1.ContentInfo.load(signer.sign(PDF))
    info["content"]["signer_infos"][0]["digest_algorithm"] = {"algorithm": "sha1"}
    assert codes(check(info.dump())) == ["algorithm_weak"]


@pytest.mark.parametrize(
    ("field", "algorithm", "doubt"),
    [
        ("digest_algorithm", "1.2.3.4", "digest_unsupported"),
        ("signature_algorithm", "1.2.3.4", "algorithm_unsupported"),
        ("signature_algorithm", "ed25519", "algorithm_unsupported"),
    ],
)
def test_an_algorithm_that_we_do_not_know_is_a_doubt_and_no_failure(
    signer: Signer, field: str, algorithm: str, doubt: str
) -> None:
    info = asn1.ContentInfo.load(signer.sign(PDF))
    info["content"]["signer_infos"][0][field] = {"algorithm": algorithm}
    report = check(info.dump())
    assert report.verdict == Verdict.UNDETERMINED
    assert [reason.code for reason in report.reasons] == [doubt]
    assert report.certificate is not None


def test_a_doubt_does_not_hide_a_problem(signer: Signer) -> None:
    info = asn1.ContentInfo.load(signer.sign(b"another"))
    info["content"]["signer_infos"][0]["signature_algorithm"] = {"algorithm": "1.2.3.4"}
    report = check(info.dump())
    assert report.verdict == Verdict.INVALID
    assert codes(report) == ["digest_mismatch"]


def test_a_signature_with_an_unreadable_part_is_a_doubt() -> None:
    broken = asn1.ContentInfo.load(authority().signer().sign(PDF)).copy()
    broken["content"]["certificates"][0].chosen["tbs_certificate"]["validity"] = {
        "not_before": asn1_x509.Time("utc_time", core.UTCTime(NOW)),
        "not_after": asn1_x509.Time("utc_time", core.UTCTime(NOW)),
    }
    der = broken.dump(force=True).replace(b"261121120000Z", b"26xx21120000Z")
    report = check(der)
    assert [reason.code for reason in report.reasons] == ["unreadable"]
    assert report.verdict == Verdict.UNDETERMINED


@pytest.mark.parametrize(
    "garbage", [b"", b"\x00", b"0\x80", PDF, b"0" * 5000, b"\x30\x84\xff\xff\xff\xff"]
)
def test_garbage_is_a_report_and_not_an_error(garbage: bytes) -> None:
    assert codes(check(garbage)) == ["malformed"]


def test_an_enormous_signature_is_not_even_read() -> None:
    assert codes(check(b"0" * (MAX_SIGNATURE_BYTES + 1))) == ["malformed"]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_to_a_signature_is_a_report(data: st.DataObject) -> None:
    signature = bytearray(_GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(signature) - 1))
        signature[position] = data.draw(st.integers(0, 255))
    report = check(bytes(signature[: data.draw(st.integers(1, len(signature)))]))
    # A byte may be one that nothing depends on; then the verdict stands, but never an exception.
    assert report.is_valid or report.reasons[0].text


_GOOD = authority().signer().sign(PDF)
