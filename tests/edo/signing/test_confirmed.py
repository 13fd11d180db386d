"""Signatures that their owner confirms: one question per batch, never twice, whatever crashes."""

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from edo.models import SigningBatch, SigningOperation
from edo.signing.confirmations import (
    delete_old_confirmations,
    find_open_confirmation,
    forget_refusal,
)
from edo.signing.providers.confirmed import (
    MAX_BATCH_BYTES,
    ConfirmationAnswer,
    ConfirmationRequest,
    ConfirmedSigningService,
    DocumentToConfirm,
)
from edo.signing.providers.protocol import (
    CONFIRMATION_DECLINED,
    CONFIRMATION_EXPIRED,
    CONFIRMATION_FAILED,
    KEY_BLOCKED,
    ConfirmationPending,
    SigningKey,
)

pytestmark = pytest.mark.django_db
KEY_REF = "ivanova"


class Crash(BaseException):
    """The worker is gone: nothing catches this."""


@dataclass
class FakeClient:
    """A cloud service. `answer` is what the owner does; `fault` runs after the named call."""

    can_repeat_question: bool = True
    answer: ConfirmationAnswer | None = None
    question_seconds: float | None = None
    provider: str = "fake"
    usual_place: str = "в приложении на телефоне"
    fault: dict[str, Exception | BaseException] = field(default_factory=dict)
    batches: list[list[DocumentToConfirm]] = field(default_factory=list)
    questions: list[object] = field(default_factory=list)

    def list_keys(self) -> list[SigningKey]:
        return []

    def prepare(self, key_ref: str, documents: Sequence[DocumentToConfirm]) -> object:
        self.batches.append(list(documents))
        self._fail("prepare")
        return {"batch": len(self.batches) - 1}

    def ask(self, key_ref: str, prepared: Any, documents: Sequence[str]) -> ConfirmationRequest:
        self.questions.append(prepared["batch"])
        self._fail("ask")
        return ConfirmationRequest(
            str(prepared["batch"]), "в приложении myDSS на телефоне", self.question_seconds
        )

    def get_answer(self, key_ref: str, prepared: Any, confirmation_id: str) -> ConfirmationAnswer:
        self._fail("get_answer")
        if self.answer is not None:
            return self.answer
        return ConfirmationAnswer()

    def confirm(self) -> None:
        """The owner confirms the last batch."""
        self.answer = ConfirmationAnswer(
            tuple(b"signed " + document.content for document in self.batches[-1])
        )

    def _fail(self, call: str) -> None:
        if call in self.fault:
            raise self.fault.pop(call)


class World:
    """The service with its client, and a clock that moves on demand."""

    def __init__(self, travel: time_machine.Traveller) -> None:
        self.client = FakeClient()
        self.travel = travel
        self.keys: dict[str, uuid.UUID] = {}

    def sign(self, name: str = "a", content: bytes = b"") -> bytes:
        key = self.keys.setdefault(name, uuid.uuid4())
        return ConfirmedSigningService(self.client).sign(
            KEY_REF, content or name.encode(), key, file_name=f"{name}.pdf"
        )

    def wait(self, name: str = "a", seconds: float = 5) -> ConfirmationPending:
        """Ask for the signature, which is still pending; then time passes."""
        with pytest.raises(ConfirmationPending) as caught:
            self.sign(name)
        self.travel.shift(timedelta(seconds=seconds))
        return caught.value

    def refused(self, name: str = "a") -> str:
        with pytest.raises(Refused) as caught:
            self.sign(name)
        return caught.value.code

    def try_sign(self, name: str = "a", seconds: float = 5) -> None:
        with suppress(ConfirmationPending, Unavailable, Crash):
            self.sign(name)
        self.travel.shift(timedelta(seconds=seconds))


@pytest.fixture
def world(settings: Any) -> Any:
    settings.SIGNING_BATCH_SECONDS, settings.SIGNING_CONFIRMATION_MINUTES = 3, 30
    with time_machine.travel(clock.now(), tick=False) as travel:
        yield World(travel)


def test_a_signature_waits_until_its_owner_has_confirmed(world: World) -> None:
    started = clock.now()
    assert world.wait().place == "в приложении на телефоне"
    assert world.client.batches == [], "more documents may still come"
    pending = world.wait()
    assert pending.place == "в приложении myDSS на телефоне"
    assert pending.expires_at == started + timedelta(minutes=30)
    world.wait()
    world.client.confirm()
    assert [world.sign() for _ in range(2)] == [b"signed a"] * 2
    assert world.client.questions == [0]


