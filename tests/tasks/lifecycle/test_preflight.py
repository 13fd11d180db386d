"""The list of what must be in order before sending: shown on the card, obeyed by the door."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from accounts.models import User
from archive.models import DocumentVersion
from clients.models import Client
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from edo.models import PowerOfAttorney, Signatory
from tasks.actions.perform_action import perform_action
from tasks.channels import channel_for
from tasks.lifecycle import guards, preflight
from tasks.models import SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor
from tests.support import sandbox as orgs
from tests.support import world
from tests.support.driver import operator_actions, run_everything, run_until, state_of
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox

LINES = [
    "Клиент",
    "Ящик клиента",
    "Документ",
    "Лицевой счет",
    "ЛК ЭДО и подписант",
    "Сертификат подписанта",
    "МЧД и полномочия",
]


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    cache.clear()


@pytest.fixture
def task(manager: User, set_up: Sandbox) -> SigningTask:
    """A task whose client has refused to sign: it may be sent again."""
    made = run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)
    assert made.exchange is not None
    set_up.edo_refuse(made.exchange.message_id)
    run_everything()
    return fresh(made)


@pytest.fixture
def web(manager: User) -> Browser:
    return browser_of(manager)


def fresh(task: SigningTask) -> SigningTask:
    return SigningTask.objects.get(pk=task.pk)


def wrong(task: SigningTask) -> list[str]:
    """The lines that are not in order, as far as they have been looked at."""
    return [
        line.label for line in preflight.run_checks(fresh(task)) if line.is_known and not line.is_ok
    ]


def refusals(task: SigningTask) -> list[Refusal]:
    return guards.refusals(fresh(task), "send_document", frozenset({Actor.MANAGER}))


def test_in_order_everything_but_the_box_is_known_at_once(task: SigningTask) -> None:
    lines = preflight.run_checks(task)
    assert [line.label for line in lines] == LINES
    assert [line.label for line in lines if not line.is_ok] == ["Ящик клиента"]
    assert refusals(task) == []


def spoil_client(task: SigningTask, **facts: Any) -> None:
    Client.objects.filter(pk=task.client_id).update(**facts)


def liquidated(task: SigningTask) -> None:
    spoil_client(task, state=Client.State.LIQUIDATED)


def bankrupt(task: SigningTask) -> None:
    spoil_client(task, state=Client.State.BANKRUPT)


def no_document(task: SigningTask) -> None:
    SigningTask.objects.filter(pk=task.pk).update(document_version=None)


def not_lodged(task: SigningTask) -> None:
    version = DocumentVersion.objects.filter(pk=task.document_version_id)
    version.update(archive_code="", archive_system="", archived_at=None)


def account_in_doubt(task: SigningTask) -> None:
    SigningTask.objects.filter(pk=task.pk).update(account_verified_at=None)


def signatory_left(task: SigningTask) -> None:
    Signatory.objects.filter(pk=task.signatory_id).update(active=False)


def certificate_ended(task: SigningTask) -> None:
    ended = clock.now() - timedelta(days=1)
    Signatory.objects.filter(pk=task.signatory_id).update(certificate_until=ended)


def power_revoked(task: SigningTask) -> None:
    PowerOfAttorney.objects.filter(signatory=task.signatory_id).update(revoked_at=clock.now())


SPOILT = [
    (liquidated, "Клиент", "Клиент ликвидирован"),
    (bankrupt, "Клиент", "Клиент признан банкротом"),
    (no_document, "Документ", "Вложите документ"),
    (account_in_doubt, "Лицевой счет", "Выполните «Проверка ЛС»"),
    (signatory_left, "ЛК ЭДО и подписант", "Выберите другого подписанта"),
    (certificate_ended, "Сертификат подписанта", "обновите его сертификат"),
    (power_revoked, "МЧД и полномочия", "загрузите ему действующую МЧД"),
]


def test_a_document_that_is_on_its_way_to_the_archive_is_not_wrong_but_waits(
    task: SigningTask, web: Browser
) -> None:
    not_lodged(task)
    assert wrong(task) == []
    assert [refusal.code for refusal in refusals(task)] == ["archive_code_pending"]
    page = web.get(f"/tasks/{task.number}/").content.decode()
    assert "еще не принят электронным архивом" in page


@pytest.mark.parametrize(("spoil", "label", "words"), SPOILT, ids=[s.__name__ for s, *_ in SPOILT])
def test_what_is_wrong_is_on_its_line_and_stops_the_sending(
    task: SigningTask, web: Browser, spoil: Any, label: str, words: str
) -> None:
    spoil(task)
    assert wrong(task) == [label]
    [line] = [line for line in preflight.run_checks(fresh(task)) if line.label == label]
    assert words in " ".join(map(str, line.refusals))
    assert refusals(task) == list(line.refusals)
    page = web.get(f"/tasks/{task.number}/").content.decode()
    assert words in page[page.index("Перед отправкой") :]


def test_the_door_relies_on_nothing_remembered(
    task: SigningTask, manager: User, settings: Settings
) -> None:
    assert refusals(task) == []
    settings.EDO_TRUST_ROOTS = "/absent/roots.pem"
    assert refusals(task) == []
    with pytest.raises(ActionRefused, match="корневые"):
        perform_action(task=task, name="send_document", actor=manager)


def test_the_step_before_the_sending_relies_on_nothing_remembered(
    manager: User, set_up: Sandbox, settings: Settings
) -> None:
    task = run_until(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    assert "МЧД и полномочия" not in wrong(task)
    settings.EDO_TRUST_ROOTS = "/absent/roots.pem"
    set_up.identity_answer(task.identification_ref, "passed")
    run_everything()
    assert state_of(task)[0] == Status.SIGNING_FAILED


def test_a_client_who_was_liquidated_meanwhile_gets_no_document(
    manager: User, set_up: Sandbox
) -> None:
    task = run_until(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    liquidated(task)
    set_up.identity_answer(task.identification_ref, "passed")
    run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, "send_failed")
    last = task.history.order_by("-pk").first()
    assert last is not None
    assert "Клиент ликвидирован" in last.comment
    assert operator_actions(set_up) == []


def test_a_revoked_certificate_is_known_before_it_signs(manager: User, set_up: Sandbox) -> None:
    signatory = Signatory.objects.get(key_ref="signer-volkova")
    task = run_until(world.create_task(manager, signatory=signatory), Status.SIGNING_FAILED, set_up)
    assert wrong(task) == ["Сертификат подписанта"]
    assert operator_actions(set_up) == []


@pytest.mark.parametrize(
    ("inn", "words"),
    [
        (orgs.ROMASHKA, ""),
        (orgs.NO_BOX, "открыть ящик у оператора ЭДО"),
        (orgs.REFUSES_STRANGERS, "уйдет приглашение"),
    ],
    ids=["has a box", "no box", "takes nothing from strangers"],
)
def test_the_operator_is_asked_about_the_clients_box(
    manager: User, set_up: Sandbox, web: Browser, inn: str, words: str
) -> None:
    task = run_until(world.create_task(manager, inn=inn), Status.IDENTIFICATION_PENDING, set_up)
    response = web.post(f"/tasks/{task.number}/client-box/", follow=True)
    assert (words or "Ящик клиента найден") in response.content.decode()
    line = channel_for(fresh(task)).get_recipient_check()
    assert (line.is_known, line.is_ok, line.is_blocking) == (True, not words, False)
    assert operator_actions(set_up) == []


def test_an_operator_out_of_reach_leaves_the_question_open(
    manager: User, set_up: Sandbox, web: Browser
) -> None:
    task = run_until(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    set_up.fault("edo", "down", times=None)
    page = web.post(f"/tasks/{task.number}/client-box/", follow=True).content.decode()
    assert "Оператор ЭДО не отвечает" in page
    assert not channel_for(task).get_recipient_check().is_known


def test_once_the_document_is_out_the_list_is_gone(
    manager: User, set_up: Sandbox, web: Browser
) -> None:
    task = run_until(world.create_task(manager), Status.IDENTIFICATION_PENDING, set_up)
    assert "Перед отправкой" in web.get(f"/tasks/{task.number}/").content.decode()
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    assert "Перед отправкой" not in web.get(f"/tasks/{task.number}/").content.decode()


def test_whoever_only_looks_is_not_offered_the_question(task: SigningTask) -> None:
    administrator = browser_of(world.UserFactory(roles=["administrator"]))
    page = administrator.get(f"/tasks/{task.number}/").content.decode()
    assert "Перед отправкой" in page
    assert "Проверить ящик клиента" not in page
    assert administrator.post(f"/tasks/{task.number}/client-box/").status_code == 403


def test_put_in_order_the_task_is_sent_again(
    task: SigningTask, manager: User, set_up: Sandbox
) -> None:
    account_in_doubt(task)
    with pytest.raises(guards.ActionRefused, match="Лицевой счет не прошел проверку"):
        perform_action(task=fresh(task), name="send_document", actor=manager)
    SigningTask.objects.filter(pk=task.pk).update(account_verified_at=clock.now())
    perform_action(task=fresh(task), name="send_document", actor=manager)
    run_until(task, Status.COMPLETED, set_up)
