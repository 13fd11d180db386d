"""OCSP responses: when the responder is asked, and which ones are stored."""

import hashlib

import pytest
import time_machine
from cryptography.x509 import ocsp

from edo.models import OcspResponse
from edo.signing.proofs import collect_proofs
from edo.signing.revocation import RevocationStatus
from edo.trust import store
from edo.trust.crls import refresh_crls
from edo.trust.freshness import freshen_for_evidence, freshen_for_signature
from edo.trust.ocsp import delete_old_responses
from tests.support.fake_server import FakeServer, response
from tests.support.signing.authority_answers import (
    HOUR,
    answer_ocsp,
    crl,
    crl_point,
    need,
    responder,
    verify,
)
from tests.support.signing.pki import DAY, NOW, PDF, Authority, authority

pytestmark = pytest.mark.usefixtures("installation")


def test_the_responder_is_asked_when_there_is_no_list(server: FakeServer) -> None:
    signer = authority().signer(extensions=[responder(server)])
    server.responses.append(response(200, answer_ocsp(signer)))
    freshen_for_signature(signer.sign(PDF), NOW)
    assert verify(signer).revocation == RevocationStatus.GOOD
    method, path, headers, body = server.requests[0]
    assert (method, path, headers["Content-Type"]) == ("POST", "/ocsp", "application/ocsp-request")
    request = ocsp.load_der_ocsp_request(body)
    name = authority().issuing.subject.public_bytes()
    assert request.serial_number == signer.certificate.serial_number
    assert request.issuer_name_hash == hashlib.sha1(name, usedforsecurity=False).digest()


def test_the_responder_says_revoked(server: FakeServer) -> None:
    signer = authority().signer(extensions=[responder(server)])
    content = answer_ocsp(signer, ocsp.OCSPCertStatus.REVOKED, revoked_at=NOW - HOUR)
    server.responses.append(response(200, content))
    freshen_for_signature(signer.sign(PDF), NOW)
    assert [problem.code for problem in verify(signer).problems] == ["certificate_revoked"]


def test_old_responses_are_deleted(server: FakeServer, now: time_machine.Traveller) -> None:
    signer = authority().signer(extensions=[responder(server)])
    server.responses.append(response(200, answer_ocsp(signer)))
    freshen_for_signature(signer.sign(PDF), NOW)
    delete_old_responses()
    assert OcspResponse.objects.count() == 1
    now.move_to(NOW + 401 * DAY)
    delete_old_responses()
    assert not OcspResponse.objects.exists()


@pytest.mark.parametrize("kind", ["forged", "other", "nonsense"])
def test_a_response_of_somebody_else_counts_for_nothing(server: FakeServer, kind: str) -> None:
    signer = authority().signer(extensions=[responder(server)])
    content = {
        "forged": answer_ocsp(signer, owner=Authority()),
        "other": answer_ocsp(authority().signer()),
        "nonsense": b"\x30\x03\x0a\x01\x06",
    }[kind]
    server.responses.append(response(200, content))
    freshen_for_signature(signer.sign(PDF), NOW)
    assert verify(signer).revocation == RevocationStatus.UNKNOWN
    assert not OcspResponse.objects.exists()


def test_for_evidence_an_answer_from_after_the_signing_is_asked_for(server: FakeServer) -> None:
    signer = authority().signer(extensions=[crl_point(server), responder(server)])
    need(signer)
    server.responses.append(response(200, crl(since=NOW - DAY)))
    refresh_crls()
    signed_at = NOW - 2 * HOUR
    signature = signer.sign(PDF, signed_at)
    freshen_for_signature(signature, signed_at)
    assert len(server.requests) == 1
    server.responses.append(response(200, answer_ocsp(signer)))
    freshen_for_evidence(signature, signed_at)
    freshen_for_evidence(signature, signed_at)
    assert [path for _, path, _, _ in server.requests] == ["/uc.crl", "/ocsp"]
    proofs = collect_proofs(signature, trust=store.load_trust_store(), at=signed_at)
    assert [proof.issued_at for proof in proofs.revocation] == [NOW - DAY, NOW - HOUR]
