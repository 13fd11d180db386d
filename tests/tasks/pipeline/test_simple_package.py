"""A document that was signed by SMS: its package is built and passes the offline verification."""

import re
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.db import transaction

from accounts.models import User
from archive.files import storage
from archive.models import Package, PackageTimestamp, StoredFile
from archive.package.manifest import FileRole
from archive.package.simple import CHAIN_NAME
from econtract.platform.common import clock
from econtract.platform.outbox.models import OutboxJob
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.results import VerificationResult
from edo import records
from edo.channels.simple.evidence import record_copy
from edo.evidence_chain.chains import parse_chain
from edo.evidence_chain.kinds import RecordKind
from edo.models import SimpleSigning
from edo.trust.store import load_seal_trust_store, load_trust_store
from tasks.jobs import anchor_evidence
from tasks.models import Channel, SigningTask
from tasks.pipeline.package_parts import collect_parts
from tasks.pipeline.step import ALL_RELATIONS, load_task
from tasks.pipeline.timestamping import enqueue_due_timestamps
from tasks.statuses import Status
from tests.econtract.verification.test_simple import read_text
from tests.support import world
from tests.support.driver import reload, run_everything, run_until
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import next_morning
from tests.tasks.pipeline.test_simple_signing import links_in, sign

LINK = re.compile(r"/s/[\w-]{22}")
pytestmark = pytest.mark.usefixtures("set_up")


@pytest.fixture
def task(manager: User, set_up: Sandbox) -> Iterator[SigningTask]:
    """A task that is signed by SMS and archived."""
    task = world.create_task(manager)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    with time_machine.travel(next_morning(), tick=True):
        run_until(task, Status.DOCUMENT_SIGNING, set_up)
        sign(set_up, links_in(set_up)[-1])
        run_everything()
        yield task


def verify(file: StoredFile) -> VerificationResult:
    policy = VerificationPolicy(trust=load_trust_store(), seal_trust=load_seal_trust_store())
    return verify_package(BytesIO(storage.read_file(file)), policy=policy)


def get_package(task: SigningTask) -> Package:
    package = reload(task).package
    assert package is not None
    return package


def test_the_package_of_a_document_signed_by_sms_is_valid(task: SigningTask) -> None:
    result = verify(get_package(task).file)
    assert result.ok, (result.problems, result.simple_signatures, result.signatures)
    [simple] = result.simple_signatures
    assert simple.owner
    assert simple.record_number
    signing = SimpleSigning.objects.get()
    [mark] = signing.records.filter(kind="mark_made")
    [copy] = [file for file in result.files if file.role == FileRole.STAMPED_COPY.label]
    assert mark.facts == {"copy_sha256": copy.sha256}
    assert "Номер телефона закреплен" in " ".join(signing.warnings)
    names = [file.name for file in result.files]
    assert len([name for name in names if name.startswith("evidence/simple/")]) == 3


def test_a_package_that_is_built_again_names_the_same_copy(
    task: SigningTask, tmp_path: Path
) -> None:
    """As after a crash between the record of the copy and the package."""
    parts = collect_parts(load_task(task.number, *ALL_RELATIONS), tmp_path)
    assert parts.copy is not None
    [mark] = SimpleSigning.objects.get().records.filter(kind="mark_made")
    assert mark.facts == {"copy_sha256": sha256(parts.copy.read_bytes()).hexdigest()}


def test_a_copy_with_other_bytes_gets_a_record_of_its_own(task: SigningTask) -> None:
    """A newer library may draw another one; the last one counts."""
    signing = SimpleSigning.objects.get()
    for digest in ("1" * 64, "1" * 64, "2" * 64):
        record_copy(signing, digest)
    marks = records.export_chain(signing, with_values=False).find(RecordKind.MARK_MADE)
    assert [mark.facts["copy_sha256"] for mark in marks][1:] == ["1" * 64, "2" * 64]


def test_the_protocol_is_enough_for_a_commission(task: SigningTask, tmp_path: Path) -> None:
    """Person, texts with versions, messages with their course, devices, and the result."""
    with zipfile.ZipFile(BytesIO(storage.read_file(get_package(task).file))) as archive:
        archive.extract("Протокол подписания.pdf", tmp_path)
        chain = parse_chain(archive.read(CHAIN_NAME))
    text = read_text(tmp_path / "Протокол подписания.pdf")
    phone = task.contact_version.phone
    for part in (
        "Госуслуги, запрос",
        "Соглашение об электронном взаимодействии, версия 1",
        "СМС: Ростелеком",
        "Код ••••••. Подпись:",
        "(GMT+03:00), отправлено",
        "адрес 127.0.0.1",
        "Записи не изменены, порядок подписания соблюден",
        "Номер телефона закреплен за подписантом менее чем",
        f"•••-{phone[-4:-2]}-{phone[-2:]}",
    ):
        assert part in text, part
    assert not LINK.search(text)
    assert phone not in text
    assert phone not in chain.to_json().decode()


def test_the_card_shows_what_is_remarkable(task: SigningTask, manager: User) -> None:
    page = browser_of(manager).get(f"/tasks/{task.number}/").text
    assert "Номер телефона закреплен за подписантом менее чем" in page


def test_the_download_gets_the_anchor_of_the_day_once(task: SigningTask) -> None:
    sealed = storage.read_file(get_package(task).file)
    anchor_evidence()
    run_everything()
    package = get_package(task)
    assert package.is_anchored
    assert storage.read_file(package.file) == sealed
    result = verify(package.download_file)
    assert result.ok, (result.problems, result.simple_signatures, result.files)
    anchor = result.simple_signatures[0].anchor
    assert anchor is not None
    assert anchor.day == clock.now().date()
    assert anchor.stamped_at is not None
    anchor_evidence()
    assert not OutboxJob.objects.open().filter(kind="anchor_package").exists()


def test_a_renewed_time_stamp_keeps_the_anchor(task: SigningTask) -> None:
    anchor_evidence()
    run_everything()
    PackageTimestamp.objects.update(renew_at=clock.now())
    enqueue_due_timestamps()
    run_everything()
    result = verify(get_package(task).download_file)
    assert result.ok, (result.problems, result.simple_signatures, result.files)
    assert len(result.timestamps) == 2
    assert result.simple_signatures[0].anchor is not None


def test_a_report_that_comes_after_the_package_does_not_break_the_anchor(
    task: SigningTask,
) -> None:
    with transaction.atomic():
        records.append(SimpleSigning.objects.get(), RecordKind.CODE_DELIVERED)
    anchor_evidence()
    run_everything()
    result = verify(get_package(task).download_file)
    assert result.ok, (result.problems, result.simple_signatures, result.files)
    assert result.simple_signatures[0].anchor is not None


def test_without_a_seal_the_package_waits_for_the_next_anchor(
    task: SigningTask, settings: LazySettings
) -> None:
    key, settings.SEAL_KEY = settings.SEAL_KEY, "unknown"
    anchor_evidence()
    run_everything()
    assert not get_package(task).is_anchored
    settings.SEAL_KEY = key
    anchor_evidence()
    run_everything()
    assert get_package(task).is_anchored
