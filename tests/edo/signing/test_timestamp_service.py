"""Getting time-stamps from the service behind TSP_URL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp

from econtract.platform.common.errors import Refused, Unavailable
from edo.crypto import digests
from edo.signing.timestamp_service import (
    TimeStampResponse,
    has_timestamp_service,
    request_timestamp,
)
from edo.signing.timestamps import verify_stamp
from edo.trust.store import load_trust_store
from tests.support import world
from tests.support.fake_server import FakeServer, response, run_fake_server
from tests.support.sandbox import Sandbox
from tests.support.signing.pki import authority, write_trust

pytestmark = pytest.mark.django_db
CONTENT = b"bytes to stamp"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with run_fake_server() as running:
        yield running


@pytest.fixture
def service(server: FakeServer, tmp_path: Path, settings: Any) -> FakeServer:
    """A time-stamp service that answers as the test plans."""
    settings.OUTSIDE = {"tsp": {"url": server.url, "token": ""}}
    settings.EDO_TRUST_ROOTS = str(write_trust(tmp_path, authority()))
    settings.EDO_CRLS = []
    return server


@pytest.mark.parametrize("algorithm", ["sha256", "streebog256"])
def test_a_stamp_is_over_our_bytes(sandbox: Sandbox, settings: Any, algorithm: str) -> None:
    world.connect(settings, sandbox)
    settings.TSP_DIGEST = algorithm
    assert has_timestamp_service()
    trust = load_trust_store()
    token = request_timestamp(CONTENT, trust=trust)
    info = tsp.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    oid = info["message_imprint"]["hash_algorithm"]["algorithm"].dotted
    assert digests.NAMES_BY_OID[oid] == algorithm
    report = verify_stamp(token, lambda name: digests.digest(name, CONTENT), trust=trust)
    assert report.is_valid
    other = verify_stamp(token, lambda name: digests.digest(name, b"others"), trust=trust)
    assert [problem.code for problem in other.problems] == ["stamp_mismatch"]
    assert request_timestamp(CONTENT, trust=load_trust_store()) != token


def test_an_unknown_service_is_not_believed(
    sandbox: Sandbox, tmp_path: Path, settings: Any
) -> None:
    world.connect(settings, sandbox)
    settings.EDO_TRUST_ROOTS = str(write_trust(tmp_path, authority()))
    with pytest.raises(Unavailable, match="stamp_untrusted"):
        request_timestamp(CONTENT, trust=load_trust_store())


def test_an_answer_to_another_request_is_not_taken(
    service: FakeServer, sandbox: Sandbox, settings: Any
) -> None:
    request = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": digests.digest("sha256", CONTENT),
            },
            "nonce": 17,
            "cert_req": True,
        }
    )
    headers = {"Content-Type": "application/timestamp-query"}
    body = sandbox.http.post("/tsp", content=request.dump(), headers=headers).content
    service.responses.append(response(body=body))
    with pytest.raises(Unavailable, match="another request"):
        request_timestamp(CONTENT, trust=load_trust_store())


def refusal(reason: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {reason}})
    return TimeStampResponse({"status": status}).dump()


def test_refusals_are_final_unless_the_service_is_out_of_order(service: FakeServer) -> None:
    service.responses.append(response(body=refusal("bad_alg")))
    with pytest.raises(Refused, match="bad_alg"):
        request_timestamp(CONTENT, trust=load_trust_store())
    service.responses.append(response(body=refusal("time_not_available")))
    with pytest.raises(Unavailable, match="time_not_available"):
        request_timestamp(CONTENT, trust=load_trust_store())


@pytest.mark.parametrize("body", [b"", b"garbage", b"\x30\x80", b"0" * 2_000_000])
def test_a_malformed_or_huge_answer_is_an_outage(service: FakeServer, body: bytes) -> None:
    service.responses.append(response(body=body))
    with pytest.raises(Unavailable):
        request_timestamp(CONTENT, trust=load_trust_store())


def test_without_a_url_there_is_no_service(settings: Any) -> None:
    settings.OUTSIDE = {"tsp": {"url": "", "token": ""}}
    assert not has_timestamp_service()
    with pytest.raises(Unavailable, match="TSP_URL"):
        request_timestamp(CONTENT, trust=authority().trust)
