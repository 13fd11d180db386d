"""Signing with КриптоПро DSS, against its simulator."""

import logging
import uuid
from datetime import timedelta
from typing import Any

import pytest

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from edo.checks import check_signing
from edo.models import PowerOfAttorney, Signatory, SigningBatch, SigningProvider
from edo.powers.registration import issue_power_of_attorney
from edo.signatories import import_signatories, read_certificate_fields
from edo.signing import cms
from edo.signing.confirmations import find_open_confirmation
from edo.signing.providers import dss_tokens
from edo.signing.providers.confirmed import POLL_PAUSE
from edo.signing.providers.protocol import (
    CONFIRMATION_DECLINED,
    CONFIRMATION_EXPIRED,
    CONFIRMATION_FAILED,
    KEY_BLOCKED,
    KEY_UNKNOWN,
    ConfirmationPending,
)
from edo.signing.providers.registry import get_signing_service
from edo.trust.store import load_trust_store
from tests.support.sandbox import Sandbox
from tests.support.signing.operator_world import OURS, POWER
from tests.support.signing.pki import PDF

pytestmark = pytest.mark.django_db
IVANOVA = "signer-ivanova"


@pytest.fixture
def dss(connected_sandbox: Sandbox, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Documents are handed over at once, and every call polls."""
    settings.DSS_CLIENT_ID, settings.DSS_CLIENT_SECRET = "econtract", "very secret"
    settings.SIGNING_BATCH_SECONDS = 0
    monkeypatch.setattr("edo.signing.providers.confirmed.POLL_PAUSE", POLL_PAUSE * 0)
    dss_tokens._tokens.clear()
    import_signatories()
    Signatory.objects.update(provider=SigningProvider.DSS)
    return connected_sandbox


def sign(
    key: uuid.UUID, content: bytes = PDF, *, key_ref: str = IVANOVA, name: str = "a.pdf"
) -> bytes:
    return get_signing_service(SigningProvider.DSS).sign(key_ref, content, key, file_name=name)


def wait(key: uuid.UUID, **more: Any) -> ConfirmationPending:
    with pytest.raises(ConfirmationPending) as caught:
        sign(key, **more)
    return caught.value


def get_refusal(key: uuid.UUID, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        sign(key, **more)
    return caught.value.code


def test_a_confirmed_signature_is_valid_and_of_the_signatory(dss: Sandbox) -> None:
    key = uuid.uuid4()
    assert wait(key).place == "в приложении myDSS на телефоне"
    (request,) = dss.phone_requests()
    assert (request["key_ref"], request["documents"]) == (IVANOVA, ["a.pdf"])
    dss.phone_answer(IVANOVA)
    signature = sign(key)
    report = cms.verify(signature, PDF, trust=load_trust_store())
    assert report.is_valid
    assert report.certificate.inn == Signatory.objects.get(key_ref=IVANOVA).inn
    assert sign(key) == signature
    assert [entry["action"] for entry in dss.journal("dss")] == ["asked", "confirmed"]


def test_three_documents_are_confirmed_once(dss: Sandbox, settings: Any) -> None:
    settings.SIGNING_BATCH_SECONDS = 60
    keys = {f"{number}.pdf": uuid.uuid4() for number in range(3)}
    for name, key in keys.items():
        wait(key, content=name.encode(), name=name)
    SigningBatch.objects.update(next_call_at=clock.now())
    wait(keys["0.pdf"], content=b"0.pdf")
    (request,) = dss.phone_requests()
    assert request["documents"] == list(keys)
    assert dss.phone_answer(IVANOVA) == 1
    for name, key in keys.items():
        signature = sign(key, name.encode())
        assert cms.verify(signature, name.encode(), trust=load_trust_store()).is_valid


def test_a_declined_signature_is_refused_for_good(dss: Sandbox) -> None:
    key = uuid.uuid4()
    wait(key)
    dss.phone_answer(IVANOVA, "decline")
    assert [get_refusal(key) for _ in range(2)] == [CONFIRMATION_DECLINED] * 2


def test_a_signatory_who_does_not_answer_in_time(dss: Sandbox) -> None:
    key, other = uuid.uuid4(), uuid.uuid4()
    wait(key)
    dss.clock(advance_seconds=601)
    assert [get_refusal(key) for _ in range(2)] == [CONFIRMATION_EXPIRED] * 2
    dss.fault("dss", "confirmation_expired")
    assert get_refusal(other) == CONFIRMATION_EXPIRED


@pytest.mark.parametrize(
    ("key_ref", "code"), [("signer-yakovlev", KEY_BLOCKED), ("nobody", KEY_UNKNOWN)]
)
def test_a_user_who_cannot_sign(dss: Sandbox, key_ref: str, code: str) -> None:
    assert get_refusal(uuid.uuid4(), key_ref=key_ref) == code


def test_a_certificate_that_the_user_does_not_have(dss: Sandbox) -> None:
    other = Signatory.objects.get(key_ref="signer-petrov")
    Signatory.objects.filter(key_ref=IVANOVA).update(certificate_pem=other.certificate_pem)
    assert get_refusal(uuid.uuid4()) == KEY_UNKNOWN


def test_the_head_signs_with_the_default_certificate(dss: Sandbox) -> None:
    key = uuid.uuid4()
    wait(key, key_ref="head")
    dss.phone_answer("head")
    assert cms.verify(sign(key, key_ref="head"), PDF, trust=load_trust_store()).is_valid


def test_the_head_confirms_a_power_of_attorney(dss: Sandbox, settings: Any) -> None:
    keys = {key.key_ref: key for key in get_signing_service().list_keys()}
    head = Signatory(
        provider=SigningProvider.DSS,
        key_ref="head",
        surname="Громов",
        given_name="Михаил",
        patronymic="Андреевич",
        **read_certificate_fields(keys["head"].certificate_pem),
    )
    head.save()
    settings.SIGNING_PROVIDER, settings.SIGNING_BATCH_SECONDS = "dss", 0
    number, today = uuid.uuid4(), clock.now().date()

    def issue() -> PowerOfAttorney:
        return issue_power_of_attorney(
            signatory=Signatory.objects.get(key_ref=IVANOVA),
            principal=OURS,
            head_key_ref="head",
            valid_from=today,
            valid_until=today + timedelta(days=30),
            powers=(POWER,),
            number=number,
        )

    with pytest.raises(ConfirmationPending):
        issue()
    (request,) = dss.phone_requests()
    assert request["documents"][0].startswith("ON_EMCHD_")
    dss.phone_answer("head")
    assert issue().registration_number == number


def test_a_signature_of_another_document_does_not_verify(dss: Sandbox) -> None:
    key = uuid.uuid4()
    dss.fault("dss", "wrong_document")
    wait(key)
    dss.phone_answer(IVANOVA)
    report = cms.verify(sign(key), PDF, trust=load_trust_store())
    assert [problem.code for problem in report.problems] == ["digest_mismatch"]


@pytest.mark.parametrize("path", ["oauth/token", "certificates", "transactions", "confirmation"])
@pytest.mark.parametrize(
    ("kind", "more"),
    [("error", {}), ("lost_answer", {}), ("lost_answer", {"drop": True}), ("down", {})],
)
def test_after_a_fault_the_signatory_is_asked_once(
    dss: Sandbox, path: str, kind: str, more: dict[str, Any]
) -> None:
    key = uuid.uuid4()
    dss.fault("dss", kind, path_contains=path, times=None, **more)
    with pytest.raises(Unavailable):
        sign(key)
    dss.clear_faults()
    wait(key)
    assert dss.phone_answer(IVANOVA) == 1
    assert cms.verify(sign(key), PDF, trust=load_trust_store()).is_valid
    assert len(dss.journal("dss", action="asked")) == 1


@pytest.mark.parametrize("kind", ["error", "lost_answer"])
def test_a_lost_result_is_fetched_again(dss: Sandbox, kind: str) -> None:
    key = uuid.uuid4()
    wait(key)
    dss.phone_answer(IVANOVA)
    dss.fault("dss", kind, path_contains="documents")
    with pytest.raises(Unavailable):
        sign(key)
    assert cms.verify(sign(key), PDF, trust=load_trust_store()).is_valid


def test_a_stale_token_is_renewed(dss: Sandbox) -> None:
    key = uuid.uuid4()
    wait(key)
    dss.clock(advance_seconds=601)
    dss.clock(advance_seconds=-601)
    dss_tokens._tokens.update(
        {name: ("stale", until) for name, (_, until) in dss_tokens._tokens.items()}
    )
    wait(key)


def test_rejected_credentials_are_an_outage(dss: Sandbox, settings: Any) -> None:
    settings.DSS_CLIENT_ID = ""
    with pytest.raises(Unavailable, match="DSS_CLIENT_ID"):
        sign(uuid.uuid4())


def test_neither_secret_nor_token_nor_name_is_logged(
    dss: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    key = uuid.uuid4()
    with caplog.at_level(logging.DEBUG):
        wait(key)
        dss.phone_answer(IVANOVA)
        sign(key)
    tokens = [token for token, _ in dss_tokens._tokens.values()]
    assert tokens
    for secret in ("very secret", "ZWNvbnRyYWN0", IVANOVA, "a.pdf", *tokens):
        assert secret not in caplog.text


def test_the_keys_are_those_of_the_entered_signatories(dss: Sandbox) -> None:
    Signatory.objects.exclude(key_ref=IVANOVA).update(provider="")
    (key,) = get_signing_service(SigningProvider.DSS).list_keys()
    assert (key.key_ref, key.surname, key.role) == (IVANOVA, "Иванова", "signatory")


def test_a_screen_learns_of_the_waiting_confirmation(dss: Sandbox) -> None:
    key = uuid.uuid4()
    pending = wait(key)
    confirmation = find_open_confirmation(key)
    assert confirmation is not None
    assert (confirmation.key_ref, confirmation.expires_at) == (IVANOVA, pending.expires_at)


def test_wrong_settings_are_found_at_start_up(settings: Any) -> None:
    settings.SIGNING_PROVIDER, settings.SEAL_PROVIDER = "dss", "http"
    settings.DSS_CLIENT_ID = ""
    assert [error.id for error in check_signing(None) if error.is_serious()] == ["edo.E007"]
    settings.SIGNING_PROVIDER, settings.SEAL_PROVIDER = "http", "dss"
    assert [error.id for error in check_signing(None) if error.is_serious()] == ["edo.E006"]


def test_no_service_reports_a_lost_batch(dss: Sandbox) -> None:
    key = uuid.uuid4()
    wait(key)
    dss.reset()
    assert get_refusal(key) == CONFIRMATION_FAILED
