"""«Сертификаты и МЧД»: what expires, and the tasks that this will stop."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from econtract.platform.common import clock
from edo.expiry import find_expiries
from edo.models import PowerOfAttorney, Signatory
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.factories import (
    BoxFactory,
    SigningTaskFactory,
    UserFactory,
)
from tests.support.people import browser_of

PAGE = "/admin/tasks/signingtask/expiring/"
pytestmark = pytest.mark.usefixtures("set_up")


@pytest.fixture
def web() -> Browser:
    return browser_of(UserFactory(roles=["administrator"]))


@pytest.fixture
def signatory() -> Signatory:
    return Signatory.objects.get(key_ref="signer-ivanova")


def expiries_of(signatory: Signatory) -> list[tuple[bool, str, bool]]:
    """For each expiry of ``signatory``: is it a power of attorney, its text, is it over."""
    return [
        (expiry.power is not None, expiry.text, expiry.is_over)
        for expiry in find_expiries(clock.now())
        if expiry.signatory == signatory
    ]


def create_task(signatory: Signatory, **more: Any) -> SigningTask:
    box = signatory.boxes.order_by("pk")[0]
    task: SigningTask = SigningTaskFactory(**{"signatory": signatory, "box": box, **more})
    return task


def test_a_long_validity_is_not_listed(signatory: Signatory) -> None:
    assert expiries_of(signatory) == []


@pytest.mark.parametrize(
    ("key_ref", "is_power", "start"),
    [
        ("signer-egorov", False, "Истек "),
        ("signer-volkova", False, "Отозван удостоверяющим центром"),
        ("signer-kuznetsov", True, "Истекла "),
    ],
)
def test_an_expired_or_revoked_item_is_listed(key_ref: str, is_power: bool, start: str) -> None:
    signatory = Signatory.objects.get(key_ref=key_ref)
    [(has_power, text, is_over)] = expiries_of(signatory)
    assert (has_power, is_over) == (is_power, True)
    assert text.startswith(start)


@pytest.mark.parametrize(("days", "is_listed"), [(29, True), (31, False)])
def test_a_certificate_is_listed_thirty_days_ahead(
    signatory: Signatory, days: int, is_listed: bool
) -> None:
    Signatory.objects.filter(pk=signatory.pk).update(
        certificate_until=clock.now() + timedelta(days=days)
    )
    assert [text.startswith("Истекает ") for _, text, _ in expiries_of(signatory)] == [
        True
    ] * is_listed


def expire_in(signatory: Signatory, days: int) -> None:
    until = (clock.now() + timedelta(days=days)).date()
    PowerOfAttorney.objects.filter(signatory=signatory).update(valid_until=until)


@pytest.mark.parametrize(("days", "is_listed"), [(29, True), (32, False)])
def test_a_power_is_listed_thirty_days_ahead(
    signatory: Signatory, days: int, is_listed: bool
) -> None:
    expire_in(signatory, days)
    assert [(power, over) for power, _, over in expiries_of(signatory)] == [
        (True, False)
    ] * is_listed


def test_a_power_that_has_a_successor_is_not_listed(signatory: Signatory) -> None:
    old = signatory.powers.get()
    expire_in(signatory, 5)
    successor = PowerOfAttorney.objects.get(pk=old.pk)
    successor.pk, successor.registration_number = None, "00000000-0000-4000-8000-000000000001"
    successor.valid_until = old.valid_until
    successor.save(force_insert=True)
    assert expiries_of(signatory) == []
    successor.revoked_at = clock.now()
    successor.save()
    assert [text.startswith("Истекает ") for _, text, _ in expiries_of(signatory)] == [True]


def test_a_revoked_power_is_listed(signatory: Signatory) -> None:
    signatory.powers.update(revoked_at=clock.now())
    [(_, text, is_over)] = expiries_of(signatory)
    assert text.startswith("Отозвана ")
    assert is_over


def test_a_signatory_who_was_switched_off_is_not_listed(signatory: Signatory) -> None:
    expire_in(signatory, 5)
    Signatory.objects.filter(pk=signatory.pk).update(active=False)
    assert expiries_of(signatory) == []


def test_the_page_lists_the_tasks_that_will_stop(web: Browser, signatory: Signatory) -> None:
    expire_in(signatory, 5)
    waiting = create_task(signatory)
    failed = create_task(signatory, status=Status.SIGNING_FAILED, resolution="client_refused")
    others = [
        create_task(signatory, status=Status.DOCUMENT_SIGNING),
        create_task(signatory, status=Status.COMPLETED),
        create_task(Signatory.objects.get(key_ref="signer-volkova")),
        create_task(signatory, box=BoxFactory(inn="5001007322", operator_box_id="other", name="x")),
    ]
    page = web.get(PAGE).content.decode()
    [row] = [row for row in re.split("<tr>", page) if "Истекает " in row]
    for task in (waiting, failed):
        assert f'<a href="/tasks/{task.number}/">{task.number}</a>' in row
        assert task.client.short_name in row
    for task in others:
        assert f"/tasks/{task.number}/" not in row


def test_many_tasks_are_listed_in_part_and_counted(web: Browser, signatory: Signatory) -> None:
    expire_in(signatory, 5)
    for _ in range(22):
        create_task(signatory)
    page = web.get(PAGE).content.decode()
    assert page.count('<a href="/tasks/') == 20
    assert "И еще 2" in page


def test_an_empty_page_has_a_message(web: Browser) -> None:
    Signatory.objects.exclude(key_ref="signer-ivanova").update(active=False)
    assert "Все сертификаты и МЧД действуют дольше 30 дней." in web.get(PAGE).content.decode()


def test_directories_link_to_the_page(web: Browser) -> None:
    for directory in ("signatory", "powerofattorney"):
        assert PAGE in web.get(f"/admin/edo/{directory}/").content.decode()


def test_only_an_administrator_opens_the_page(web: Browser) -> None:
    assert web.get(PAGE).status_code == 200
    assert browser_of(UserFactory(roles=["head"])).get(PAGE).status_code == 403


def test_the_page_needs_no_script_and_no_inline_style(web: Browser) -> None:
    page = web.get(PAGE).content.decode()
    assert " style=" not in page
    assert "<script>" not in page
