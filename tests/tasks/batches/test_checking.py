"""«Проверка»: every kind of bad row is told before the start, in words that say what to do."""

import uuid

import pytest

from accounts.models import User
from accounts.roles import TaskType
from archive.tables.cells import CellMark
from archive.tables.reading import TableRow
from clients import actions as client_actions
from clients.models import Client, ContactDetails
from econtract.platform.common.errors import ActionRefused
from tasks.batches import actions, uploads
from tasks.batches.cells import find_cell_problems, restore_zero
from tasks.batches.columns import map_columns
from tasks.models import Batch, BatchRow, DocumentKind
from tests.support import world
from tests.support.batches.files import (
    HEADINGS,
    batch_data,
    make_batch,
    make_template,
    person_row,
    upload_of,
    workbook_bytes,
)
from tests.support.driver import run_everything
from tests.support.factories_clients import person_inn
from tests.support.sandbox import LIQUIDATED, ROMASHKA, Sandbox

State = BatchRow.State


def check(batch: Batch) -> list[BatchRow]:
    run_everything()
    batch.refresh_from_db()
    return list(batch.rows.order_by("number"))


def add_person(runner: User, number: int, phone: str) -> Client:
    """A contractor who has a card already."""
    details = ContactDetails(
        surname="Петров", given_name="Петр", phone=phone, email="p@client.example"
    )
    client, _ = client_actions.find_or_create_person(
        kind=Client.Kind.INDIVIDUAL, inn=person_inn(number), details=details, actor=runner
    )
    return client


def test_good_rows_are_ready(runner: User) -> None:
    card = add_person(runner, 2, "+79110000002")
    blank = {"Фамилия": "", "Имя": "", "Телефон": "", "Электронная почта": ""}
    batch = make_batch(runner, [person_row(1), person_row(2, **blank)])
    assert batch.state == Batch.State.CHECKING
    new, known = check(batch)
    assert batch.state == Batch.State.CHECKED
    assert (new.state, known.state) == (State.READY, State.READY)
    assert new.client is None
    assert new.account_verified_at is not None
    assert known.client == card
    assert new.fields["asked"] == {"сумма": "1000"}


BAD_ROWS = {
    "ИНН состоит из 12 цифр": {"ИНН": "123"},
    "контрольные цифры не сходятся": {"ИНН": "771230000100"},
    "«Телефон»: Введите телефон": {"Телефон": "12-34"},
    "Введите фамилию": {"Фамилия": ""},
    "Введите адрес": {"Электронная почта": "нет"},
    "Некорректно указан код лицевого счета": {"Лицевой счет": "100000000001"},
    "введите 12 цифр": {"Лицевой счет": ""},
    "Лицевой счет не найден": {"Лицевой счет": "850000000001"},
    "поля бланка «Сумма»": {"Сумма": ""},
    "в ячейке формула": {"Сумма": "=1+1"},
    "не больше 100 знаков": {"Номер документа": "1" * 101},
    "Excel сократил число": {"Лицевой счет": "8,50771E+11"},
}


def test_every_bad_row_says_what_to_correct(runner: User) -> None:
    rows = [person_row(number, **bad) for number, bad in enumerate(BAD_ROWS.values(), start=1)]
    checked = check(make_batch(runner, rows))
    assert {row.state for row in checked} == {State.INVALID}
    for row, words in zip(checked, BAD_ROWS, strict=True):
        assert words in " ".join(row.problems)


def test_duplicates_within_the_file_and_in_the_month(runner: User) -> None:
    first = make_batch(runner, [person_row(1)])
    check(first)
    actions.start(batch=first, actor=runner)
    run_everything()
    again, once, twice = check(make_batch(runner, [person_row(1), person_row(2), person_row(2)]))
    task = first.rows.get().task
    assert task is not None
    assert again.problems[0].startswith(f"Задание {task.number} с этим клиентом")
    assert once.state == State.READY
    assert twice.problems == ["Повторяет строку 3: тот же клиент и номер документа"]


