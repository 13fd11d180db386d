"""Signatures that their owner confirms: one question per batch, limits, what screens can say."""

import uuid
from datetime import timedelta

import pytest

from econtract.platform.common import clock
from edo.models import SigningBatch, SigningOperation
from edo.signing.confirmations import (
    delete_old_confirmations,
    find_open_confirmation,
    forget_refusal,
)
from edo.signing.providers.batches import MAX_BATCH_BYTES
from edo.signing.providers.confirmation_client import ConfirmationAnswer
from edo.signing.providers.protocol import (
    CONFIRMATION_DECLINED,
    CONFIRMATION_EXPIRED,
    CONFIRMATION_FAILED,
    KEY_BLOCKED,
)
from tests.support.signing.confirmations import KEY_REF, Phones

pytestmark = pytest.mark.django_db


def test_a_signature_waits_until_its_owner_has_confirmed(phones: Phones) -> None:
    start = clock.now()
    assert phones.wait().place == "в приложении на телефоне"
    assert phones.client.batches == [], "more documents may still come"
    pending = phones.wait()
    assert pending.place == "в приложении myDSS на телефоне"
    assert pending.expires_at == start + timedelta(minutes=30)
    phones.wait()
    phones.client.confirm()
    assert [phones.sign() for _ in range(2)] == [b"signed a"] * 2
    assert phones.client.questions == [0]


def test_documents_that_come_together_are_confirmed_once(phones: Phones) -> None:
    for name in "abc":
        phones.wait(name, seconds=0.5)
    phones.travel.shift(timedelta(seconds=5))
    for name in "cab":
        phones.wait(name)
    (batch,) = phones.client.batches
    assert [document.file_name for document in batch] == ["a.pdf", "b.pdf", "c.pdf"]
    phones.client.confirm()
    assert [phones.sign(name) for name in "abc"] == [b"signed a", b"signed b", b"signed c"]
    assert phones.client.questions == [0]


def test_a_document_that_comes_later_is_confirmed_by_itself(phones: Phones) -> None:
    phones.wait("a")
    phones.wait("b", seconds=0)
    phones.wait("a")
    phones.wait("b")
    assert [[row.file_name for row in batch] for batch in phones.client.batches] == [
        ["a.pdf"],
        ["b.pdf"],
    ]


def test_an_abandoned_batch_takes_no_new_document(phones: Phones) -> None:
    phones.wait("a", seconds=2 * 24 * 3600)
    phones.wait("b")
    phones.wait("b")
    assert [[row.file_name for row in batch] for batch in phones.client.batches] == [["b.pdf"]]
    assert phones.get_refusal("a") == CONFIRMATION_EXPIRED


def test_a_batch_has_a_limited_size(phones: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edo.signing.providers.batches.MAX_BATCH_DOCUMENTS", 2)
    for name in "abc":
        phones.wait(name, seconds=0)
    assert sorted(SigningBatch.objects.values_list("state", flat=True)) == [
        "collecting",
        "starting",
    ]
    assert SigningOperation.objects.filter(batch__state="starting").count() == 2
    assert MAX_BATCH_BYTES < 100_000_000


@pytest.mark.parametrize("code", [CONFIRMATION_DECLINED, CONFIRMATION_EXPIRED, KEY_BLOCKED])
def test_a_refusal_is_final_for_all_documents(phones: Phones, code: str) -> None:
    for _ in range(2):
        phones.wait("a", seconds=0.1)
        phones.wait("b")
    phones.client.answer = ConfirmationAnswer(failure=code)
    assert [phones.get_refusal(name) for name in "abab"] == [code] * 4
    assert phones.client.questions == [0]


def test_the_time_limit_is_ours_or_that_of_the_service(phones: Phones) -> None:
    phones.client.question_seconds = 300
    phones.wait()
    assert phones.wait(seconds=290).expires_at == clock.now() - timedelta(seconds=290 - 300)
    phones.wait(seconds=20)
    assert phones.get_refusal() == CONFIRMATION_EXPIRED


def test_an_answer_in_the_last_moment_still_counts(phones: Phones) -> None:
    phones.wait()
    phones.wait(seconds=3600)
    phones.client.confirm()
    assert phones.sign() == b"signed a"


def test_one_document_of_a_batch_may_fail(phones: Phones) -> None:
    phones.wait("a", seconds=0.1)
    phones.wait("b")
    phones.wait("a")
    phones.client.answer = ConfirmationAnswer((b"signed a", None))
    assert phones.sign("a") == b"signed a"
    assert phones.get_refusal("b") == CONFIRMATION_FAILED


def test_a_wrong_number_of_signatures_signs_nothing(phones: Phones) -> None:
    phones.wait("a")
    phones.wait("a")
    phones.client.answer = ConfirmationAnswer((b"one", b"two"))
    assert phones.get_refusal("a") == CONFIRMATION_FAILED


def test_a_key_signs_the_content_that_it_was_first_used_for(phones: Phones) -> None:
    phones.wait("a")
    with pytest.raises(ValueError, match="other content"):
        phones.sign("a", b"another document")


def test_the_documents_are_kept_only_until_the_service_has_them(phones: Phones) -> None:
    phones.wait("a")
    assert SigningOperation.objects.get().content is not None
    phones.wait("a")
    assert SigningOperation.objects.get().content is None


# --- For screens and jobs -----------------------------------------------------------------------


def test_a_screen_can_say_since_when_and_where(phones: Phones) -> None:
    phones.wait("a", seconds=0.1)
    phones.wait("b")
    confirmation = find_open_confirmation(phones.keys["a"])
    assert confirmation is not None
    assert (confirmation.since, confirmation.key_ref) == (None, KEY_REF)
    asked_at = clock.now()
    phones.wait("a")
    confirmation = find_open_confirmation(phones.keys["b"])
    assert confirmation is not None
    assert (confirmation.since, confirmation.place) == (asked_at, "в приложении myDSS на телефоне")
    assert confirmation.file_names == ("a.pdf", "b.pdf")
    phones.client.answer = ConfirmationAnswer(failure=CONFIRMATION_DECLINED)
    phones.get_refusal("a")
    assert find_open_confirmation(phones.keys["a"]) is None
    assert find_open_confirmation(uuid.uuid4()) is None


def test_a_refusal_can_be_forgotten_a_signature_cannot(phones: Phones) -> None:
    phones.wait()
    forget_refusal(phones.keys["a"])
    phones.wait()
    phones.client.answer = ConfirmationAnswer(failure=CONFIRMATION_DECLINED)
    phones.get_refusal()
    forget_refusal(phones.keys["a"])
    phones.client.answer = None
    phones.wait()
    phones.wait()
    assert phones.client.questions == [0, 1]
    phones.client.confirm()
    phones.sign()
    forget_refusal(phones.keys["a"])
    assert phones.sign() == b"signed a"


def test_old_rows_are_deleted_and_abandoned_documents_first(phones: Phones) -> None:
    phones.wait("a")
    phones.wait("a")
    phones.client.confirm()
    phones.sign("a")
    phones.wait("b", seconds=3600)
    delete_old_confirmations()
    assert SigningOperation.objects.get(pk=phones.keys["b"]).content is None
    assert phones.sign("a") == b"signed a"
    phones.travel.shift(timedelta(days=31))
    delete_old_confirmations()
    assert SigningBatch.objects.count() == SigningOperation.objects.count() == 0
