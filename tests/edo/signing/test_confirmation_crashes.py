"""Crashes, lost answers and outages while a signature waits: nobody is asked twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from econtract.platform.common.errors import Unavailable
from edo.signing.providers.confirmation_client import ConfirmationAnswer, ConfirmationRequest
from edo.signing.providers.protocol import CONFIRMATION_FAILED, ConfirmationPending
from tests.support.signing.confirmations import Crash, Phones

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("can_repeat", [True, False])
@pytest.mark.parametrize("error", [Crash(), Unavailable("dss", "no answer in time")])
def test_a_failure_before_the_question_is_repeated(
    phones: Phones, error: BaseException, can_repeat: bool
) -> None:
    phones.client.can_repeat_question = can_repeat
    phones.client.fault["prepare"] = error
    phones.wait()
    phones.try_sign(seconds=200)
    phones.wait()
    assert (len(phones.client.batches), phones.client.questions) == (2, [1])


@pytest.mark.parametrize("error", [Crash(), Unavailable("dss", "no answer in time")])
def test_a_lost_question_is_put_again_if_it_stays_the_same(
    phones: Phones, error: BaseException
) -> None:
    phones.client.fault["ask"] = error
    phones.wait()
    phones.try_sign(seconds=200)
    phones.wait()
    assert phones.client.questions == [0, 0], "about the same documents at the service"
    phones.client.confirm()
    assert phones.sign() == b"signed a"


@pytest.mark.parametrize("error", [Crash(), Unavailable("edo", "no answer in time")])
def test_a_lost_question_is_not_put_twice_to_the_owner(
    phones: Phones, error: BaseException
) -> None:
    phones.client.can_repeat_question = False
    phones.client.fault["ask"] = error
    phones.wait()
    phones.try_sign(seconds=200)
    assert phones.get_refusal() == CONFIRMATION_FAILED
    assert phones.client.questions == [0]


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("edo", "answered 429", retry_after=1),
        Unavailable("edo", "answered 402", code="subscription_ended"),
    ],
)
def test_a_question_that_was_certainly_not_put_is_put_later(
    phones: Phones, error: Unavailable
) -> None:
    phones.client.can_repeat_question = False
    phones.client.fault["ask"] = error
    phones.wait()
    with pytest.raises(Unavailable):
        phones.sign()
    phones.travel.shift(timedelta(seconds=5))
    phones.wait()
    phones.client.confirm()
    assert phones.sign() == b"signed a"


@pytest.mark.parametrize("error", [Crash(), Unavailable("dss", "no answer in time")])
def test_a_poll_may_fail_at_any_time(phones: Phones, error: BaseException) -> None:
    phones.wait()
    phones.wait()
    phones.client.confirm()
    phones.client.fault["get_answer"] = error
    phones.try_sign(seconds=200)
    assert phones.sign() == b"signed a"
    assert phones.client.questions == [0]


def test_only_one_worker_at_a_time_calls_the_service(
    phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    phones.wait()
    ask: Callable[..., ConfirmationRequest] = phones.client.ask

    def ask_while_another_worker_comes(*args: Any) -> ConfirmationRequest:
        with pytest.raises(ConfirmationPending):
            phones.sign()
        return ask(*args)

    monkeypatch.setattr(phones.client, "ask", ask_while_another_worker_comes)
    phones.wait()
    assert phones.client.questions == [0]


@pytest.mark.parametrize("call", ["prepare", "ask"])
def test_a_worker_that_is_slower_than_its_lease_does_not_ask_again(
    phones: Phones, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """In the meantime another worker has asked, and has not got the answer."""
    phones.client.can_repeat_question = False
    phones.client.fault["ask"] = Crash()
    phones.wait()
    original: Callable[..., Any] = getattr(phones.client, call)

    def call_slowly(*args: Any) -> Any:
        monkeypatch.setattr(phones.client, call, original)
        phones.travel.shift(timedelta(seconds=300))
        phones.try_sign(seconds=0)
        return original(*args)

    monkeypatch.setattr(phones.client, call, call_slowly)
    phones.try_sign(seconds=0)
    assert len(phones.client.questions) == 1


def test_an_owner_with_another_open_question_is_asked_later(phones: Phones) -> None:
    phones.client.can_repeat_question = False
    phones.wait()
    phones.wait()
    phones.client.answer = ConfirmationAnswer(ask_again_after=300)
    phones.wait(seconds=100)
    phones.client.answer = None
    phones.wait(seconds=250)
    assert phones.client.questions == [0], "not yet"
    phones.wait()
    assert phones.client.questions == [0, 0]
    phones.client.confirm()
    assert phones.sign() == b"signed a"
