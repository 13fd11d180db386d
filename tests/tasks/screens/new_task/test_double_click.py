"""A double click makes one task, even when both clicks arrive at the same moment."""

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
from tests.tasks.screens.new_task.conftest import Form

CLICKS = 4


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_moment_make_one_task(
    company: Form, attach: Callable[[Form], HttpResponse], manager: User
) -> None:
    attach(company)
    together = Barrier(CLICKS)
    forms = [Form(browser_of(manager), company.slug, company.values) for _ in range(CLICKS)]

    def click(form: Form) -> str:
        together.wait()
        try:
            return form.create()["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(CLICKS) as pool:
        places = set(pool.map(click, forms))
    assert places == {f"/tasks/{SigningTask.objects.get().pk}/"}
    assert Client.objects.count() == Contact.objects.count() == 1
