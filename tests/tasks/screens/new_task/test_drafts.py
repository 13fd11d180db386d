"""«Восстановить сохраненные поля», «Закрыть», two windows with one draft (docs/rules.md#drafts)."""

from collections.abc import Callable
from dataclasses import replace
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
from tests.tasks.screens.new_task.conftest import (
    ROMASHKA,
    FormPage,
    get_draft,
    get_text,
    new_page_fields,
)

Attach = Callable[[FormPage], HttpResponse]
RESTORE = "Восстановить сохраненные поля"


def test_the_form_is_saved_while_it_is_filled_in(company: FormPage) -> None:
    response = company.save()
    assert "Сохранено в " in get_text(response)
    assert get_draft().fields["new-surname"] == ["Петров"]


def test_the_fields_can_be_restored(company: FormPage) -> None:
    company.save()
    page = get_text(company.open())
    assert "Есть несохраненные данные" in page
    assert RESTORE in page
    assert f"<b>{ROMASHKA.short_name}</b>" in page
    assert "Петров" not in page
    restored = get_text(company.restore())
    for value in ("Петров", ROMASHKA.short_name, "8 (912) 345-67-89", "850123456789"):
        assert value in restored
    assert RESTORE not in restored


def test_the_uploaded_file_is_restored_too(company: FormPage, attach: Attach) -> None:
    attach(company)
    assert "Договор.pdf" in get_text(company.restore())


def test_the_draft_can_be_restored_in_another_browser(company: FormPage, manager: User) -> None:
    company.save()
    company.browser.logout()
    assert "Петров" in get_text(replace(company, browser=browser_of(manager)).restore())


def test_users_see_only_their_own_draft(company: FormPage) -> None:
    company.save()
    other = UserFactory(roles=[Role.MANAGER], types=list(TaskType))
    stranger = replace(company, browser=browser_of(other))
    for page in (stranger.restore(), stranger.open(), stranger.open_list()):
        assert "Петров" not in get_text(page)
        assert ROMASHKA.short_name not in get_text(page)
    stranger.delete_draft()
    assert get_draft().closed_at is None


def test_every_task_type_has_its_own_draft(company: FormPage, person: FormPage) -> None:
    company.save()
    person.save()
    assert Draft.objects.count() == 2
    assert "Анна" not in get_text(company.restore())


def test_an_empty_form_leaves_nothing_to_restore(visitor: Browser) -> None:
    form = FormPage(visitor, "company", new_page_fields())
    form.save()
    assert RESTORE not in get_text(form.open())


def test_a_restored_page_may_write_to_the_draft(company: FormPage) -> None:
    company.save()
    restored = company.open_another_page(**restored_fields(company))
    assert restored.save(document_number="7").status_code == 200
    assert get_draft().fields["document_number"] == ["7"]


def restored_fields(form: FormPage) -> dict[str, str]:
    """The fields of a restored page, with the hidden ones."""
    draft = get_draft()
    marks = {"revision": str(draft.revision), "submission_key": str(draft.submission_key)}
    return {**draft.fields, **marks}


# --- «Закрыть» -----------------------------------------------------------------------------------


def test_after_close_the_form_is_empty(company: FormPage) -> None:
    response = company.press("close/", htmx=False)
    assert response.status_code == 302
    page = get_text(company.open())
    assert "Петров" not in page
    assert RESTORE not in page


def test_closing_can_be_undone(company: FormPage, attach: Attach) -> None:
    attach(company)
    left = company.browser.post(company.url("close/"), company.values, follow=True)
    key = company.values["submission_key"]
    assert f'action="/tasks/new/company/reopen/?draft={key}"' in get_text(left)
    back = company.reopen_draft()
    assert "Петров" in get_text(back)
    assert "Договор.pdf" in get_text(back)


def test_typing_on_replaces_a_closed_draft(company: FormPage) -> None:
    company.press("close/", htmx=False)
    company.values = {**new_page_fields(), "submission_key": company.values["submission_key"]}
    company.save(account_number="850")
    assert "new-surname" not in get_draft().fields
    assert "Черновика больше нет" in get_text(company.reopen_draft())


def test_a_closed_draft_is_deleted_after_a_day(company: FormPage, person: FormPage) -> None:
    company.press("close/", htmx=False)
    Draft.objects.update(closed_at=clock.now() - timedelta(days=2))
    person.press("close/", htmx=False)
    assert get_draft().task_type == TaskType.SELF_EMPLOYED


# --- Two windows ---------------------------------------------------------------------------------


@pytest.fixture
def other(company: FormPage) -> FormPage:
    """Another window with the draft of ``company``, which has been saved since it was opened."""
    company.save()
    return company.open_another_page(
        submission_key=company.values["submission_key"],
        **{"contact": "new", "new-surname": "Сидоров"},
    )


def test_a_second_window_does_not_overwrite_the_first(other: FormPage) -> None:
    response = other.save()
    assert response.status_code == 409
    page = get_text(response)
    assert "<del>Петров</del>" in page
    assert "<ins>Сидоров</ins>" in page
    assert get_draft().fields["new-surname"] == ["Петров"]


def test_the_first_window_does_not_overwrite_the_second(company: FormPage) -> None:
    company.save()
    second = company.open_another_page(**restored_fields(company))
    second.save(document_number="7")
    assert company.save(document_number="8").status_code == 409
    assert get_draft().fields["document_number"] == ["7"]


@pytest.mark.parametrize("button", ["", "account/", "contact/add/", "client/", "document/detach/"])
def test_no_button_of_the_second_window_overwrites_the_first(button: str, other: FormPage) -> None:
    response = other.press(button, htmx=False)
    assert response.status_code == 409
    assert "Сидоров" in get_text(response)
    assert get_draft().fields["new-surname"] == ["Петров"]


def test_the_second_window_can_be_kept_on_purpose(other: FormPage) -> None:
    other.save()
    response = other.press("draft/", htmx=False, overwrite=str(get_draft().revision))
    assert response["Location"] == f"/tasks/new/company/?draft={get_draft().submission_key}"
    assert get_draft().fields["new-surname"] == ["Сидоров"]


def test_a_late_choice_is_a_conflict_again(company: FormPage, other: FormPage) -> None:
    seen = str(get_draft().revision)
    company.save(document_number="9")
    assert other.press("draft/", overwrite=seen).status_code == 409


def test_closing_the_second_window_leaves_the_draft_of_the_first(
    company: FormPage, other: FormPage
) -> None:
    other.press("close/", htmx=False)
    assert RESTORE in get_text(company.open())


def test_an_older_request_of_a_page_does_not_overwrite_a_newer_one(company: FormPage) -> None:
    company.save(document_number="newer", turn="2")
    company.save(document_number="older", turn="1")
    assert get_draft().fields["document_number"] == ["newer"]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"revision": "²", "submission_key": "x", "turn": "-1"},
        {"new-surname": "\x00" * 5000, "region": "x" * 5000, "services": ["?"] * 500},
        {"client": "'; DROP", "contact": "\x00", "box": "99999999999999999999"},
    ],
)
def test_malformed_values_break_nothing(nonsense: dict[str, str], company: FormPage) -> None:
    assert company.save(**nonsense).status_code == 200
    assert company.restore().status_code == 200
    assert company.create().status_code == 422
