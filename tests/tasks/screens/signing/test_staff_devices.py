"""A client who signs from where an employee works: the fraud that courts look for."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser

from accounts.login import staff_addresses
from accounts.models import User
from accounts.roles import Role
from econtract.platform.common import clock
from edo import records
from edo.evidence_chain.kinds import RecordKind
from edo.evidence_chain.warnings import find_warnings
from tasks.models import SigningTask
from tests.support.factories import PASSWORD, UserFactory
from tests.support.people import browser_of
from tests.support.signing.simple_signings import (
    Outbox,
    create_signing_task,
    link_of,
    sign_by_posts,
    signing_of,
)

pytestmark = pytest.mark.django_db
OFFICE, HOME = "203.0.113.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def _forget() -> None:
    staff_addresses._remember.cache_clear()


def find_codes(task: SigningTask) -> set[str]:
    chain = records.export_chain(signing_of(task), with_values=True)
    assert chain.find(RecordKind.SIGNED)
    return {warning.code for warning in find_warnings(chain)} & {
        "address_of_staff",
        "device_of_staff",
    }


def work_from(user: User, address: str) -> None:
    browser_of(user).get("/tasks/", REMOTE_ADDR=address)


@pytest.mark.parametrize(
    ("address", "codes"), [(OFFICE, {"address_of_staff"}), (HOME, set())], ids=["office", "home"]
)
def test_the_address_of_an_employee_is_remarked(
    manager: User, sms: Outbox, address: str, codes: set[str]
) -> None:
    work_from(manager, OFFICE)
    task = create_signing_task()
    sign_by_posts(Browser(REMOTE_ADDR=address), link_of(task), sms)
    assert find_codes(task) == codes


def test_after_a_day_the_address_is_nobodys(manager: User, sms: Outbox) -> None:
    work_from(manager, OFFICE)
    task = create_signing_task()
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=True):
        sign_by_posts(Browser(REMOTE_ADDR=OFFICE), link_of(task), sms)
        assert find_codes(task) == set()


def test_the_browser_of_an_employee_is_remarked_even_after_the_log_out(sms: Outbox) -> None:
    user = UserFactory(password=PASSWORD, roles=[Role.MANAGER])
    browser = Browser(REMOTE_ADDR=HOME)
    response = browser.post("/login/", {"username": user.username, "password": PASSWORD})
    assert response.status_code == 302
    browser.post("/logout/")
    browser.cookies.pop("sessionid", None)
    task = create_signing_task()
    sign_by_posts(browser, link_of(task), sms)
    assert "device_of_staff" in find_codes(task)
