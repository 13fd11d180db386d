"""What the test authorities publish: revocation lists with short terms, OCSP, the ТСЛ."""

import datetime as dt
import hashlib
import os

import httpx
import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from tests.support.sandbox import Sandbox

HOUR = dt.timedelta(hours=1)


def certificate_of(sandbox: Sandbox, name: str) -> x509.Certificate:
    keys = {key["key_ref"]: key for key in sandbox.get("/signing/v1/keys").json()["keys"]}
    return x509.load_pem_x509_certificate(keys[name]["certificate"].encode())


def load_issuer(sandbox: Sandbox) -> x509.Certificate:
    prefix = "gost-" if os.environ["SANDBOX_SIGNATURES"] == "gost" else ""
    pem = sandbox.http.get(f"/ca/{prefix}issuing.pem").content
    return x509.load_pem_x509_certificate(pem)


def post_ocsp(sandbox: Sandbox, body: bytes) -> bytes:
    response = sandbox.http.post("/ca/ocsp", content=body)
    assert response.headers["Content-Type"] == "application/ocsp-response"
    return response.content


def test_a_fetched_list_is_valid_for_an_hour(sandbox: Sandbox) -> None:
    prefix = "gost-" if os.environ["SANDBOX_SIGNATURES"] == "gost" else ""
    crl = x509.load_der_x509_crl(sandbox.http.get(f"/ca/{prefix}crl.der").content)
    now = dt.datetime.now(dt.UTC)
    assert crl.next_update_utc is not None
    assert now < crl.next_update_utc <= now + HOUR
    assert crl.last_update_utc < now


@pytest.mark.parametrize(
    ("key_ref", "status"),
    [
        ("signer-ivanova", ocsp.OCSPCertStatus.GOOD),
        ("signer-volkova", ocsp.OCSPCertStatus.REVOKED),
    ],
)
def test_the_responder_knows_the_certificates(
    sandbox: Sandbox, key_ref: str, status: ocsp.OCSPCertStatus
) -> None:
    certificate = certificate_of(sandbox, key_ref)
    builder = ocsp.OCSPRequestBuilder()
    algorithm = hashes.SHA1()  # noqa: S303 - it only names the certificate
    request = builder.add_certificate_by_hash(
        *hash_names(load_issuer(sandbox)), certificate.serial_number, algorithm
    )
    encoded = request.build().public_bytes(Encoding.DER)
    response = ocsp.load_der_ocsp_response(post_ocsp(sandbox, encoded))
    assert response.certificate_status == status


@pytest.mark.parametrize("body", [b"", b"\x30\x00", b"nonsense"])
def test_a_malformed_request_gets_an_error_status(sandbox: Sandbox, body: bytes) -> None:
    response = ocsp.load_der_ocsp_response(post_ocsp(sandbox, body))
    assert response.response_status == ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_a_list_keeps_its_bytes_until_the_next_is_published(sandbox: Sandbox) -> None:
    first = sandbox.http.get("/trust/list.xml").content
    assert sandbox.http.get("/trust/list.xml").content == first
    number = sandbox.control("trust-list", suspended=["УЦ «Третий» (песочница)"])["number"]
    second = sandbox.http.get("/trust/list.xml").text
    assert f"<Версия>{number}</Версия>" in second
    assert "Приостановлена" in second
    sandbox.control("trust-list", signed=False)
    assert "SignatureValue" not in sandbox.http.get("/trust/list.xml").text
    sandbox.control("trust-list")


@pytest.mark.parametrize("body", [{"suspended": ["x"]}, {"suspended": "x"}, {"signed": 1}])
def test_a_wrong_list_is_not_published(sandbox: Sandbox, body: dict[str, object]) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        sandbox.control("trust-list", **body)


@pytest.mark.parametrize("path", ["/trust/list.xml", "/ca/crl.der"])
def test_they_can_be_out_of_order(sandbox: Sandbox, path: str) -> None:
    sandbox.fault("trust", "error", times=1, status=503)
    assert sandbox.http.get(path).status_code == 503
    assert sandbox.http.get(path).status_code == 200


def hash_names(issuer: x509.Certificate) -> tuple[bytes, bytes]:
    tbs = asn1_x509.TbsCertificate.load(issuer.tbs_certificate_bytes)
    key = tbs["subject_public_key_info"]["public_key"].contents[1:]
    contents = issuer.subject.public_bytes(), key
    name_hash, key_hash = (hashlib.sha1(item, usedforsecurity=False).digest() for item in contents)
    return name_hash, key_hash
