"""Examples of TK-26 and certificates of real authorities, in a folder that GOST_SAMPLES names.

They may not be distributed with the project. The folder has `tc26/` (examples and certificates as
the ГОСТ engine of OpenSSL is distributed with) and `roots/` (`*.der`, `*.cer`, `*.crl`).
"""

import datetime as dt
import os
from pathlib import Path

import pytest
from asn1crypto import cms as asn1
from asn1crypto import pem
from cryptography import x509

from edo.crypto import digests
from edo.crypto.digests import NAMES_BY_OID
from edo.signing import cms
from edo.signing.cms_parsing import parse_signature
from edo.signing.integrity import check_integrity
from edo.signing.revocation import is_issued_by
from edo.signing.trust import TrustStore
from tests.support.plugins.interop import SAMPLES_VARIABLE

# Names of real organisations are longer than X.520 allows.
pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning")
SAMPLES = Path(os.environ[SAMPLES_VARIABLE])


def read_pem(name: str) -> bytes:
    return pem.unarmor((SAMPLES / "tc26" / name).read_bytes())[2]


def load_certificate(path: Path) -> x509.Certificate:
    content = path.read_bytes()
    if content.startswith(b"-----"):
        return x509.load_pem_x509_certificate(content)
    return x509.load_der_x509_certificate(content)


@pytest.mark.parametrize("name", ["hashed_a311.pem", "hashed_a321.pem"])
def test_digests_of_tk_26(name: str) -> None:
    data = asn1.ContentInfo.load(read_pem(name))["content"]
    algorithm = NAMES_BY_OID[data["digest_algorithm"]["algorithm"].dotted]
    content = bytes(data["encap_content_info"]["content"])
    assert digests.digest(algorithm, content) == data["digest"].native


@pytest.mark.parametrize("name", ["signed_a111.pem", "signed_a121.pem"])
def test_signatures_of_tk_26(name: str) -> None:
    senders = [load_certificate(SAMPLES / "tc26" / f"sender{bits}_cert.pem") for bits in (256, 512)]
    parsed = parse_signature(read_pem(name), candidates=senders)
    assert parsed.certificate is not None
    content = parsed.content or b""
    certificate = parsed.certificate
    assert check_integrity(parsed, certificate, lambda name: digests.digest(name, content)) == (
        [],
        [],
    )
    problems, _ = check_integrity(parsed, certificate, lambda name: digests.digest(name, b"x"))
    assert [problem.code for problem in problems] == ["digest_mismatch"]


def test_every_certificate_of_an_authority_has_a_chain() -> None:
    paths = sorted((SAMPLES / "roots").glob("*.der")) + sorted((SAMPLES / "roots").glob("*.cer"))
    certificates = {path.name: load_certificate(path) for path in paths}
    roots = tuple(item for item in certificates.values() if item.subject == item.issuer)
    others = [item for item in certificates.values() if item not in roots]
    assert roots
    assert others
    for certificate in others:
        at = certificate.not_valid_before_utc + dt.timedelta(days=1)
        chain = TrustStore(roots).build_chain(certificate, others, at)
        assert chain is not None, certificate.subject
        assert chain[-1] in roots


def test_a_revocation_list_by_a_real_program() -> None:
    root = load_certificate(SAMPLES / "roots" / "pycades-root.cer")
    content = (SAMPLES / "roots" / "pycades-root.crl").read_bytes()
    load = x509.load_pem_x509_crl if content.startswith(b"-----") else x509.load_der_x509_crl
    crl = load(content)
    assert is_issued_by(crl, root)
    assert not is_issued_by(crl, load_certificate(SAMPLES / "roots" / "2f0cb09b.der"))


def test_a_content_inside_is_refused_for_a_document() -> None:
    report = cms.verify(read_pem("signed_a111.pem"), b"", trust=TrustStore(()))
    assert [problem.code for problem in report.problems] == ["not_detached"]