def test_documents_that_come_together_are_confirmed_once(world: World) -> None:
    for name in "abc":
        world.wait(name, seconds=0.5)
    world.travel.shift(timedelta(seconds=5))
    for name in "cab":
        world.wait(name)
    (batch,) = world.client.batches
    assert [document.file_name for document in batch] == ["a.pdf", "b.pdf", "c.pdf"]
    world.client.confirm()
    assert [world.sign(name) for name in "abc"] == [b"signed a", b"signed b", b"signed c"]
    assert world.client.questions == [0]


def test_a_document_that_comes_later_is_confirmed_by_itself(world: World) -> None:
    world.wait("a")
    world.wait("b", seconds=0)
    world.wait("a")
    world.wait("b")
    assert [[row.file_name for row in batch] for batch in world.client.batches] == [
        ["a.pdf"],
        ["b.pdf"],
    ]


def test_an_abandoned_batch_takes_no_new_document(world: World) -> None:
    world.wait("a", seconds=2 * 24 * 3600)
    world.wait("b")
    world.wait("b")
    assert [[row.file_name for row in batch] for batch in world.client.batches] == [["b.pdf"]]
    assert world.refused("a") == CONFIRMATION_EXPIRED


def test_a_batch_has_a_limited_size(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edo.signing.providers.confirmed.MAX_BATCH_DOCUMENTS", 2)
    for name in "abc":
        world.wait(name, seconds=0)
    assert sorted(SigningBatch.objects.values_list("state", flat=True)) == [
        "collecting",
        "starting",
    ]
    assert SigningOperation.objects.filter(batch__state="starting").count() == 2
    assert MAX_BATCH_BYTES < 100_000_000


@pytest.mark.parametrize("code", [CONFIRMATION_DECLINED, CONFIRMATION_EXPIRED, KEY_BLOCKED])
def test_a_refusal_is_final_for_all_documents(world: World, code: str) -> None:
    for _ in range(2):
        world.wait("a", seconds=0.1)
        world.wait("b")
    world.client.answer = ConfirmationAnswer(failure=code)
    assert [world.refused(name) for name in "abab"] == [code] * 4
    assert world.client.questions == [0]


def test_the_time_limit_is_ours_or_that_of_the_service(world: World) -> None:
    world.client.question_seconds = 300
    world.wait()
    assert world.wait(seconds=290).expires_at == clock.now() - timedelta(seconds=290 - 300)
    world.wait(seconds=20)
    assert world.refused() == CONFIRMATION_EXPIRED


def test_an_answer_in_the_last_moment_still_counts(world: World) -> None:
    world.wait()
    world.wait(seconds=3600)
    world.client.confirm()
    assert world.sign() == b"signed a"


def test_one_document_of_a_batch_may_fail(world: World) -> None:
    world.wait("a", seconds=0.1)
    world.wait("b")
    world.wait("a")
    world.client.answer = ConfirmationAnswer((b"signed a", None))
    assert world.sign("a") == b"signed a"
    assert world.refused("b") == CONFIRMATION_FAILED


def test_a_wrong_number_of_signatures_signs_nothing(world: World) -> None:
    world.wait("a")
    world.wait("a")
    world.client.answer = ConfirmationAnswer((b"one", b"two"))
    assert world.refused("a") == CONFIRMATION_FAILED


def test_a_key_signs_the_content_that_it_was_first_used_for(world: World) -> None:
    world.wait("a")
    with pytest.raises(ValueError, match="other content"):
        world.sign("a", b"another document")


def test_the_documents_are_kept_only_until_the_service_has_them(world: World) -> None:
    world.wait("a")
    assert SigningOperation.objects.get().content is not None
    world.wait("a")
    assert SigningOperation.objects.get().content is None


# --- Crashes, lost answers, outages -------------------------------------------------------------


@pytest.mark.parametrize("can_repeat", [True, False])
@pytest.mark.parametrize("error", [Crash(), Unavailable("dss", "no answer in time")])
def test_a_failure_before_the_question_is_repeated(
    world: World, error: BaseException, can_repeat: bool
) -> None:
    world.client.can_repeat_question = can_repeat
    world.client.fault["prepare"] = error
    world.wait()
    world.try_sign(seconds=200)
    world.wait()
    assert (len(world.client.batches), world.client.questions) == (2, [1])


@pytest.mark.parametrize("error", [Crash(), Unavailable("dss", "no answer in time")])
def test_a_lost_question_is_put_again_if_it_stays_the_same(
    world: World, error: BaseException
) -> None:
    world.client.fault["ask"] = error
    world.wait()
    world.try_sign(seconds=200)
    world.wait()
    assert world.client.questions == [0, 0], "about the same documents at the service"
    world.client.confirm()
    assert world.sign() == b"signed a"


@pytest.mark.parametrize("error", [Crash(), Unavailable("edo", "no answer in time")])
def test_a_lost_question_is_not_put_twice_to_the_owner(world: World, error: BaseException) -> None:
    world.client.can_repeat_question = False
    world.client.fault["ask"] = error
    world.wait()
    world.try_sign(seconds=200)
    assert world.refused() == CONFIRMATION_FAILED
    assert world.client.questions == [0]


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("edo", "answered 429", retry_after=1),
        Unavailable("edo", "answered 402", code="subscription_ended"),
    ],
)
def test_a_question_that_was_certainly_not_put_is_put_later(
    world: World, error: Unavailable
) -> None:
    world.client.can_repeat_question = False
    world.client.fault["ask"] = error
    world.wait()
    with pytest.raises(Unavailable):
        world.sign()
    world.travel.shift(timedelta(seconds=5))
    world.wait()
    world.client.confirm()
    assert world.sign() == b"signed a"


