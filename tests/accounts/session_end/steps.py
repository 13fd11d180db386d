"""A browser whose session ends while it has a page open."""

import re

from django.contrib.sessions.models import Session
from django.test import Client as Browser

from accounts.models import User
from tests.support.factories import PASSWORD

TEXT = "Клиент просит <b>перезвонить</b> & после обеда"


def open_page(browser: Browser, path: str) -> dict[str, str]:
    """Opens a page; returns the hidden values that its forms send."""
    page = browser.get(path).content.decode()
    names = ("csrfmiddlewaretoken", "page_owner")
    values = (re.search(rf'name="{name}" value="([^"]+)"', page) for name in names)
    return {name: match[1] for name, match in zip(names, values, strict=True) if match}


def end_session() -> None:
    Session.objects.all().delete()


def log_in(browser: Browser, user: User, address: str) -> str:
    """Logs in where the redirect leads; returns the address of the next page."""
    response = browser.post(address, {"username": user.username, "password": PASSWORD})
    assert response.status_code == 302, response.content.decode()
    return response.headers["Location"]


def send_after_the_end(
    browser: Browser, page: str, action: str, data: dict[str, object], **more: object
) -> str:
    """Sends a form of ``page`` when the session has ended; returns the address of the log-in."""
    hidden = open_page(browser, page)
    end_session()
    response = browser.post(
        action, {**hidden, **data}, headers={"Referer": f"http://testserver{page}"}, **more
    )
    assert response.status_code == 302
    return response.headers["Location"]
