"""A double click creates one task, even when both requests arrive at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.http import HttpResponse

from accounts.models import User
from clients.models import Client, Contact
from tasks.models import SigningTask
from tests.support.people import browser_of
from tests.tasks.screens.new_task.conftest import FormPage

CLICKS = 4


@pytest.mark.django_db(transaction=True)
def test_simultaneous_submissions_create_one_task(
    company: FormPage, attach: Callable[[FormPage], HttpResponse], manager: User
) -> None:
    attach(company)
    barrier = Barrier(CLICKS)
    forms = [FormPage(browser_of(manager), company.slug, company.values) for _ in range(CLICKS)]

    def click(form: FormPage) -> str:
        barrier.wait()
        try:
            return form.create()["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(CLICKS) as pool:
        locations = set(pool.map(click, forms))
    assert locations == {f"/tasks/{SigningTask.objects.get().pk}/"}
    assert Client.objects.count() == Contact.objects.count() == 1
