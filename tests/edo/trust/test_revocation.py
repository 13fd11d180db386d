"""CRLs and OCSP responses that we fetch: which ones are stored, and what they change."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from edo.models import RevocationList
from edo.signing import cms
from edo.signing.revocation import RevocationStatus
from edo.trust import crls, refresh, store
from edo.trust.crls import refresh_crls
from edo.trust.freshness import freshen_for_signature
from tests.support.fake_server import FakeServer, response
from tests.support.signing.authority_answers import HOUR, crl, crl_point, need, responder, verify
from tests.support.signing.pki import DAY, NOW, PDF, Authority, authority

pytestmark = pytest.mark.usefixtures("installation")


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
