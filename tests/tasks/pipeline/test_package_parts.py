"""The parts of a package (`tasks.pipeline.package_parts`): stored data, equal at every call."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from accounts.models import User
from archive.package.parts import PackageParts, PartySide
from econtract.platform.common import clock
from econtract.platform.common.http import OutsideHttp
from tasks.models import SigningTask
from tasks.pipeline.package_parts import collect_parts
from tasks.pipeline.step import load_task
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import run_everything
from tests.support.factories import SigningTaskFactory
from tests.support.sandbox import Sandbox


@pytest.fixture
def task(set_up: Sandbox, manager: User) -> SigningTask:
    """A task that both sides have signed."""
    set_up.autopilot(on=True)
    number = world.create_task(manager).number
    run_everything()
    task = load_task(number)
    assert task.status == Status.COMPLETED
    return task


@pytest.fixture
def parts(task: SigningTask, tmp_path: Path) -> PackageParts:
    return collect_parts(task, tmp_path)


def test_the_pdf_is_the_one_that_was_signed(task: SigningTask, parts: PackageParts) -> None:
    assert hashlib.sha256(parts.pdf.read_bytes()).hexdigest() == parts.document_sha256
    assert task.exchange is not None
    assert parts.document_sha256 == task.exchange.document_sha256
    assert parts.file_name == "Договор.pdf"


def test_both_sides_have_signed_and_we_with_a_power_of_attorney(
    task: SigningTask, parts: PackageParts
) -> None:
    sender, recipient = parts.signatures
    [power] = parts.powers
    assert (sender.side, recipient.side) == (PartySide.SENDER, PartySide.RECIPIENT)
    assert {item.kind_label for item in parts.signatures} == {
        "усиленная квалифицированная электронная подпись (тестовый УЦ)"
    }
    assert sender.details.power_of_attorney == power.number
    assert recipient.details.power_of_attorney is None
    assert recipient.details.inn == task.client.inn
    assert task.signatory.surname in power.representative
    assert power.file_name.startswith("ON_EMCHD_")
    assert power.valid_from <= sender.details.signed_at.date() <= power.valid_until


def test_the_parties_are_our_organisation_and_the_client(
    task: SigningTask, parts: PackageParts
) -> None:
    sender, client = parts.parties
    assert (sender.side, sender.inn) == (PartySide.SENDER, task.box.inn)
    assert sender.name == parts.powers[0].principal
    assert (client.side, client.inn, client.kpp) == (
        PartySide.RECIPIENT,
        task.client.inn,
        task.client.kpp,
    )


def test_the_events_end_with_the_signature_of_the_client(
    task: SigningTask, parts: PackageParts
) -> None:
    assert parts.events[-1].text == Status.DOCUMENT_SIGNED.label
    assert parts.events[-1].actor == "Клиент"
    assert len(parts.events) == len(world.SEAMLESS_TRANSITIONS) - 1
    assert [event.at for event in parts.events] == sorted(event.at for event in parts.events)


def test_the_identifiers_come_from_every_system(task: SigningTask, parts: PackageParts) -> None:
    exchange, version = task.exchange, task.document_version
    assert exchange is not None
    assert version is not None
    identifiers = parts.identifiers
    assert identifiers.task_number == str(task.number)
    assert identifiers.document_number == task.document_number
    assert identifiers.account_number == task.account_number
    assert (identifiers.message_id, identifiers.document_id) == (
        exchange.message_id,
        exchange.document_id,
    )
    assert identifiers.archive_code == version.archive_code


def test_a_later_call_gives_the_same_parts_without_an_outside_call(
    task: SigningTask, parts: PackageParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(OutsideHttp, "request")
    (tmp_path / "again").mkdir()
    with time_machine.travel(clock.now() + timedelta(days=30)):
        again = collect_parts(task, tmp_path / "again")
    assert again.pdf.read_bytes() == parts.pdf.read_bytes()
    assert replace(again, pdf=parts.pdf) == parts


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.CABINET_CREATED, Status.DOCUMENT_SIGNING])
def test_an_unsigned_task_has_no_parts(status: Status, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        collect_parts(SigningTaskFactory(status=status), tmp_path)
