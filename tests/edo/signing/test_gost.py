"""Signatures by ГОСТ: what is accepted, and how each kind of damage is named."""

import pytest
from asn1crypto import cms as asn1

from econtract.platform.crypto import gost, libgcrypt
from econtract.platform.crypto.gost import XCH_A, GostPrivateKey
from edo.crypto import digests
from edo.signing import cms
from edo.signing.report import SignatureReport, Verdict
from edo.signing.revocation import RevocationStatus
from edo.signing.trust import TrustStore
from tests.support.signing.gost_pki import TC26_512_A, TC26_A, GostAuthority, gost_authority
from tests.support.signing.pki import DAY, NOW, PDF, YEAR, Signer, authority

CURVES = [XCH_A, TC26_A, TC26_512_A]


@pytest.fixture(scope="module")
def signer() -> Signer:
    return gost_authority().signer()


def check(
    signature: bytes, content: bytes = PDF, trust: TrustStore | None = None
) -> SignatureReport:
    return cms.verify(signature, content, trust=trust or gost_authority().trust, at=NOW)


def codes(report: SignatureReport) -> list[str]:
    return [reason.code for reason in report.reasons]


def replace(encoded: bytes, **fields: object) -> bytes:
    """The signature with other fields of its SignerInfo."""
    info = asn1.ContentInfo.load(encoded)
    for name, value in fields.items():
        info["content"]["signer_infos"][0][name] = value
    return info.dump()


@pytest.mark.parametrize("curve", CURVES)
def test_a_good_signature_is_valid(curve: str) -> None:
    signer, trust = gost_authority(curve).signer(), gost_authority(curve).trust
    report = check(signer.sign(PDF, NOW - DAY), trust=trust)
    assert report.is_valid, report
    assert report.signed_at == NOW - DAY
    assert report.digest_algorithm == ("streebog512" if curve == TC26_512_A else "streebog256")
    assert report.certificate is not None
    assert report.certificate.owner == "Петров Петр Петрович"


@pytest.mark.parametrize("curve", CURVES)
def test_every_change_is_found(curve: str) -> None:
    signer, trust = gost_authority(curve).signer(), gost_authority(curve).trust
    good = signer.sign(PDF)
    value = asn1.ContentInfo.load(good)["content"]["signer_infos"][0]["signature"].native
    assert codes(check(good, PDF + b"s", trust)) == ["digest_mismatch"]
    half = len(value) // 2
    last = bytes([value[-1] ^ 1])
    for changed in (value[:-1] + last, value[half:] + value[:half], b"", value[:-1]):
        assert codes(check(replace(good, signature=changed), trust=trust)) == ["signature_invalid"]
    other = asn1.ContentInfo.load(gost_authority(curve).signer().sign(PDF))["content"]
    stolen = asn1.ContentInfo.load(good)
    stolen["content"]["certificates"] = other["certificates"]
    stolen["content"]["signer_infos"][0]["sid"] = other["signer_infos"][0]["sid"]
    expected = ["signature_invalid", "certificate_substituted"]
    assert codes(check(stolen.dump(), trust=trust)) == expected


def test_the_signature_algorithm_may_name_the_digest_too(signer: Signer) -> None:
    named = replace(signer.sign(PDF), signature_algorithm={"algorithm": gost.SIGNATURE_256})
    assert check(named).is_valid
    wrong = replace(signer.sign(PDF), signature_algorithm={"algorithm": gost.SIGNATURE_512})
    assert codes(check(wrong)) == ["algorithm_unsupported"]


def test_without_signed_attributes_the_content_itself_is_signed(signer: Signer) -> None:
    bare = replace(signer.sign(PDF), signed_attrs=None, signature=signer.sign_value(PDF))
    assert check(bare).is_valid
    assert codes(check(bare, PDF + b"s")) == ["digest_mismatch"]
    known = {"streebog256": digests.digest("streebog256", PDF)}
    assert cms.verify_digest(bare, known, trust=gost_authority().trust, at=NOW).is_valid


def test_the_digest_must_be_at_hand(signer: Signer) -> None:
    signature, trust = signer.sign(PDF), gost_authority().trust
    sha256 = {"sha256": digests.digest("sha256", PDF)}
    report = cms.verify_digest(signature, sha256, trust=trust, at=NOW)
    assert (report.verdict, codes(report)) == (Verdict.UNDETERMINED, ["digest_unavailable"])
    known = sha256 | {"streebog256": digests.digest("streebog256", PDF)}
    assert cms.verify_digest(signature, known, trust=trust, at=NOW).is_valid


