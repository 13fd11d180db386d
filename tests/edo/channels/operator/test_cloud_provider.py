"""Signing with the ЭДО operator's cloud signature, against its simulator."""

import uuid
from typing import Any

import pytest

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from edo.channels.operator.cloud_provider import BUSY_PLACE
from edo.models import Signatory, SigningBatch, SigningProvider
from edo.signing import cms
from edo.signing.providers.confirmed import POLL_PAUSE
from edo.signing.providers.protocol import (
    CONFIRMATION_DECLINED,
    CONFIRMATION_EXPIRED,
    CONFIRMATION_FAILED,
    KEY_UNKNOWN,
    ConfirmationPending,
)
from edo.signing.providers.registry import get_signing_service
from edo.trust.store import load_trust_store
from tests.support.diadoc.calls import find_call_problems
from tests.support.diadoc.recording_proxy import recording
from tests.support.sandbox import Sandbox
from tests.support.signing.operator_world import OperatorWorld
from tests.support.signing.pki import PDF

pytestmark = pytest.mark.django_db
IVANOVA = "signer-ivanova"


@pytest.fixture
def operator(world: OperatorWorld, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Documents are handed over at once, and every call polls."""
    settings.SIGNING_BATCH_SECONDS = 0
    monkeypatch.setattr("edo.signing.providers.confirmed.POLL_PAUSE", POLL_PAUSE * 0)
    Signatory.objects.update(provider=SigningProvider.OPERATOR_DSS)
    return world.sandbox


def sign(
    key: uuid.UUID, content: bytes = PDF, *, key_ref: str = IVANOVA, name: str = "a.pdf"
) -> bytes:
    service = get_signing_service(SigningProvider.OPERATOR_DSS)
    return service.sign(key_ref, content, key, file_name=name)


def wait(key: uuid.UUID, **more: Any) -> ConfirmationPending:
    with pytest.raises(ConfirmationPending) as caught:
        sign(key, **more)
    return caught.value


def get_refusal(key: uuid.UUID, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        sign(key, **more)
    return caught.value.code


def test_a_confirmed_signature_is_valid_and_of_the_signatory(operator: Sandbox) -> None:
    key = uuid.uuid4()
    assert wait(key).place == "в приложении оператора ЭДО на телефоне"
    assert wait(key).place == "в приложении Контур.Подпись на телефоне"
    (request,) = operator.phone_requests()
    assert (request["system"], request["documents"]) == ("edo", ["a.pdf"])
    operator.phone_answer(IVANOVA)
    signature = sign(key)
    report = cms.verify(signature, PDF, trust=load_trust_store())
    assert report.is_valid
    assert report.certificate.inn == Signatory.objects.get(key_ref=IVANOVA).inn
    assert sign(key) == signature
    assert len(operator.journal("edo", action="asked")) == 1


def test_three_documents_are_confirmed_once(operator: Sandbox, settings: Any) -> None:
    settings.SIGNING_BATCH_SECONDS = 60
    keys = {f"{number}.pdf": uuid.uuid4() for number in range(3)}
    for name, key in keys.items():
        wait(key, content=name.encode(), name=name)
    SigningBatch.objects.update(next_call_at=clock.now())
    wait(keys["0.pdf"], content=b"0.pdf")
    (request,) = operator.phone_requests()
    assert request["documents"] == list(keys)
    assert operator.phone_answer(IVANOVA) == 1
    for name, key in keys.items():
        signature = sign(key, name.encode())
        assert cms.verify(signature, name.encode(), trust=load_trust_store()).is_valid


def test_a_large_document_is_signed(operator: Sandbox) -> None:
    key, content = uuid.uuid4(), PDF + b"0" * 7 * 1024 * 1024
    wait(key, content=content)
    operator.phone_answer(IVANOVA)
    assert cms.verify(sign(key, content), content, trust=load_trust_store()).is_valid


def test_a_declined_signature_is_refused_for_good(operator: Sandbox) -> None:
    key = uuid.uuid4()
    wait(key)
    operator.phone_answer(IVANOVA, "decline")
    assert [get_refusal(key) for _ in range(2)] == [CONFIRMATION_DECLINED] * 2


def test_a_signatory_who_does_not_answer_in_time(operator: Sandbox) -> None:
    key = uuid.uuid4()
    operator.fault("edo", "confirmation_expired")
    wait(key)
    assert get_refusal(key) == CONFIRMATION_EXPIRED


def test_a_signatory_with_another_open_question_is_asked_later(operator: Sandbox) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    wait(first)
    wait(second)
    assert wait(second).place == BUSY_PLACE
    operator.phone_answer(IVANOVA)
    sign(first)
    SigningBatch.objects.update(next_call_at=clock.now())
    wait(second)
    operator.phone_answer(IVANOVA)
    assert cms.verify(sign(second), PDF, trust=load_trust_store()).is_valid
    assert len(operator.journal("edo", action="asked")) == 2


@pytest.mark.parametrize("drop", [False, True])
def test_a_lost_question_is_not_put_twice(operator: Sandbox, drop: bool) -> None:
    key = uuid.uuid4()
    operator.fault("edo", "lost_answer", path_contains="V2/DssSign", drop=drop)
    with pytest.raises(Unavailable):
        sign(key)
    operator.clear_faults()
    assert get_refusal(key) == CONFIRMATION_FAILED
    assert len(operator.journal("edo", action="asked")) == 1


@pytest.mark.parametrize(
    ("path", "kind", "more"),
    [
        ("Shelf", "error", {}),
        ("Shelf", "lost_answer", {"drop": True}),
        ("V2/DssSign", "error", {"status": 429}),
        ("V2/DssSign", "error", {"status": 402}),
        ("DssSignResult", "error", {}),
        ("DssSignResult", "lost_answer", {"drop": True}),
    ],
)
def test_after_a_fault_the_signatory_is_asked_once(
    operator: Sandbox, path: str, kind: str, more: dict[str, Any]
) -> None:
    key = uuid.uuid4()
    operator.fault("edo", kind, path_contains=path, times=None, **more)
    for _ in range(2):
        with pytest.raises((Unavailable, ConfirmationPending)):
            sign(key)
    operator.clear_faults()
    wait(key)
    assert operator.phone_answer(IVANOVA) == 1
    assert cms.verify(sign(key), PDF, trust=load_trust_store()).is_valid
    assert len(operator.journal("edo", action="asked")) == 1


@pytest.mark.parametrize("key_ref", ["nobody", "without a box", "signer-yakovlev"])
def test_a_certificate_that_cannot_sign(
    operator: Sandbox, world: OperatorWorld, key_ref: str
) -> None:
    """The operator does not sign with the last one: it is blocked."""
    Signatory.objects.filter(key_ref="signer-petrov").update(key_ref="without a box")
    Signatory.objects.get(key_ref="signer-yakovlev").boxes.add(world.box)
    assert get_refusal(uuid.uuid4(), key_ref=key_ref) == KEY_UNKNOWN
    assert operator.phone_requests() == []


def test_an_operation_that_the_operator_does_not_know(operator: Sandbox) -> None:
    key = uuid.uuid4()
    wait(key)
    operator.reset()
    assert get_refusal(key) == CONFIRMATION_FAILED


def test_a_signature_of_another_document_does_not_verify(operator: Sandbox) -> None:
    key = uuid.uuid4()
    operator.fault("edo", "wrong_document")
    wait(key)
    operator.phone_answer(IVANOVA)
    report = cms.verify(sign(key), PDF, trust=load_trust_store())
    assert [problem.code for problem in report.problems] == ["digest_mismatch"]


def test_the_bodies_are_those_of_the_operators_schema(operator: Sandbox, settings: Any) -> None:
    key = uuid.uuid4()
    with recording(settings.OUTSIDE["edo"]["url"]) as proxy:
        settings.OUTSIDE["edo"]["url"] = proxy.url
        wait(key)
        wait(key)
        operator.phone_answer(IVANOVA)
        sign(key)
    assert [call.path for call in proxy.calls] == [
        "/V2/ShelfUpload",
        "/V2/DssSign",
        "/DssSignResult",
        "/DssSignResult",
    ]
    assert [problem for call in proxy.calls for problem in find_call_problems(call)] == []
