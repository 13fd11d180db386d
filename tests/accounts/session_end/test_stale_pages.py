"""Pages of before a log-in in another tab, and what scripts keep before they lead on."""

import pytest
from django.test import Client as Browser

from accounts.models import User
from accounts.session_end.unsent_forms import (
    UNSENT_FORMS_IN_SESSION,
    list_unsent_forms,
)
from tasks.models import SigningTask
from tests.accounts.session_end.steps import TEXT, end_session, log_in, open_page
from tests.support.people import People, browser_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def log_in_elsewhere(browser: Browser, user: User) -> None:
    """A log-in in another tab changes the session and the CSRF token of all tabs."""
    browser.force_login(user, backend="accounts.backends.RoleBackend")
    browser.cookies.pop("csrftoken")


def test_a_page_of_before_the_login_gets_its_text_back(
    owner: User, task: SigningTask, strict_browser: Browser
) -> None:
    card = f"/tasks/{task.number}/"
    hidden = open_page(strict_browser, card)
    log_in_elsewhere(strict_browser, owner)
    response = strict_browser.post(
        f"{card}comment/",
        {**hidden, "text": TEXT},
        headers={"Referer": f"http://testserver{card}"},
    )
    assert (response.status_code, response.headers["Location"]) == (303, card)
    page = strict_browser.get(card).content.decode()
    assert "после обеда</textarea>" in page
    assert "Страница была открыта до нового входа. Введенное вернулось" in page


def test_a_page_of_another_user_sends_and_keeps_nothing(
    owner: User, people: People, task: SigningTask, strict_browser: Browser
) -> None:
    card = f"/tasks/{task.number}/"
    hidden = open_page(strict_browser, card)
    log_in_elsewhere(strict_browser, people["administrator"])
    response = strict_browser.post(f"{card}comment/", {**hidden, "text": TEXT})
    assert response.status_code == 403
    assert "Вошел другой сотрудник" in response.content.decode()
    assert UNSENT_FORMS_IN_SESSION not in strict_browser.session


@pytest.mark.parametrize(("who", "reason"), [("owner", "renewed"), ("administrator", "foreign")])
def test_scripts_are_told_of_another_login(
    who: str, reason: str, people: People, task: SigningTask, strict_browser: Browser
) -> None:
    hidden = open_page(strict_browser, f"/tasks/{task.number}/")
    log_in_elsewhere(strict_browser, people[who])
    response = strict_browser.post(f"/tasks/{task.number}/hand/", hidden, headers=HTMX)
    assert (response.status_code, response.headers["X-Session"]) == (401, reason)


def test_a_stale_page_without_an_owner_can_be_opened_again(
    task: SigningTask, strict_browser: Browser
) -> None:
    response = strict_browser.post(
        f"/tasks/{task.number}/comment/",
        {"text": TEXT},
        headers={"Referer": f"http://testserver/tasks/{task.number}/"},
    )
    page = response.content.decode()
    assert response.status_code == 403
    assert f'href="/tasks/{task.number}/">Открыть страницу заново' in page


def test_a_second_login_form_leads_on_when_the_first_one_has_logged_in(
    strict_browser: Browser,
) -> None:
    response = strict_browser.post("/login/?next=/reports/", {"username": "x", "password": "y"})
    assert response.headers["Location"] == "/reports/"


def test_a_stale_login_form_leads_to_a_fresh_one(strict_browser: Browser) -> None:
    strict_browser.logout()
    response = strict_browser.post("/login/?next=/reports/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert 'href="/login/?next=/reports/">' in response.content.decode()


# --- What scripts keep -------------------------------------------------------------------------


def keep(browser: Browser, hidden: dict[str, str], action: str, **fields: str) -> int:
    headers = {"X-Form-Action": action}
    return browser.post("/login/keep/", {**hidden, **fields}, headers=headers).status_code


def test_a_script_keeps_what_is_typed_but_not_sent(
    owner: User, task: SigningTask, strict_browser: Browser
) -> None:
    card = f"/tasks/{task.number}/"
    hidden = open_page(strict_browser, card)
    end_session()
    assert keep(strict_browser, hidden, f"{card}comment/", text=TEXT) == 204
    browser = Browser()
    browser.cookies = strict_browser.cookies
    log_in(browser, owner, f"/login/?next={card}")
    assert "после обеда</textarea>" in browser.get(card).content.decode()


def test_nothing_is_kept_for_strangers_and_other_users(
    people: People, task: SigningTask, strict_browser: Browser
) -> None:
    assert keep(Browser(), {}, "/tasks/", text=TEXT) == 400
    hidden = open_page(strict_browser, f"/tasks/{task.number}/")
    assert keep(strict_browser, hidden, "elsewhere", text=TEXT) == 400
    assert keep(browser_of(people["administrator"]), hidden, "/tasks/", text=TEXT) == 409


def test_passwords_are_never_kept(owner: User, strict_browser: Browser) -> None:
    hidden = open_page(strict_browser, "/notifications/settings/")
    end_session()
    keep(strict_browser, hidden, "/password/", old_password="secret", new_password1="secret")
    browser = Browser()
    browser.cookies = strict_browser.cookies
    request = browser.get("/login/").wsgi_request
    assert [form.fields for form in list_unsent_forms(request)] == [[]]
