"""ГОСТ with openssl and its engine as the other side: theirs by us, ours by them.

Collected only where the engine is installed (`tests/support/plugins/interop.py`).
"""

import datetime as dt
from pathlib import Path

import pytest
from asn1crypto import cms as asn1
from cryptography import x509

from econtract.platform.crypto.gost import XCH_A
from edo.crypto import digests
from edo.signing import cms
from edo.signing.report import SignatureReport
from edo.signing.revocation import RevocationStatus
from edo.signing.timestamps import verify_stamp
from edo.signing.trust import TrustStore
from tests.support.signing.gost_pki import TC26_512_A, TC26_A, gost_authority
from tests.support.signing.openssl_pki import OpensslAuthority
from tests.support.signing.pki import NOW, PDF, write_trust
from tests.support.signing.stamps import add_stamp, build_stamp, get_value

THEIRS = [(256, "XA"), (256, "TCA"), (512, "A"), (512, "C")]


@pytest.fixture(scope="module", params=THEIRS, ids=lambda value: f"{value[0]}-{value[1]}")
def theirs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> OpensslAuthority:
    authority = OpensslAuthority(tmp_path_factory.mktemp("openssl"), *request.param)
    authority.set_up()
    return authority


def get_trust(theirs: OpensslAuthority, **sources: tuple) -> TrustStore:
    return TrustStore((x509.load_pem_x509_certificate(theirs.read("root.pem")),), **sources)


def codes(report: SignatureReport) -> list[str]:
    return [reason.code for reason in report.reasons]


@pytest.mark.parametrize("options", [["-cades"], [], ["-noattr"], ["-keyid"]])
def test_their_signatures_are_valid_and_each_change_is_found(
    theirs: OpensslAuthority, options: list[str]
) -> None:
    signature, trust = theirs.sign(PDF, *options), get_trust(theirs)
    report = cms.verify(signature, PDF, trust=trust)
    assert report.is_valid, report
    assert codes(cms.verify(signature, PDF + b"s", trust=trust)) == ["digest_mismatch"]
    info = asn1.ContentInfo.load(signature)
    value = bytearray(info["content"]["signer_infos"][0]["signature"].native)
    for position in (0, len(value) // 2, -1):
        value[position] ^= 1
        info["content"]["signer_infos"][0]["signature"] = bytes(value)
        assert not cms.verify(info.dump(), PDF, trust=trust).is_valid
        value[position] ^= 1
    assert codes(cms.verify(signature, PDF, trust=gost_authority().trust)) == [
        "certificate_untrusted"
    ]


def test_their_streams_are_ber_and_have_the_content_inside(theirs: OpensslAuthority) -> None:
    report = cms.verify(theirs.sign(PDF, "-stream", "-nodetach"), PDF, trust=get_trust(theirs))
    assert codes(report) == ["not_detached"]


@pytest.mark.parametrize("with_certificate", [True, False])
def test_their_time_stamps_are_valid(theirs: OpensslAuthority, with_certificate: bool) -> None:
    token = theirs.stamp(PDF, with_certificate=with_certificate)
    candidates = [x509.load_pem_x509_certificate(theirs.read("stamper.pem"))]
    for content, expected in ((PDF, []), (PDF + b"s", ["stamp_mismatch"])):
        report = verify_stamp(
            token,
            lambda name, content=content: digests.digest(name, content),
            trust=get_trust(theirs),
            candidates=candidates,
        )
        assert [reason.code for reason in (*report.problems, *report.doubts)] == expected


def test_their_signature_with_their_stamp_is_judged_at_its_time(theirs: OpensslAuthority) -> None:
    signature = theirs.sign(PDF, "-cades")
    token = theirs.stamp(get_value(signature), with_certificate=True)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=3650)
    report = cms.verify(add_stamp(signature, token), PDF, trust=get_trust(theirs), at=later)
    assert report.is_valid, report
    assert codes(cms.verify(signature, PDF, trust=get_trust(theirs), at=later)) == [
        "certificate_expired"
    ]


def test_their_lists_and_responses_are_believed(theirs: OpensslAuthority) -> None:
    signature, good = theirs.sign(PDF), theirs.respond()
    now = dt.datetime.now(dt.UTC)
    report = cms.verify(signature, PDF, trust=get_trust(theirs, ocsp_responses=(good,)), at=now)
    assert (codes(report), report.revocation) == ([], RevocationStatus.GOOD)
    crl, response = theirs.revoke()
    later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5)
    lists = (x509.load_pem_x509_crl(crl),)
    for trust in (get_trust(theirs, crls=lists), get_trust(theirs, ocsp_responses=(response,))):
        report = cms.verify(signature, PDF, trust=trust, at=later)
        assert codes(report) == ["certificate_revoked"]


@pytest.mark.parametrize("curve", [XCH_A, TC26_A, TC26_512_A, "1.2.643.7.1.2.1.2.3"])
def test_they_accept_ours_and_find_each_change(
    theirs: OpensslAuthority, tmp_path: Path, curve: str
) -> None:
    ours = gost_authority(curve)
    roots = write_trust(tmp_path, ours)
    at = NOW.timestamp()
    signature = ours.signer().sign(PDF)
    assert theirs.accepts(signature, PDF, roots, at)
    assert not theirs.accepts(signature, PDF + b"s", roots, at)
    assert not theirs.accepts(signature[:-1] + bytes([signature[-1] ^ 1]), PDF, roots, at)
    stranger = write_trust(tmp_path, gost_authority(TC26_A if curve != TC26_A else XCH_A))
    assert not theirs.accepts(signature, PDF, stranger, at)
    roots = write_trust(tmp_path, ours)
    token = build_stamp(ours.time_stamp_authority(), PDF)
    assert theirs.accepts_stamp(token, PDF, roots, at)
    assert not theirs.accepts_stamp(token, PDF + b"s", roots, at)
