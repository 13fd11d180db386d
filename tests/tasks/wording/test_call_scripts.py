"""«Скрипт звонка»: which text a task has, and what an administrator changes."""

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from edo.channels.protocol import SessionState
from edo.models import SimpleSigning
from tasks.models import CallScript, Channel
from tasks.models.call_script import DefaultScript, default_scripts
from tasks.statuses import Resolution, Status, resolutions_of
from tasks.wording.call_scripts import find_call_script, find_unknown_placeholders
from tests.support.cards import card, make
from tests.support.factories import ExchangeFactory, SimpleSigningFactory
from tests.support.people import People, browser_of


def test_every_status_has_a_script_and_every_script_is_reachable() -> None:
    scripts = default_scripts()
    assert {status for status, detail in scripts if not detail} == set(Status)
    for (status, detail), script in scripts.items():
        assert find_unknown_placeholders(script.text) == []
        assert bool(script.detail_label) == bool(detail)
        if detail in set(Resolution):
            assert detail in resolutions_of(Status(status))
        elif detail:
            channel, _, part = detail.partition(":")
            assert channel in set(Channel)
            steps = {*SessionState, *SimpleSigning.Progress, *resolutions_of(Status(status))}
            assert not part or part in steps


def test_names_are_filled_in(owner: User) -> None:
    owner.first_name, owner.last_name = "Анна", "{контакт}"
    task = make(owner, Status.DOCUMENT_SIGNING)
    version = task.contact_version
    text = find_call_script(task)
    assert f"{version.given_name} {version.patronymic}".strip() in text
    assert "Это Анна {контакт}, Ростелеком" in text
    assert f"«Договор № {task.document_number}»" in text


# Each next pair of a detail and a resolution is more specific than the ones before.
DETAILS = [
    ("", ""),
    ("edo", ""),
    ("edo:delivered", ""),
    ("client_refused", Resolution.CLIENT_REFUSED),
    ("edo:client_refused", Resolution.CLIENT_REFUSED),
]


def test_the_most_specific_script_serves(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts: dict[tuple[str, str], DefaultScript] = {}
    monkeypatch.setattr("tasks.wording.call_scripts.default_scripts", lambda: scripts)
    task = make(owner, Status.SIGNING_FAILED, exchange=ExchangeFactory(state="delivered"))
    assert find_call_script(task) == ""
    for detail, resolution in DETAILS:
        task.resolution = resolution
        scripts[task.status, detail] = DefaultScript("", f"<{detail}>")
        assert find_call_script(task) == f"<{detail}>"


PROGRESS = [
    (Status.DOCUMENT_SIGNING, "sent", "", "Пришла ли она?"),
    (Status.DOCUMENT_SIGNING, "delivered", "", "Успели ли вы ее открыть?"),
    (Status.DOCUMENT_SIGNING, "undelivered", "", "она до вас не дошла"),
    (Status.DOCUMENT_SIGNING, "opened", "", "Вижу, что вы открыли документ"),
    (Status.DOCUMENT_SIGNING, "read", "", "дочитали документ"),
    (Status.DOCUMENT_SIGNING, "code_sent", "", "Пришел ли код?"),
    (Status.DOCUMENT_SIGNED, "signed", "", "скачать по той же ссылке"),
    (Status.COMPLETED, "signed", "", "вход по номеру телефона"),
    (Status.SIGNING_FAILED, "refused", Resolution.CLIENT_REFUSED, "пришлю новую ссылку"),
    (Status.SIGNING_FAILED, "expired", Resolution.NO_ANSWER, "ссылка из СМС больше не действует"),
]


@pytest.mark.parametrize(("status", "progress", "resolution", "words"), PROGRESS)
def test_every_state_of_a_signature_by_sms_has_its_script_on_the_card(
    owner: User, web: Client, status: Status, progress: str, resolution: str, words: str
) -> None:
    signing = SimpleSigningFactory(progress=progress)
    task = make(owner, status, channel=Channel.SMS, simple_signing=signing, resolution=resolution)
    page = card(web, task)
    assert words in page
    assert "ящик" not in find_call_script(task)


def change_script(web: Client, script: CallScript, text: str) -> None:
    response = web.post(f"/admin/tasks/callscript/{script.pk}/change/", {"text": text})
    assert response.status_code == 302, response.context["adminform"].form.errors


def test_an_administrator_changes_a_script_and_takes_the_change_back(
    people: People,
    owner: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    task, administrator = (
        make(owner, Status.IDENTIFICATION_PENDING),
        browser_of(people["administrator"]),
    )
    script = CallScript.objects.get(status=task.status, detail="")
    web = browser_of(owner)
    assert "Скрипт звонка: что сказать клиенту" in card(web, task)
    with django_capture_on_commit_callbacks(execute=True):
        change_script(administrator, script, "Здравствуйте, {контакт}! Звоню про ссылку.")
    assert f"Здравствуйте, {task.contact_version.given_name}" in card(web, task)
    assert "Звоню про ссылку." in card(web, task)
    history = administrator.get(f"/admin/tasks/callscript/{script.pk}/history/").content.decode()
    assert "Было: Здравствуйте, {контакт}! Это {менеджер}" in history
    assert "Стало: Здравствуйте, {контакт}! Звоню про ссылку." in history
    with django_capture_on_commit_callbacks(execute=True):
        change_script(administrator, script, "")
    assert "Звоню про ссылку." not in card(web, task)
    assert "Получилось ли открыть ссылку?" in card(web, task)


def test_an_unknown_placeholder_is_refused(people: People) -> None:
    script = CallScript.objects.get(status=Status.COMPLETED, detail="")
    web = browser_of(people["administrator"])
    page = web.post(f"/admin/tasks/callscript/{script.pk}/change/", {"text": "Это {имя}"})
    assert "Так ничего не подставится: {имя}" in page.content.decode()
    script.refresh_from_db()
    assert script.text == ""


def test_the_default_text_is_not_stored(people: People) -> None:
    script = CallScript.objects.get(status=Status.IDENTIFICATION_PENDING, detail="")
    # A browser sends line ends of its own.
    change_script(
        browser_of(people["administrator"]), script, script.default_text.replace("\n", "\r\n")
    )
    script.refresh_from_db()
    assert script.text == ""
