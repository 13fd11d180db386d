"""Time-stamps: what a token proves, and signatures that are judged at its time."""

import datetime as dt

import pytest
from asn1crypto import cms as asn1
from asn1crypto import core, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from edo.crypto import digests
from edo.signing import cms
from edo.signing.accreditation import Accreditation
from edo.signing.cms_parsing import CERTIFICATE_VALUES
from edo.signing.report import SignatureReport, StampReport, Verdict
from edo.signing.timestamps import verify_stamp
from edo.signing.trust import TrustStore
from tests.support.signing.gost_pki import GostAuthority, gost_authority
from tests.support.signing.pki import DAY, NOW, PDF, YEAR, Signer, authority
from tests.support.signing.stamps import add_stamp, build_stamp, get_value

SECOND = dt.timedelta(seconds=1)


@pytest.fixture(scope="module")
def stamper() -> Signer:
    return gost_authority().time_stamp_authority()


def verify(token: bytes, stamped: bytes = PDF, **options: object) -> StampReport:
    trust = gost_authority().trust
    return verify_stamp(token, lambda name: digests.digest(name, stamped), trust=trust, **options)


def codes(report: StampReport | SignatureReport) -> list[str]:
    return [reason.code for reason in (*report.problems, *report.doubts)]


@pytest.mark.parametrize("algorithm", ["streebog256", "streebog512", "sha256"])
def test_a_good_token_names_its_time_and_authority(stamper: Signer, algorithm: str) -> None:
    report = verify(build_stamp(stamper, PDF, NOW - DAY, algorithm=algorithm))
    assert report.is_valid, report
    assert report.stamped_at == NOW - DAY
    assert report.certificate is not None
    assert report.certificate.owner == "Служба времени"


def test_a_token_over_other_bytes(stamper: Signer) -> None:
    assert codes(verify(build_stamp(stamper, PDF), PDF + b"s")) == ["stamp_mismatch"]


def test_a_token_whose_time_was_changed(stamper: Signer) -> None:
    token = build_stamp(stamper, PDF)
    changed = token.replace(b"20261121120000Z", b"20251121120000Z")
    assert changed != token
    assert codes(verify(changed)) == ["stamp_broken"]


def test_a_certificate_that_is_not_for_time_stamps() -> None:
    for signer in (gost_authority().signer(), gost_authority().time_stamp_authority(usage=False)):
        assert codes(verify(build_stamp(signer, PDF))) == ["stamp_usage"]


def test_an_authority_that_was_not_valid_then(stamper: Signer) -> None:
    report = verify(build_stamp(stamper, PDF, NOW + 2 * YEAR))
    assert codes(report) == ["stamp_certificate_invalid"]


def test_a_stranger_proves_nothing_and_refutes_nothing() -> None:
    stranger = GostAuthority(name="Чужой").time_stamp_authority()
    report = verify(build_stamp(stranger, PDF))
    assert (codes(report), report.is_valid) == (["stamp_untrusted"], False)
    assert not report.problems


def test_the_certificate_may_come_from_elsewhere(stamper: Signer) -> None:
    token = build_stamp(stamper, PDF, with_certificate=False)
    assert codes(verify(token)) == ["stamp_certificate_missing"]
    candidates = (stamper.certificate, *stamper.issuers)
    assert verify(token, candidates=candidates).is_valid


@pytest.mark.parametrize("garbage", [b"", b"0\x80", PDF, b"\x30\x03\x02\x01\x01"])
def test_garbage_is_no_token(garbage: bytes) -> None:
    assert not verify(garbage).is_valid


def test_a_signature_is_no_token(stamper: Signer) -> None:
    assert codes(verify(stamper.sign(PDF))) == ["stamp_malformed"]


# --- Signatures with a stamp ---------------------------------------------------------------------


def check(signature: bytes, trust: TrustStore | None = None, at: dt.datetime | None = None):
    return cms.verify(signature, PDF, trust=trust or gost_authority().trust, at=at)


def stamp(signature: bytes, at: dt.datetime, stamper: Signer, **options: bool) -> bytes:
    return add_stamp(signature, build_stamp(stamper, get_value(signature), at, **options))


def test_a_stamped_signature_is_judged_at_the_time_of_the_stamp(stamper: Signer) -> None:
    signer = gost_authority().signer(valid_from=NOW - YEAR, valid_until=NOW + DAY)
    good = stamp(signer.sign(PDF, NOW), NOW + SECOND, stamper)
    report = check(good, at=NOW + 10 * YEAR)
    assert report.is_valid, report
    assert report.stamped_at == NOW + SECOND
    # Without the stamp there is only the word of the signer.
    assert codes(check(signer.sign(PDF, NOW), at=NOW + 10 * YEAR)) == ["certificate_expired"]


