"""A cloud service whose users confirm, without a network, and a clock that moves on demand."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from econtract.platform.common.errors import Refused, Unavailable
from edo.signing.providers.confirmation_client import (
    ConfirmationAnswer,
    ConfirmationRequest,
    DocumentToConfirm,
)
from edo.signing.providers.confirmed import ConfirmedSigningService
from edo.signing.providers.protocol import ConfirmationPending, SigningKey

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


class Phones:
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

    def get_refusal(self, name: str = "a") -> str:
        with pytest.raises(Refused) as caught:
            self.sign(name)
        return caught.value.code

    def try_sign(self, name: str = "a", seconds: float = 5) -> None:
        with suppress(ConfirmationPending, Unavailable, Refused, Crash):
            self.sign(name)
        self.travel.shift(timedelta(seconds=seconds))
