"""Collecting evidence: what is stored, how long the package waits, and that nothing blocks it."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings

from accounts.models import User
from archive.files import storage
from archive.models import EvidenceFile
from econtract.platform.common import clock
from econtract.platform.outbox.models import OutboxJob
from edo.channels.operator import evidence_files
from tasks.models import SigningTask
from tasks.pipeline.evidence import NOT_COLLECTED
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import message_id_of, reload, run_everything, run_until
from tests.support.sandbox import Sandbox

ALL = {
    ("timestamp", "sender"),
    ("timestamp", "recipient"),
    ("operator_protocol", ""),
    ("operator_protocol_signature", ""),
    ("certificates", ""),
    ("revocation_list", ""),
}


@pytest.fixture
def task(manager: User, set_up: Sandbox) -> SigningTask:
    """The client has yet to sign."""
    return run_until(world.create_task(manager), Status.DOCUMENT_SIGNING, set_up)


def sign(task: SigningTask, sandbox: Sandbox) -> SigningTask:
    sandbox.edo_sign(message_id_of(task))
    run_everything()
    return reload(task)


def list_evidence(task: SigningTask) -> set[tuple[str, str]]:
    rows = EvidenceFile.objects.filter(version=task.document_version_id)
    return set(rows.values_list("role", "side"))


def read_summary(task: SigningTask) -> dict[str, object]:
    row = EvidenceFile.objects.get(version=task.document_version_id, role="evidence_summary")
    return json.loads(storage.read_file(row.file))


def test_everything_is_collected_before_the_package_is_built(
    task: SigningTask, set_up: Sandbox
) -> None:
    task = sign(task, set_up)
    assert task.status == Status.COMPLETED
    assert list_evidence(task) >= ALL | {("evidence_summary", "")}
    assert read_summary(task)["missing"] == []
    assert task.package is not None
    content = storage.read_file(task.package.file)
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert {name for name in names if name.startswith("evidence/")} >= {
        "evidence/Сертификаты.pem",
        "evidence/Протокол оператора.pdf",
        "evidence/Протокол оператора.pdf.sig",
        "evidence/Сведения.json",
        "evidence/Договор (штамп времени подписи отправителя).tst",
        "evidence/Договор (штамп времени подписи получателя).tst",
    }
    assert task.package.stamped_file is not None


def test_what_cannot_be_had_is_asked_for_again(task: SigningTask, set_up: Sandbox) -> None:
    set_up.fault("tsp", "error", times=None, status=503)
    task = sign(task, set_up)
    assert task.status == Status.DOCUMENT_SIGNED
    assert list_evidence(task) >= ALL - {("timestamp", "sender"), ("timestamp", "recipient")}
    job = OutboxJob.objects.open().get(kind="collect_evidence")
    protocol = EvidenceFile.objects.get(role="operator_protocol").file_id
    set_up.clear_faults()
    OutboxJob.objects.filter(pk=job.pk).update(due_at=clock.now())
    run_everything()
    assert reload(task).status == Status.COMPLETED
    assert list_evidence(task) >= ALL
    assert EvidenceFile.objects.get(role="operator_protocol").file_id == protocol


def test_the_package_is_built_after_the_limit_and_says_what_is_missing(
    task: SigningTask, set_up: Sandbox, settings: LazySettings
) -> None:
    set_up.fault("tsp", "error", times=None, status=503)
    task = sign(task, set_up)
    assert task.status == Status.DOCUMENT_SIGNED
    later = clock.now() + timedelta(minutes=settings.EVIDENCE_WAIT_MINUTES + 1)
    with time_machine.travel(later, tick=True):
        run_everything()
    task = reload(task)
    assert task.status == Status.COMPLETED
    missing = read_summary(task)["missing"]
    assert missing == [
        "Штампа времени подписи отправителя: служба времени его не дала.",
        "Штампа времени подписи получателя: служба времени его не дала.",
    ]
    content = storage.read_file(task.package.file)
    readme = zipfile.ZipFile(io.BytesIO(content)).read("ПРОЧТИ.txt").decode("utf-8-sig")
    assert all(text in readme for text in missing)


def test_an_error_of_our_own_does_not_block_the_package(
    task: SigningTask, set_up: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(evidence_files, "collect_proofs", fail)
    sign(task, set_up)
    for _ in range(20):
        OutboxJob.objects.open().update(due_at=clock.now())
        run_everything()
    task = reload(task)
    assert task.status == Status.COMPLETED
    assert read_summary(task)["missing"] == [NOT_COLLECTED]