def test_phones_and_cards_must_agree(runner: User) -> None:
    add_person(runner, 1, "+79110000099")
    other_phone, foreign_phone = check(
        make_batch(runner, [person_row(1), person_row(2, Телефон="+79110000099")])
    )
    assert "отличается от телефона в карточке" in other_phone.problems[0]
    assert "принадлежит другому контакту" in foreign_phone.problems[0]


def test_companies_are_looked_up_in_cdi(runner: User) -> None:
    def row(inn: str, **changes: str) -> list[str]:
        return person_row(1, ИНН=inn, **{"Лицевой счет": f"850{inn[:9]}"} | changes)

    data = batch_data(
        make_template(),
        task_type=TaskType.LEGAL,
        document_kind=DocumentKind.objects.get(pk=DocumentKind.CONTRACT),
    )
    rows = [row(ROMASHKA), row(LIQUIDATED), row("7701999998"), row(ROMASHKA, Телефон="")]
    batch = uploads.create_batch(
        data=data,
        upload=upload_of(workbook_bytes(rows)),
        submission_key=uuid.uuid4(),
        actor=runner,
    )
    known, liquidated, unknown, without_contact = check(batch)
    assert known.state == State.READY
    assert liquidated.problems == ["Клиент ликвидирован"]
    assert "контрольные цифры" in unknown.problems[0] or "не найден" in unknown.problems[0]
    assert "Укажите телефон контакта" in without_contact.problems[0]


def test_the_zero_that_excel_took_is_put_back() -> None:
    columns = map_columns(["ИНН", "Лицевой счет"], [])
    row = TableRow(2, {"ИНН": "50010073225"}, {"ИНН": CellMark.NUMBER}, is_hidden=True)
    values, notes = restore_zero(row, columns)
    assert values["ИНН"] == "050010073225"
    assert "прочитали 050010073225" in notes[0]
    assert find_cell_problems(row, columns) == ["Строка скрыта в файле: покажите ее или удалите"]
    typed = TableRow(2, {"ИНН": "50010073225"}, {}, is_hidden=False)
    assert restore_zero(typed, columns) == (typed.values, [])


def test_columns_that_are_missing_or_misplaced_are_named(runner: User) -> None:
    version = make_template()

    def refusal_of(*rows: list[str]) -> str:
        with pytest.raises(ActionRefused) as refused:
            uploads.create_batch(
                data=batch_data(version),
                upload=upload_of(workbook_bytes(rows[1:], headings=rows[0])),
                submission_key=uuid.uuid4(),
                actor=runner,
            )
        return refused.value.messages[0]

    assert "нет столбцов: «Лицевой счет», «Сумма»" in refusal_of(["ИНН"], ["1"])
    assert "две строки заголовков" in refusal_of(list(HEADINGS), list(HEADINGS))
    assert "Над заголовками" in refusal_of(["Акты за ноябрь"], list(HEADINGS))
    assert not Batch.objects.exists()


def test_the_same_form_makes_one_batch(runner: User) -> None:
    key, data = uuid.uuid4(), batch_data(make_template())
    batches = [
        uploads.create_batch(
            data=data,
            upload=upload_of(workbook_bytes([person_row(1)])),
            submission_key=key,
            actor=runner,
        )
        for _ in range(2)
    ]
    assert batches[0] == batches[1]
    assert BatchRow.objects.count() == 1


def test_rows_wait_while_a_system_does_not_answer(runner: User, set_up: Sandbox) -> None:
    set_up.fault("eip", "down", times=None)
    batch = make_batch(runner, [person_row(1)])
    (row,) = check(batch)
    assert row.state == State.NEW
    assert "ЕИП" in batch.problem


def test_only_a_published_template_and_a_runner(runner: User) -> None:
    version = make_template()
    for user, changes in ((world.make_manager(), {}), (runner, {"published_at": None})):
        for name, value in changes.items():
            setattr(version, name, value)
        with pytest.raises(ActionRefused):
            make_batch(user, [person_row(1)], version=version)
