"""Huge and malformed signatures: an answer within seconds and without an exception."""

import resource
import time

import pytest
from asn1crypto import cms as asn1
from hypothesis import given, settings
from hypothesis import strategies as st

from edo.signing import cms
from edo.signing.chains import MAX_PATHS, find_chains
from edo.signing.cms_parsing import MAX_SIGNATURE_BYTES
from edo.signing.report import Verdict
from tests.support.signing.gost_pki import GostAuthority, gost_authority
from tests.support.signing.pki import NOW, PDF, Signer
from tests.support.signing.stamps import add_stamp, build_stamp, get_value

SIZE = MAX_SIGNATURE_BYTES - 20_000
GOOD = gost_authority().signer().sign(PDF)
STAMPED = add_stamp(GOOD, build_stamp(gost_authority().time_stamp_authority(), get_value(GOOD)))


def encode(tag: int, content: bytes) -> bytes:
    length = len(content).to_bytes(4, "big")
    return bytes([tag, 0x84]) + length + content


def build(certificates: bytes = b"", signers: bytes = b"", content: bytes = b"") -> bytes:
    """A SignedData with these contents of its parts."""
    info = asn1.ContentInfo.load(GOOD)["content"]
    encapsulated = encode(0x30, info["encap_content_info"]["content_type"].dump() + content)
    parts = info["version"].dump() + info["digest_algorithms"].dump() + encapsulated
    parts += encode(0xA0, certificates) + encode(0x31, signers)
    oid = asn1.ContentInfo.load(GOOD)["content_type"].dump()
    return encode(0x30, oid + encode(0xA0, encode(0x30, parts)))


def get_signer(**fields: bytes) -> bytes:
    """The SignerInfo of a good signature, with other contents of its sets of attributes."""
    signer = asn1.ContentInfo.load(GOOD)["content"]["signer_infos"][0]
    parts = signer["version"].dump() + signer["sid"].dump() + signer["digest_algorithm"].dump()
    signed = fields.get("signed", signer["signed_attrs"].contents)
    parts += encode(0xA0, signed) + signer["signature_algorithm"].dump()
    parts += signer["signature"].dump() + encode(0xA1, fields.get("unsigned", b""))
    return encode(0x30, parts)


CERTIFICATES = asn1.ContentInfo.load(GOOD)["content"]["certificates"].contents
HUGE = {
    "a million signers": lambda: build(CERTIFICATES, b"\x30\x00" * (SIZE // 2)),
    "a million certificates": lambda: build(b"\x30\x00" * (SIZE // 2), get_signer()),
    "a million signed attributes": lambda: build(
        CERTIFICATES, get_signer(signed=b"\x30\x00" * (SIZE // 2))
    ),
    "a million unsigned attributes": lambda: build(
        CERTIFICATES, get_signer(unsigned=b"\x30\x00" * (SIZE // 2))
    ),
    "a million stamps": lambda: build(
        CERTIFICATES,
        get_signer(
            unsigned=encode(
                0x30,
                bytes.fromhex("060b2a864886f70d010910020e") + encode(0x31, b"\x30\x00" * 900_000),
            )
        ),
    ),
    "depth": lambda: b"\x30\x80" * (SIZE // 2),
    "depth inside": lambda: build(CERTIFICATES, b"\x30\x80" * (SIZE // 2)),
    "content in a million pieces": lambda: build(
        CERTIFICATES, get_signer(), encode(0xA0, encode(0x24, b"\x04\x00" * (SIZE // 2)))
    ),
    "zeros": lambda: bytes(SIZE),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_signature_is_answered_soon(name: str) -> None:
    signature = HUGE[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    report = cms.verify(signature, PDF, trust=gost_authority().trust, at=NOW)
    assert report.verdict != Verdict.VALID or name == "a million stamps"
    assert time.process_time() - start < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_the_frame_of_these_tests_is_a_good_signature() -> None:
    frame = build(CERTIFICATES, get_signer())
    assert cms.verify(frame, PDF, trust=gost_authority().trust, at=NOW).is_valid


def test_many_certificates_of_one_authority_form_few_chains() -> None:
    """Eighteen that have issued one another would form millions."""
    crowd = GostAuthority(name="Людный")
    signer = crowd.signer()
    many = Signer(signer.key, signer.certificate, crowd.cross_certify(18))
    assert len(find_chains(signer.certificate, many.issuers, (crowd.root,))) == MAX_PATHS
    find_chains.cache_clear()
    start = time.process_time()
    report = cms.verify(many.sign(PDF), PDF, trust=crowd.trust, at=NOW)
    assert report.is_valid, report
    assert time.process_time() - start < 3


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_to_a_stamped_gost_signature_is_a_report(data: st.DataObject) -> None:
    signature = bytearray(STAMPED)
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(signature) - 1))
        signature[position] = data.draw(st.integers(0, 255))
    cut = bytes(signature[: data.draw(st.integers(1, len(signature)))])
    report = cms.verify(cut, PDF, trust=gost_authority().trust, at=NOW)
    assert report.is_valid or report.reasons[0].text


def test_a_certificate_that_cannot_be_read_is_a_doubt_only_if_it_is_the_signers() -> None:
    signer = get_signer()
    assert cms.verify(
        build(CERTIFICATES + b"\x30\x00", signer), PDF, trust=gost_authority().trust, at=NOW
    ).is_valid
    report = cms.verify(build(b"\x30\x00", signer), PDF, trust=gost_authority().trust, at=NOW)
    assert report.verdict == Verdict.UNDETERMINED
