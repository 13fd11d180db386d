"""«Восстановить сохраненные поля», «Закрыть», two windows over one draft (manual, chapter 4)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from accounts.models import User
from accounts.roles import Role, TaskType
from econtract.platform.common import clock
from tasks.models import Draft
from tests.support.factories import UserFactory
from tests.support.people import browser_of
from tests.tasks.screens.new_task.conftest import ROMASHKA, Form, new_page, text_of, the_draft

Attach = Callable[[Form], HttpResponse]
RESTORE = "Восстановить сохраненные поля"


def test_what_is_typed_is_kept_as_it_is_typed(company: Form) -> None:
    answer = company.save()
    assert "Сохранено в " in text_of(answer)
    assert the_draft().fields["new-surname"] == ["Петров"]


def test_after_leaving_without_saving_the_fields_can_be_restored(company: Form) -> None:
    company.save()
    page = text_of(company.open())
    assert "Есть несохраненные данные от " in page
    assert RESTORE in page
    assert "Петров" not in page
    restored = text_of(company.open("?restore=1"))
    for value in ("Петров", ROMASHKA.short_name, "8 (912) 345-67-89", "850123456789"):
        assert value in restored
    assert RESTORE not in restored


def test_the_uploaded_file_is_restored_too(company: Form, attach: Attach) -> None:
    attach(company)
    assert "Договор.pdf" in text_of(company.open("?restore=1"))


def test_the_draft_follows_the_person_to_another_browser(company: Form, manager: User) -> None:
    company.save()
    company.browser.logout()
    assert "Петров" in text_of(browser_of(manager).get("/tasks/new/company/?restore=1"))


def test_the_draft_is_nobody_elses(company: Form) -> None:
    company.save()
    other = UserFactory(roles=[Role.MANAGER], types=list(TaskType))
    page = text_of(browser_of(other).get("/tasks/new/company/?restore=1"))
    assert "Петров" not in page


def test_every_type_has_a_draft_of_its_own(company: Form, person: Form) -> None:
    company.save()
    person.save()
    assert Draft.objects.count() == 2
    assert "Анна" not in text_of(company.open("?restore=1"))


def test_an_empty_form_leaves_nothing_to_restore(visitor: Browser) -> None:
    form = Form(visitor, "company", new_page())
    form.save()
    assert RESTORE not in text_of(form.open())


def test_a_restored_page_goes_on_with_the_draft(company: Form) -> None:
    company.save()
    restored = company.another_page(**restored_marks(company))
    assert restored.save(document_number="7").status_code == 200
    assert the_draft().fields["document_number"] == ["7"]


def restored_marks(form: Form) -> dict[str, str]:
    """What the hidden fields of a restored page say, with its contents."""
    draft = the_draft()
    marks = {"revision": str(draft.revision), "submission_key": str(draft.submission_key)}
    return {**draft.fields, **marks}


# --- «Закрыть» -----------------------------------------------------------------------------------


def test_after_close_the_form_is_empty(company: Form) -> None:
    response = company.press("close/", htmx=False)
    assert response.status_code == 302
    page = text_of(company.open())
    assert "Петров" not in page
    assert RESTORE not in page


def test_close_can_be_undone_with_all_that_was_on_the_page(company: Form, attach: Attach) -> None:
    attach(company)
    left = company.browser.post(company.url("close/"), company.values, follow=True)
    assert 'action="/tasks/new/company/reopen/"' in text_of(left)
    back = company.browser.post(company.url("reopen/"), follow=True)
    assert "Петров" in text_of(back)
    assert "Договор.pdf" in text_of(back)


def test_a_new_draft_takes_the_place_of_a_closed_one(company: Form) -> None:
    company.press("close/", htmx=False)
    company.another_page(account_number="850").save()
    assert "new-surname" not in the_draft().fields
    back = company.browser.post(company.url("reopen/"), follow=True)
    assert "Восстанавливать нечего" in text_of(back)


def test_what_was_closed_is_forgotten_after_a_day(company: Form, person: Form) -> None:
    company.press("close/", htmx=False)
    Draft.objects.update(closed_at=clock.now() - timedelta(days=2))
    person.press("close/", htmx=False)
    assert Draft.objects.get(task_type=TaskType.LEGAL).fields == {}
    assert Draft.objects.get(task_type=TaskType.SELF_EMPLOYED).fields != {}


def test_beginning_anew_empties_the_draft_and_can_be_undone(company: Form) -> None:
    company.save()
    fresh = Form(company.browser, "company", new_page())
    response = fresh.press("restart/", htmx=False)
    assert response["Location"] == "/tasks/new/company/"
    assert RESTORE not in text_of(company.open())
    assert "Петров" in text_of(company.browser.post(company.url("reopen/"), follow=True))


def test_beginning_anew_keeps_what_has_been_typed_since(company: Form) -> None:
    company.save()
    fresh = company.another_page(**{"contact": "new", "new-surname": "Сидоров"})
    fresh.press("restart/", htmx=False)
    assert the_draft().fields["new-surname"] == ["Сидоров"]


# --- Two windows ---------------------------------------------------------------------------------


def test_a_second_window_does_not_overwrite_the_first(company: Form) -> None:
    company.save()
    other = company.another_page(**{"contact": "new", "new-surname": "Сидоров"})
    answer = other.save()
    assert answer.status_code == 409
    page = text_of(answer)
    assert "<del>Петров</del>" in page
    assert "<ins>Сидоров</ins>" in page
    assert the_draft().fields["new-surname"] == ["Петров"]


def test_the_first_window_does_not_overwrite_the_second(company: Form) -> None:
    company.save()
    second = company.another_page(**restored_marks(company))
    second.save(document_number="7")
    assert company.save(document_number="8").status_code == 409
    assert the_draft().fields["document_number"] == ["7"]


@pytest.mark.parametrize("button", ["", "account/", "contact/add/", "client/", "document/detach/"])
def test_no_button_of_the_second_window_overwrites_either(button: str, company: Form) -> None:
    company.save()
    other = company.another_page(**{"contact": "new", "new-surname": "Сидоров"})
    response = other.press(button, htmx=False)
    assert response.status_code == 409
    assert "Сидоров" in text_of(response)
    assert the_draft().fields["new-surname"] == ["Петров"]


def test_one_may_keep_what_is_on_the_second_window(company: Form) -> None:
    company.save()
    other = company.another_page(**{"contact": "new", "new-surname": "Сидоров"})
    other.save()
    response = other.press("draft/", htmx=False, overwrite=str(the_draft().revision))
    assert response["Location"] == "/tasks/new/company/?restore=1"
    assert the_draft().fields["new-surname"] == ["Сидоров"]


def test_a_choice_made_too_late_is_asked_for_again(company: Form) -> None:
    company.save()
    other = company.another_page(**{"contact": "new", "new-surname": "Сидоров"})
    seen = str(the_draft().revision)
    company.save(document_number="9")
    assert other.press("draft/", overwrite=seen).status_code == 409


def test_closing_the_second_window_leaves_the_draft_of_the_first(company: Form) -> None:
    company.save()
    company.another_page(account_number="850").press("close/", htmx=False)
    assert RESTORE in text_of(company.open())


def test_an_older_message_of_a_page_does_not_overwrite_a_newer_one(company: Form) -> None:
    company.save(document_number="newer", turn="2")
    company.save(document_number="older", turn="1")
    assert the_draft().fields["document_number"] == ["newer"]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"revision": "²", "submission_key": "x", "turn": "-1"},
        {"new-surname": "\x00" * 5000, "region": "x" * 5000, "services": ["?"] * 500},
        {"client": "'; DROP", "contact": "\x00", "box": "99999999999999999999"},
    ],
)
def test_nonsense_is_kept_out_and_breaks_nothing(nonsense: dict[str, str], company: Form) -> None:
    assert company.save(**nonsense).status_code == 200
    assert company.open("?restore=1").status_code == 200
    assert company.create().status_code == 422