@pytest.mark.parametrize("error", [Crash(), Unavailable("dss", "no answer in time")])
def test_a_poll_may_fail_at_any_time(world: World, error: BaseException) -> None:
    world.wait()
    world.wait()
    world.client.confirm()
    world.client.fault["get_answer"] = error
    world.try_sign(seconds=200)
    assert world.sign() == b"signed a"
    assert world.client.questions == [0]


def test_only_one_worker_at_a_time_calls_the_service(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.wait()
    ask: Callable[..., ConfirmationRequest] = world.client.ask

    def ask_while_another_worker_comes(*args: Any) -> ConfirmationRequest:
        with pytest.raises(ConfirmationPending):
            world.sign()
        return ask(*args)

    monkeypatch.setattr(world.client, "ask", ask_while_another_worker_comes)
    world.wait()
    assert world.client.questions == [0]


def test_an_owner_with_another_open_question_is_asked_later(world: World) -> None:
    world.client.can_repeat_question = False
    world.wait()
    world.wait()
    world.client.answer = ConfirmationAnswer(ask_again_after=300)
    world.wait(seconds=100)
    world.client.answer = None
    world.wait(seconds=250)
    assert world.client.questions == [0], "not yet"
    world.wait()
    assert world.client.questions == [0, 0]
    world.client.confirm()
    assert world.sign() == b"signed a"


# --- For screens and jobs -----------------------------------------------------------------------


def test_a_screen_can_say_since_when_and_where(world: World) -> None:
    world.wait("a", seconds=0.1)
    world.wait("b")
    waiting = find_open_confirmation(world.keys["a"])
    assert waiting is not None
    assert (waiting.since, waiting.key_ref) == (None, KEY_REF)
    asked_at = clock.now()
    world.wait("a")
    waiting = find_open_confirmation(world.keys["b"])
    assert waiting is not None
    assert (waiting.since, waiting.place) == (asked_at, "в приложении myDSS на телефоне")
    assert waiting.file_names == ("a.pdf", "b.pdf")
    world.client.answer = ConfirmationAnswer(failure=CONFIRMATION_DECLINED)
    world.refused("a")
    assert find_open_confirmation(world.keys["a"]) is None
    assert find_open_confirmation(uuid.uuid4()) is None


def test_a_refusal_can_be_forgotten_a_signature_cannot(world: World) -> None:
    world.wait()
    forget_refusal(world.keys["a"])
    world.wait()
    world.client.answer = ConfirmationAnswer(failure=CONFIRMATION_DECLINED)
    world.refused()
    forget_refusal(world.keys["a"])
    world.client.answer = None
    world.wait()
    world.wait()
    assert world.client.questions == [0, 1]
    world.client.confirm()
    world.sign()
    forget_refusal(world.keys["a"])
    assert world.sign() == b"signed a"


def test_old_rows_are_deleted_and_abandoned_documents_first(world: World) -> None:
    world.wait("a")
    world.wait("a")
    world.client.confirm()
    world.sign("a")
    world.wait("b", seconds=3600)
    delete_old_confirmations()
    assert SigningOperation.objects.get(pk=world.keys["b"]).content is None
    assert world.sign("a") == b"signed a"
    world.travel.shift(timedelta(days=31))
    delete_old_confirmations()
    assert SigningBatch.objects.count() == SigningOperation.objects.count() == 0
