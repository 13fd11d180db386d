"""What is sent after the end of a session comes back to the user who sent it, on its page."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.session_end.unsent_forms import (
    MAX_LENGTH,
    UNSENT_FORMS_IN_SESSION,
)
from tasks.models import Draft, SigningTask
from tests.accounts.session_end.steps import (
    TEXT,
    end_session,
    log_in,
    open_page,
    send_after_the_end,
)
from tests.support.factories import PASSWORD, UserFactory, fresh
from tests.support.factories_clients import RegionFactory
from tests.support.people import ALL_TYPES, People, browser_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_a_comment_comes_back_on_the_card_after_the_login(owner: User, task: SigningTask) -> None:
    browser, card = browser_of(owner), f"/tasks/{task.number}/"
    login = send_after_the_end(browser, card, f"{card}comment/", {"text": TEXT})
    assert "Введенное сохранено на час" in browser.get(login).content.decode()
    assert log_in(browser, owner, login) == card
    page = browser.get(card).content.decode()
    assert "Клиент просит &lt;b&gt;перезвонить&lt;/b&gt; &amp; после обеда</textarea>" in page
    assert "Сеанс завершился. Введенное вернулось в форму" in page
    assert not task.comments.exists()
    assert TEXT[:14] not in browser.get(card).content.decode()


def test_another_users_login_drops_what_was_sent(
    owner: User, people: People, task: SigningTask
) -> None:
    browser, card = browser_of(owner), f"/tasks/{task.number}/"
    login = send_after_the_end(browser, card, f"{card}comment/", {"text": TEXT})
    other = people["administrator"]
    other.set_password(PASSWORD)
    other.save()
    page = browser.get(log_in(browser, other, login)).content.decode()
    assert "Клиент просит" not in page
    assert UNSENT_FORMS_IN_SESSION not in browser.session


def test_what_was_sent_is_kept_for_an_hour_and_not_readable(owner: User, task: SigningTask) -> None:
    browser, card = browser_of(owner), f"/tasks/{task.number}/"
    login = send_after_the_end(browser, card, f"{card}comment/", {"text": TEXT})
    session = Session.objects.get()
    assert "перезвонить" not in str(session.get_decoded())
    assert session.expire_date < timezone.now() + timedelta(minutes=61)
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        log_in(browser, owner, login)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert "перезвонить" not in browser.get(card).content.decode()
        assert UNSENT_FORMS_IN_SESSION not in browser.session


def test_a_new_session_after_the_login_lasts_as_long_as_any_other(
    owner: User, task: SigningTask
) -> None:
    browser, card = browser_of(owner), f"/tasks/{task.number}/"
    login = send_after_the_end(browser, card, f"{card}comment/", {"text": TEXT})
    log_in(browser, owner, login)
    assert browser.session.get_expiry_age() > 11 * 60 * 60


def test_a_button_leads_back_to_its_page(owner: User, task: SigningTask) -> None:
    browser, card = browser_of(owner), f"/tasks/{task.number}/"
    login = send_after_the_end(browser, card, f"{card}remind/", {})
    assert log_in(browser, owner, login) == card
    assert "Действие не выполнено: повторите его" in browser.get(card).content.decode()


def test_a_page_without_an_owner_keeps_nothing(owner: User, task: SigningTask) -> None:
    browser = browser_of(owner)
    end_session()
    browser.post(f"/tasks/{task.number}/comment/", {"text": TEXT, "page_owner": f"{owner.pk}:x:y"})
    assert not Session.objects.exists()


def test_more_than_the_limit_is_not_kept_and_the_page_says_so(
    owner: User, task: SigningTask
) -> None:
    browser, card = browser_of(owner), f"/tasks/{task.number}/"
    login = send_after_the_end(browser, card, f"{card}comment/", {"text": "a" * MAX_LENGTH})
    page = browser.get(log_in(browser, owner, login)).content.decode()
    assert "Введенного было слишком много" in page


def test_logging_out_in_a_dead_session_leads_to_the_login(owner: User) -> None:
    browser = browser_of(owner)
    hidden = open_page(browser, "/notifications/settings/")
    end_session()
    assert browser.post("/logout/", hidden).headers["Location"] == "/login/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_scripts_get_401_with_the_reason(owner: User, task: SigningTask, method: str) -> None:
    browser = browser_of(owner)
    hidden = open_page(browser, f"/tasks/{task.number}/")
    end_session()
    url = f"/tasks/{task.number}/hand/"
    response = getattr(browser, method)(url, hidden, headers=HTMX)
    assert (response.status_code, response.headers["X-Session"]) == (401, "ended")


def test_the_new_task_form_comes_back_with_what_follows_from_it(owner: User) -> None:
    browser, path = browser_of(owner), "/tasks/new/company/"
    data = {
        "submission_key": str(uuid.uuid4()),
        "account_number": "212345678901",
        "contact-last_name": "Петров",
        "revision": "",
    }
    login = send_after_the_end(browser, path, f"{path}draft/", data)
    assert log_in(browser, owner, login) == path
    page = browser.get(path).content.decode()
    assert 'value="212345678901"' in page
    assert "Сохранено в " in page


def test_a_button_of_the_new_task_form_does_not_empty_it(owner: User) -> None:
    browser, path = browser_of(owner), "/tasks/new/company/"
    login = send_after_the_end(browser, path, f"{path}reopen/", {})
    assert log_in(browser, owner, login) == path
    assert browser.get(path).status_code == 200
    assert not Draft.objects.exists()


def test_handing_many_over_comes_back_with_the_receiver(
    owner: User, people: People, task: SigningTask
) -> None:
    browser, path, colleague = browser_of(owner), "/tasks/bulk/hand/", people["colleague"]
    hidden = open_page(browser, "/tasks/all/")
    selection = {"task": task.number, "back": "/tasks/all/"}
    browser.post(path, {**hidden, **selection})
    end_session()
    response = browser.post(
        path,
        {**hidden, **selection, "to": colleague.pk, "to_q": str(colleague), "comment": TEXT},
        headers={"Referer": f"http://testserver{path}"},
    )
    assert log_in(browser, owner, response.headers["Location"]) == path
    page = browser.get(path).content.decode()
    assert f'name="to" value="{colleague.pk}"' in page
    assert "после обеда</textarea>" in page
    task = fresh(task)
    assert task.manager == owner
    assert browser.get(path).headers["Location"] == "/"


def test_the_admin_gets_its_form_back_with_added_rows() -> None:
    region = RegionFactory(name="Тверская область")
    administrator = UserFactory(
        username="chief", password=PASSWORD, roles=[Role.ADMINISTRATOR], types=ALL_TYPES
    )
    browser, path = browser_of(administrator), f"/admin/accounts/user/{administrator.pk}/change/"
    login = send_after_the_end(
        browser,
        path,
        path,
        {
            "last_name": "Новая Фамилия",
            "roles-TOTAL_FORMS": "2",
            "roles-1-role": Role.MANAGER,
            "Region_managers-TOTAL_FORMS": "1",
            "Region_managers-0-region": region.pk,
        },
    )
    assert log_in(browser, administrator, login) == path
    page = browser.get(path).content.decode()
    assert 'value="Новая Фамилия"' in page
    assert 'name="roles-TOTAL_FORMS" value="2"' in page
    row = page[page.index('id="roles-1"') :]
    assert '<option value="manager" selected>Менеджер</option>' in row[: row.index("</tr>")]
    assert f'<option value="{region.pk}" selected>Тверская область</option>' in page
    assert "поля на странице нет" not in page
