"""The whole with a sandbox: the ТСЛ, the CRLs that it names, a revoked signatory, OCSP."""

from typing import Any

import pytest
from cryptography import x509

from econtract.platform.common import clock
from edo.channels.operator.following import follow
from edo.expiry import find_expiries
from edo.models import (
    AuthorityCertificate,
    Exchange,
    RevocationList,
    Signatory,
    TrustList,
    TrustListFetch,
)
from edo.signing import cms
from edo.signing.cms_parsing import TIME_STAMP_INFO
from edo.signing.revocation import RevocationStatus, read_ocsp_response
from edo.signing.timestamp_service import request_timestamp
from edo.trust import store
from edo.trust.crls import refresh_crls
from edo.trust.fetching import fetch
from edo.trust.freshness import freshen_for_signature
from edo.trust.ocsp import build_request
from edo.trust.refresh import fetch_trust_list, need_crls_of_signatories
from edo.trust.staleness import find_stale_sources
from tests.support.sandbox import Sandbox
from tests.support.signing.operator_world import OperatorWorld
from tests.support.signing.pki import PDF

REVOKED = "Отозван удостоверяющим центром"


@pytest.fixture
def fresh(set_up: Sandbox, settings: Any) -> Sandbox:
    """A product without files of CRLs."""
    settings.EDO_CRLS = []
    return set_up


def list_revoked() -> list[str]:
    store.forget()
    return [
        expiry.signatory.key_ref for expiry in find_expiries(clock.now()) if expiry.text == REVOKED
    ]


def test_the_sandbox_is_trusted_by_what_it_publishes(fresh: Sandbox) -> None:
    assert list_revoked() == []
    fetch_trust_list()
    trust_list = TrustList.objects.get()
    assert (trust_list.state, trust_list.signer) == ("accepted", "Минцифры (песочница)")
    store.forget()
    need_crls_of_signatories()
    assert refresh_crls() == RevocationList.objects.count() > 0
    assert list_revoked() == ["signer-volkova"]
    signature = fresh.signature("signer-ivanova", PDF)
    report = cms.verify(signature, PDF, trust=store.load_trust_store())
    assert (report.is_valid, report.revocation) == (True, RevocationStatus.GOOD)
    assert report.accreditation is not None
    assert report.accreditation.is_test, "the file beside the roots says so"


def test_a_list_that_ends_an_accreditation_waits_and_changes_nothing(fresh: Sandbox) -> None:
    fresh.control("trust-list")
    fetch_trust_list()
    before = AuthorityCertificate.objects.count()
    fresh.control("trust-list", suspended=["УЦ «Третий» (песочница)"])
    TrustListFetch.objects.update(due_at=clock.now())
    fetch_trust_list()
    waiting = TrustList.objects.get(state=TrustList.State.PENDING)
    assert waiting.changes == {"ended": ["УЦ «Третий» (песочница): Приостановлена"]}
    assert AuthorityCertificate.objects.count() == before
    fresh.control("trust-list")


def test_authorities_that_do_not_answer_become_stale(fresh: Sandbox) -> None:
    fetch_trust_list()
    store.forget()
    need_crls_of_signatories()
    fresh.fault("trust", "error", times=None, status=503)
    assert refresh_crls() == 0
    sources = find_stale_sources(clock.now())
    assert {source.reason for source in sources} == {"Ответ HTTP 503."}
    fresh.clear_faults()


@pytest.mark.parametrize(
    ("key_ref", "is_revoked"), [("signer-ivanova", False), ("signer-volkova", True)]
)
def test_the_responder_answers_us(fresh: Sandbox, key_ref: str, is_revoked: bool) -> None:
    pem = Signatory.objects.get(key_ref=key_ref).certificate_pem
    certificate = x509.load_pem_x509_certificate(pem.encode())
    fetch_trust_list()
    store.forget()
    chain = store.load_trust_store().build_chain(certificate, (), clock.now())
    assert chain is not None
    request = build_request(certificate, chain[1])
    content = fetch(f"{fresh.url}/ca/ocsp", max_bytes=10_000, body=request).content
    answer = read_ocsp_response(content, certificate, chain[1])
    assert answer is not None
    assert (answer.revoked_at is not None) == is_revoked


def test_what_judges_a_time_stamp_is_fetched_too(fresh: Sandbox) -> None:
    fetch_trust_list()
    store.forget()
    token = request_timestamp(PDF, trust=store.load_trust_store())
    freshen_for_signature(token, clock.now(), TIME_STAMP_INFO)
    row = RevocationList.objects.get(issuer_name="Тестовый УЦ E-Contract")
    assert (row.error, bool(row.content)) == ("", True)


def test_a_clients_signature_is_judged_with_a_fresh_list(
    world: OperatorWorld, settings: Any
) -> None:
    settings.EDO_CRLS = []
    fetch_trust_list()
    store.forget()
    exchange = world.send()
    world.sign_as_client(exchange)
    assert not RevocationList.objects.exists()
    assert follow(exchange=exchange) == Exchange.State.SIGNED
    assert RevocationList.objects.exclude(sha256="").exists()
