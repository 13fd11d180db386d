"""How the client's person was identified, as the chain of a signing by SMS says it."""

import pytest
import time_machine

from accounts.models import User
from edo import records
from edo.evidence_chain.chains import ExportedChain
from edo.evidence_chain.kinds import RecordKind
from tasks.lifecycle.perform import perform
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import reload, run_everything, run_until
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import next_morning, signing_of


@pytest.fixture
def task(manager: User, set_up: Sandbox) -> SigningTask:
    task = world.create_task(manager)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    with time_machine.travel(next_morning(), tick=True):
        yield task


def chain_of(task: SigningTask) -> ExportedChain:
    return records.export_chain(signing_of(reload(task)), with_values=True)


def test_the_service_alone_has_identified_the_person(task: SigningTask, set_up: Sandbox) -> None:
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    [record] = chain_of(task).find(RecordKind.PERSON_IDENTIFIED)
    assert record.facts["method"] == "gosuslugi"
    assert record.facts["reference"] == reload(task).identification_ref
    assert "confirmed_by" not in record.facts


def test_who_accepted_the_documents_of_the_person_is_named(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    run_until(task, Status.IDENTIFICATION_PENDING, set_up)
    set_up.identity_answer(reload(task).identification_ref, "documents")
    run_everything()
    perform(task.number, "confirm_authority", actor=manager)
    run_everything()
    [record] = chain_of(task).find(RecordKind.PERSON_IDENTIFIED)
    assert record.facts["method"] == "gosuslugi_documents"
    assert record.facts["confirmed_by"] == manager.pk


def test_the_identification_of_an_earlier_task_has_its_request(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    earlier = reload(task)
    later = world.create_task(manager)
    SigningTask.objects.filter(pk=later.pk).update(
        channel=Channel.SMS,
        contact_version=earlier.contact_version,
        identified_at=earlier.identified_at,
        status=Status.CABINET_REQUESTED,
        identification_ref="",
    )
    run_everything()
    [record] = chain_of(later).find(RecordKind.PERSON_IDENTIFIED)
    assert record.facts["method"] == "gosuslugi"
    assert record.facts["reference"] == earlier.identification_ref


def test_the_whole_phone_is_a_personal_value_only(task: SigningTask, set_up: Sandbox) -> None:
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    phone = reload(task).contact_version.phone
    records_of_identity = chain_of(task).records[:2]
    for record in records_of_identity:
        assert record.value("phone") == phone
        assert record.facts["phone_masked"] == f"+7 ••• •••-{phone[-4:-2]}-{phone[-2:]}"
        assert phone not in str(record.facts)