def test_a_backdated_signature_is_found_by_its_stamp(stamper: Signer) -> None:
    signer = gost_authority().signer(valid_from=NOW - YEAR, valid_until=NOW - DAY)
    late = stamp(signer.sign(PDF, NOW - 2 * DAY), NOW, stamper)
    assert codes(check(late)) == ["certificate_expired"]


def test_the_clock_of_the_signer_may_be_ahead_of_the_stamp(stamper: Signer) -> None:
    signer = gost_authority().signer()
    assert check(stamp(signer.sign(PDF, NOW + dt.timedelta(minutes=7)), NOW, stamper)).is_valid


@pytest.mark.parametrize(("revoked", "expected"), [(-DAY, ["certificate_revoked"]), (DAY, [])])
def test_revocation_counts_before_the_stamp(stamper: Signer, revoked, expected) -> None:
    signer = gost_authority().signer()
    signature = stamp(signer.sign(PDF, NOW - 2 * DAY), NOW, stamper)
    trust = gost_authority().trust_with_revoked(signer, NOW + revoked)
    assert codes(check(signature, trust, at=NOW + 2 * DAY)) == expected


def test_accreditation_is_judged_at_the_time_of_the_stamp(stamper: Signer) -> None:
    signer = gost_authority().signer()
    signature = stamp(signer.sign(PDF, NOW - 30 * DAY), NOW, stamper)
    fingerprint = gost_authority().issuing.fingerprint(hashes.SHA256()).hex()
    ended = Accreditation(fingerprint, "УЦ", (NOW - YEAR).date(), (NOW - DAY).date())
    trust = TrustStore((gost_authority().root,), accreditations=(ended,))
    assert check(signature, trust).accreditation is None
    assert check(signer.sign(PDF, NOW - 30 * DAY), trust).accreditation == ended


def test_a_stamp_over_other_bytes_is_a_problem(stamper: Signer) -> None:
    signer = gost_authority().signer()
    report = check(add_stamp(signer.sign(PDF), build_stamp(stamper, PDF)), at=NOW)
    assert codes(report) == ["stamp_invalid"]
    assert "другие данные" in report.problems[0].text
    assert report.stamped_at is None


def test_a_stamp_of_a_stranger_is_not_counted() -> None:
    stranger = GostAuthority(name="Чужой").time_stamp_authority()
    signature = stamp(gost_authority().signer().sign(PDF), NOW, stranger)
    report = check(signature, at=NOW)
    assert (report.verdict, report.stamped_at) == (Verdict.VALID, None)
    assert report.stamp is not None
    assert codes(report.stamp) == ["stamp_untrusted"]


def test_an_ecdsa_signature_may_have_a_gost_stamp(stamper: Signer) -> None:
    trust = TrustStore((authority().root, gost_authority().root))
    report = check(stamp(authority().signer().sign(PDF), NOW, stamper), trust)
    assert (report.is_valid, report.stamped_at) == (True, NOW)


def test_the_certificates_of_the_stamp_may_be_in_the_values_of_cades_x(stamper: Signer) -> None:
    signature = stamp(gost_authority().signer().sign(PDF), NOW, stamper, with_certificate=False)
    assert check(signature).stamped_at is None
    info = asn1.ContentInfo.load(signature)
    signed = info["content"]["signer_infos"][0]
    certificates = _Certificates(
        [
            x509.Certificate.load(item.public_bytes(Encoding.DER))
            for item in (stamper.certificate, *stamper.issuers)
        ]
    )
    # asn1crypto cannot convert the second one, as it cannot convert parts of real signatures.
    added = [
        asn1.CMSAttribute({"type": CERTIFICATE_VALUES, "values": [certificates]}),
        asn1.CMSAttribute({"type": "1.2.840.113549.1.9.16.2.24", "values": [_Broken(b"\x04")]}),
    ]
    signed["unsigned_attrs"] = asn1.CMSAttributes([*signed["unsigned_attrs"], *added])
    report = check(info.dump())
    assert (report.is_valid, report.stamped_at) == (True, NOW)


class _Certificates(core.SequenceOf):
    _child_spec = x509.Certificate


class _Broken(core.OctetString):
    """Claims to be a sequence."""

    tag = 16