def test_ber_with_indefinite_lengths_is_read(signer: Signer) -> None:
    der = asn1.ContentInfo.load(signer.sign(PDF))
    content = der["content"].contents
    tagged = b"\xa0\x80" + b"\x30\x80" + content + b"\x00\x00" + b"\x00\x00"
    assert check(b"\x30\x80" + der["content_type"].dump() + tagged + b"\x00\x00").is_valid


def test_a_certificate_of_a_stranger_of_the_past_or_for_something_else(signer: Signer) -> None:
    stranger = GostAuthority(name="Чужой").signer()
    assert codes(check(stranger.sign(PDF))) == ["certificate_untrusted"]
    expired = gost_authority().signer(valid_from=NOW - 2 * YEAR, valid_until=NOW - DAY)
    assert codes(check(expired.sign(PDF))) == ["certificate_expired"]
    future = gost_authority().signer(valid_from=NOW + DAY)
    assert codes(check(future.sign(PDF))) == ["certificate_not_yet_valid"]


def test_an_authority_whose_own_certificate_has_ended_is_not_trusted() -> None:
    gone = GostAuthority(name="Бывший", issuing_until=NOW - DAY)
    signature = gone.signer().sign(PDF, NOW - 2 * DAY)
    assert codes(check(signature, trust=gone.trust)) == ["certificate_untrusted"]
    assert cms.verify(signature, PDF, trust=gone.trust).is_valid


def test_a_person_is_no_authority(signer: Signer) -> None:
    impostor = GostAuthority(name="Самозваный")
    assert isinstance(signer.key, GostPrivateKey)
    impostor.key, impostor._own_name = signer.key, signer.certificate.subject
    fake = impostor.signer()
    chain = Signer(fake.key, fake.certificate, (signer.certificate, gost_authority().issuing))
    assert codes(check(chain.sign(PDF))) == ["certificate_untrusted"]


def test_a_certificate_whose_signature_was_changed_is_not_trusted(signer: Signer) -> None:
    info = asn1.ContentInfo.load(signer.sign(PDF))
    issuing = next(
        item.chosen
        for item in info["content"]["certificates"]
        if item.chosen.serial_number == gost_authority().issuing.serial_number
    )
    value = issuing["signature_value"].native
    issuing["signature_value"] = value[:-1] + bytes([value[-1] ^ 1])
    assert codes(check(info.dump(force=True))) == ["certificate_untrusted"]


@pytest.mark.parametrize(
    ("since", "status", "expected"),
    [
        (NOW - DAY, RevocationStatus.REVOKED, ["certificate_revoked"]),
        (NOW + DAY, RevocationStatus.GOOD, []),
    ],
)
def test_a_list_by_a_gost_authority_is_believed(signer: Signer, since, status, expected) -> None:
    report = check(signer.sign(PDF), trust=gost_authority().trust_with_revoked(signer, since))
    assert (codes(report), report.revocation) == (expected, status)
    forged = GostAuthority().trust_with_revoked(signer, since).crls
    report = check(signer.sign(PDF), trust=TrustStore((gost_authority().root,), forged))
    assert (codes(report), report.revocation) == ([], RevocationStatus.UNKNOWN)


def test_without_the_library_nothing_is_judged(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature = signer.sign(PDF)
    trust = GostAuthority().trust
    monkeypatch.setattr(libgcrypt, "LIBRARY", "libgcrypt.so.nowhere")
    libgcrypt.load.cache_clear()
    try:
        report = check(signature)
        assert report.verdict == Verdict.UNDETERMINED
        assert codes(report)[0] == "digest_unsupported"
        assert check(signature, trust=trust).verdict != Verdict.VALID
    finally:
        libgcrypt.load.cache_clear()


def test_both_kinds_of_roots_live_in_one_store(signer: Signer) -> None:
    trust = TrustStore((authority().root, gost_authority().root))
    assert check(signer.sign(PDF), trust=trust).is_valid
    assert check(authority().signer().sign(PDF), trust=trust).is_valid


def test_a_personal_certificate_names_no_company() -> None:
    """Employees have such certificates since September 2024."""
    signature = gost_authority().signer(organisation_inn="").sign(PDF)
    report = check(signature)
    assert report.is_valid
    assert report.certificate is not None
    assert (report.certificate.inn, report.certificate.organisation_inn) == ("771234567859", "")
    assert report.certificate.belongs_to("771234567859")
    assert not report.certificate.belongs_to("7701001100")
