"""CRLs and OCSP responses that we fetch: which ones are stored, and what they change."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID
from django.core.cache import cache

from edo.models import OcspResponse, RevocationList
from edo.signing import cms
from edo.signing.report import SignatureReport
from edo.signing.revocation import RevocationStatus
from edo.trust import crls, refresh, store
from edo.trust.crls import need_crls, refresh_crls
from edo.trust.freshness import freshen_for_signature
from edo.trust.ocsp import delete_old_responses
from tests.support.fake_server import FakeServer, response, run_fake_server
from tests.support.signing.pki import DAY, NOW, PDF, Authority, Signer, authority

pytestmark = pytest.mark.usefixtures("installation")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def server(installation: None, settings: Any) -> Iterator[FakeServer]:
    """The web server of the authority."""
    with run_fake_server() as server:
        settings.TRUST_PRIVATE_HOSTS = [server.url.removeprefix("http://")]
        yield server


def crl_point(server: FakeServer) -> x509.CRLDistributionPoints:
    name = x509.UniformResourceIdentifier(f"{server.url}/uc.crl")
    return x509.CRLDistributionPoints([x509.DistributionPoint([name], None, None, None)])


def responder(server: FakeServer) -> x509.AuthorityInformationAccess:
    name = x509.UniformResourceIdentifier(f"{server.url}/ocsp")
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, name)]
    )


def crl(
    revoked: dict[x509.Certificate, dt.datetime] | None = None,
    *,
    until: dt.datetime = NOW + DAY,
    since: dt.datetime = NOW - DAY,
    number: int | None = None,
    owner: Authority | None = None,
) -> bytes:
    issuer = owner or authority()
    return issuer.revocation_list(revoked or {}, until, since, number).public_bytes(Encoding.DER)


def need(signer: Signer) -> RevocationList:
    need_crls([signer.certificate, authority().issuing])
    return RevocationList.objects.get()


def verify(signer: Signer, signed_at: dt.datetime = NOW) -> SignatureReport:
    store.forget()
    return cms.verify(signer.sign(PDF, signed_at), PDF, trust=store.load_trust_store())


def test_a_list_is_fetched_verified_and_used(server: FakeServer) -> None:
    signer = authority().signer(extensions=[crl_point(server)])
    row = need(signer)
    assert verify(signer).revocation == RevocationStatus.UNKNOWN
    server.responses.append(response(200, crl(number=5)))
    assert refresh_crls() == 1
    assert verify(signer).revocation == RevocationStatus.GOOD
    row.refresh_from_db()
    assert (row.number, row.next_update, row.error) == ("5", NOW + DAY, "")
    assert row.due_at == NOW + 12 * HOUR, "while a quarter of its term is left"


def test_revoked_before_and_after_the_signing(server: FakeServer) -> None:
    signer = authority().signer(extensions=[crl_point(server)])
    need(signer)
    server.responses.append(response(200, crl({signer.certificate: NOW - HOUR})))
    refresh_crls()
    before, after = verify(signer, NOW - 2 * HOUR), verify(signer, NOW)
    assert before.is_valid
    assert [problem.code for problem in after.problems] == ["certificate_revoked"]


def test_a_list_that_has_ended_leaves_the_revocation_unknown(
    server: FakeServer, now: time_machine.Traveller
) -> None:
    signer = authority().signer(extensions=[crl_point(server)])
    need(signer)
    server.responses.append(response(200, crl(until=NOW + HOUR)))
    refresh_crls()
    assert verify(signer).revocation == RevocationStatus.GOOD
    assert verify(signer, NOW + 2 * HOUR).revocation == RevocationStatus.UNKNOWN


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (crl(owner=Authority()), "не этим УЦ"),
        (crl(owner=Authority("Другой")), "не этим УЦ"),
        (crl(since=NOW - 2 * DAY), "старше"),
        (crl(since=NOW, number=4), "Номер"),
        (crl(since=NOW + DAY, until=NOW + 2 * DAY), "в будущем"),
        (b"<html>", "не список отзыва"),
        (b"", "не список отзыва"),
    ],
    ids=["forged", "foreign", "older", "number", "future", "page", "empty"],
)
def test_a_good_list_is_not_replaced_by_a_bad_one(
    server: FakeServer, now: time_machine.Traveller, content: bytes, reason: str
) -> None:
    signer = authority().signer(extensions=[crl_point(server)])
    row = need(signer)
    server.responses.append(response(200, crl(number=5)))
    refresh_crls()
    row.refresh_from_db()
    first = row.sha256
    RevocationList.objects.update(due_at=NOW)
    server.responses.append(response(200, content))
    assert refresh_crls() == 0
    row.refresh_from_db()
    assert row.sha256 == first
    assert reason in row.error
    assert verify(signer).revocation == RevocationStatus.GOOD


def test_failures_are_repeated_later_each_time(
    server: FakeServer, now: time_machine.Traveller
) -> None:
    row = need(authority().signer(extensions=[crl_point(server)]))
    waits = []
    for _ in range(9):
        server.responses.append(response(503))
        at = dt.datetime.now(dt.UTC)
        assert refresh_crls() == 0
        row.refresh_from_db()
        waits.append((row.due_at - at) // dt.timedelta(minutes=1))
        now.move_to(row.due_at)
    assert waits == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert row.attempts == 9
    server.responses.append(response(200, crl()))
    assert refresh_crls() == 1
    row.refresh_from_db()
    assert (row.attempts, row.error) == (0, "")


def test_a_list_is_not_fetched_before_it_is_due_nor_for_ever(server: FakeServer) -> None:
    signer = authority().signer(extensions=[crl_point(server)])
    need(signer)
    server.responses.append(response(200, crl()))
    refresh_crls()
    assert refresh_crls() == 0
    RevocationList.objects.update(due_at=NOW, needed_at=NOW - 500 * DAY)
    assert refresh_crls() == 0
    assert len(server.requests) == 1


def test_an_address_of_our_network_is_not_called(settings: Any, server: FakeServer) -> None:
    settings.TRUST_PRIVATE_HOSTS = []
    row = need(authority().signer(extensions=[crl_point(server)]))
    refresh_crls()
    row.refresh_from_db()
    assert server.requests == []
    assert row.due_at == NOW + DAY
    assert row.error


def test_a_run_ends_although_more_lists_are_due(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(authority().signer(extensions=[crl_point(server)]))
    monkeypatch.setattr(crls, "MAX_RUN_SECONDS", -1.0)
    assert refresh_crls() == 0
    assert server.requests == []


def test_one_worker_at_a_time_fetches(server: FakeServer, settings: Any) -> None:
    settings.TRUST_LIST_URL = ""
    need(authority().signer(extensions=[crl_point(server)]))
    cache.set(refresh.RUN_KEY, 1, 60)
    refresh.refresh_trust()
    assert server.requests == []
    cache.delete(refresh.RUN_KEY)
    server.responses.append(response(200, crl()))
    refresh.refresh_trust()
    assert RevocationList.objects.get().sha256
    assert cache.get(refresh.RUN_KEY) is None


def test_mirrors_of_a_list_are_loaded_once(server: FakeServer) -> None:
    signer = authority().signer(extensions=[crl_point(server)])
    row = need(signer)
    server.responses.append(response(200, crl()))
    refresh_crls()
    row.refresh_from_db()
    row.pk, row.url = None, f"{server.url}/mirror.crl"
    row.save()
    store.mark_changed(revocation=True)
    store.forget()
    archive = store.load_trust_store().archive
    assert archive is not None
    assert len(archive.find_crls(authority().issuing.subject)) == 1


def answer_ocsp(
    signer: Signer,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    *,
    owner: Authority | None = None,
    revoked_at: dt.datetime | None = None,
) -> bytes:
    owner = owner or authority()
    answer = ocsp.OCSPResponseBuilder().add_response(
        cert=signer.certificate,
        issuer=authority().issuing,
        algorithm=hashes.SHA1(),  # noqa: S303 - it only names the certificate
        cert_status=status,
        this_update=NOW - HOUR,
        next_update=NOW + HOUR,
        revocation_time=revoked_at,
        revocation_reason=None,
    )
    answer = answer.responder_id(ocsp.OCSPResponderEncoding.HASH, owner.issuing)
    return answer.sign(owner.key, hashes.SHA256()).public_bytes(Encoding.DER)


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


def test_nobody_is_called_while_what_is_at_hand_is_fresh(server: FakeServer) -> None:
    signer = authority().signer(extensions=[crl_point(server), responder(server)])
    server.responses.append(response(200, crl()))
    freshen_for_signature(signer.sign(PDF), NOW)
    freshen_for_signature(signer.sign(PDF), NOW)
    assert [path for _, path, _, _ in server.requests] == ["/uc.crl"]
    assert verify(signer).revocation == RevocationStatus.GOOD


def test_the_certificate_of_a_stranger_names_no_address_that_we_call(server: FakeServer) -> None:
    stranger = Authority().signer(extensions=[crl_point(server), responder(server)])
    freshen_for_signature(stranger.sign(PDF), NOW)
    freshen_for_signature(b"\x30\x80nonsense", NOW)
    assert server.requests == []
    assert not RevocationList.objects.exists()


def test_a_version_is_looked_at_once_in_a_few_seconds(
    server: FakeServer, django_assert_num_queries: Any
) -> None:
    signer = authority().signer(extensions=[crl_point(server)])
    need(signer)
    server.responses.append(response(200, crl()))
    refresh_crls()
    verify(signer)
    store.forget()
    with django_assert_num_queries(1):
        trust = store.load_trust_store()
        assert cms.verify(signer.sign(PDF), PDF, trust=trust).is_valid
    with django_assert_num_queries(0):
        assert store.load_trust_store() is trust
