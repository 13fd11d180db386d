"""Several drafts of one user: two tabs, the list under «Новое задание» (docs/rules.md#drafts)."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse

from tasks.actions import drafts
from tasks.models import Draft
from tests.tasks.screens.new_task.conftest import (
    ROMASHKA,
    FakeOutsideSystems,
    FormPage,
    get_draft,
    get_text,
)

Attach = Callable[[FormPage], HttpResponse]


def test_two_tabs_prepare_two_contracts_of_one_type(company: FormPage, attach: Attach) -> None:
    attach(company)
    other = company.open_another_page(
        **{"contact": "new", "new-surname": "Сидоров", "account_number": "850"}
    )
    assert other.save().status_code == 200
    assert company.save(document_number="7").status_code == 200
    rows = get_text(company.open_list())
    assert f'<b>{ROMASHKA.short_name}</b><small>ЮЛ/ИП B2B, № <span class="num">7</span>' in rows
    assert "<b>Клиент не указан</b>" in rows
    assert company.create()["Location"].startswith("/tasks/")
    assert get_draft().fields["new-surname"] == ["Сидоров"]
    assert other.save(document_number="8").status_code == 200


def test_a_draft_is_named_by_what_is_known_of_the_client(
    company: FormPage, person: FormPage, outside: FakeOutsideSystems
) -> None:
    outside.cdi_down = True
    person.save()
    company.save()
    by_inn = company.open_another_page(client=ROMASHKA.inn)
    by_inn.save()
    rows = get_text(company.open_list())
    for name in ("Иванова Анна Андреевна", ROMASHKA.short_name, f"ИНН {ROMASHKA.inn}"):
        assert f"<b>{name}</b>" in rows


def test_a_draft_is_deleted_and_brought_back(company: FormPage, attach: Attach) -> None:
    attach(company)
    page = get_text(company.browser.get(company.delete_draft()["Location"]))
    assert "Черновик удален" in page
    assert ROMASHKA.short_name not in page
    back = get_text(company.reopen_draft())
    assert "Петров" in back
    assert "Договор.pdf" in back


def test_deleting_above_a_form_saves_what_is_typed_in_it(company: FormPage) -> None:
    company.save()
    fresh = company.open_another_page(**{"contact": "new", "new-surname": "Сидоров"})
    key = company.values["submission_key"]
    response = fresh.press(f"delete/?draft={key}", htmx=False)
    assert response["Location"] == f"/tasks/new/company/?draft={fresh.values['submission_key']}"
    assert Draft.objects.get(closed_at=None).fields["new-surname"] == ["Сидоров"]


def test_the_oldest_draft_makes_room_for_a_new_one(
    company: FormPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MAX_DRAFTS", 3)
    company.press("close/", htmx=False)
    pages = [company.open_another_page(account_number=str(number)) for number in range(3)]
    for page in pages:
        page.save()
    assert not Draft.objects.exclude(closed_at=None).exists()
    notice = get_text(company.open())
    assert "Черновиков уже 3: новый заменит самый старый" in notice
    company.open_another_page(account_number="3").save()
    numbers = [draft.fields["account_number"] for draft in Draft.objects.order_by("updated_at")]
    assert numbers == [["1"], ["2"], ["3"]]


def test_a_draft_that_became_a_task_says_so(company: FormPage, attach: Attach) -> None:
    attach(company)
    company.create()
    assert not Draft.objects.exists()
    assert "Этого черновика больше нет" in get_text(company.restore())


def test_an_answer_after_the_creation_breaks_nothing(company: FormPage) -> None:
    """ЕИП answers about the account when the draft is a task already."""
    company.save()
    draft = get_draft()
    Draft.objects.all().delete()
    drafts.record_account_check(draft=draft, outcome="found", check_input=[])
    assert not Draft.objects.exists()
