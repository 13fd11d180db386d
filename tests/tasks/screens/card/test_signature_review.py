"""An administrator judges a client's signature that could not be verified."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from econtract.platform.common.refusals import Refusal
from edo.channels.evidence import SigningSide
from edo.channels.operator.channel import OperatorChannel
from edo.channels.protocol import SessionState, SigningSession
from edo.channels.summaries import SignatureStatus, SignatureSummary, SigningDetail, SigningSummary
from tasks.models import SigningTask
from tasks.statuses import Resolution, Status
from tests.support.factories import ExchangeFactory, SigningTaskFactory, UserFactory, fresh
from tests.support.people import browser_of

SUMMARY = SigningSummary(
    (SigningDetail("ЛК ЭДО", "Центр"),),
    (
        SignatureSummary(SigningSide.SENDER, SignatureStatus.VALID),
        SignatureSummary(
            SigningSide.RECIPIENT,
            SignatureStatus.UNCHECKED,
            (Refusal("algorithm_unsupported", "Алгоритм подписи не поддерживается."),),
            (SigningDetail("Подписал", "Зуев Михаил"),),
            outside_verdict="Оператор ЭДО считает подпись действительной.",
        ),
    ),
)


@pytest.fixture
def verdicts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the channel was told."""
    verdicts: list[str] = []

    def settle(channel: OperatorChannel, reason: str = "") -> SigningSession:
        verdicts.append(reason or "accepted")
        exchange = channel._require_exchange()
        return SigningSession(exchange.pk, SessionState.SIGNED, is_sent=True)

    monkeypatch.setattr(OperatorChannel, "summarize", lambda self: SUMMARY)
    monkeypatch.setattr(OperatorChannel, "accept_signature", settle)
    monkeypatch.setattr(OperatorChannel, "refuse_signature", settle)
    return verdicts


@pytest.fixture
def task(owner: User) -> SigningTask:
    created: SigningTask = SigningTaskFactory(
        manager=owner, status=Status.SIGNATURE_REVIEW, exchange=ExchangeFactory()
    )
    return created


@pytest.fixture
def administrator(db: None) -> Client:
    return browser_of(UserFactory(roles=[Role.ADMINISTRATOR]))


def action_url(task: SigningTask, name: str) -> str:
    return f"/tasks/{task.number}/do/{name}/"


def test_both_verdicts_stand_beside_the_question(
    task: SigningTask, administrator: Client, verdicts: list[str]
) -> None:
    page = administrator.get(action_url(task, "accept_signature")).content.decode()
    assert "Алгоритм подписи не поддерживается." in page
    assert "Оператор ЭДО считает подпись действительной." in page
    assert "Зуев Михаил" in page


def test_accepting_needs_a_reason(
    task: SigningTask, administrator: Client, verdicts: list[str]
) -> None:
    response = administrator.post(action_url(task, "accept_signature"), {"comment": " "})
    assert response.status_code == 422
    assert verdicts == []
    administrator.post(action_url(task, "accept_signature"), {"comment": "Проверено на портале"})
    assert verdicts == ["accepted"]
    assert fresh(task).status == Status.DOCUMENT_SIGNED


def test_refusing_tells_the_manager_why(
    task: SigningTask, administrator: Client, verdicts: list[str], web: Client
) -> None:
    administrator.post(action_url(task, "refuse_signature"), {"comment": "Чужой сертификат"})
    assert verdicts == ["Чужой сертификат"]
    task = fresh(task)
    assert (task.status, task.resolution) == (
        Status.SIGNING_FAILED,
        Resolution.CLIENT_SIGNATURE_INVALID,
    )
    assert "Чужой сертификат" in web.get(f"/tasks/{task.number}/").content.decode()


def test_the_card_offers_the_verdict_to_administrators_only(
    task: SigningTask, administrator: Client, verdicts: list[str], web: Client
) -> None:
    page = administrator.get(f"/tasks/{task.number}/").content.decode()
    assert "Принять подпись" in page
    assert "Отклонить подпись" in page
    page = web.get(f"/tasks/{task.number}/").content.decode()
    assert "Принять подпись" not in page
    assert "Отменить задание" not in page
    assert "Оператор ЭДО считает подпись действительной." in page
