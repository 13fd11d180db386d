"""A document that was signed by SMS: its package is built and passes the offline verification."""

from io import BytesIO

import pytest
import time_machine

from accounts.models import User
from archive.files import storage
from archive.package.manifest import FileRole
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from edo.models import SimpleSigning
from edo.trust.store import load_seal_trust_store, load_trust_store
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import reload, run_everything, run_until
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import next_morning
from tests.tasks.pipeline.test_simple_signing import links_in, sign


@pytest.mark.usefixtures("set_up")
def test_the_package_of_a_document_signed_by_sms_is_valid(manager: User, set_up: Sandbox) -> None:
    task = world.create_task(manager)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    with time_machine.travel(next_morning(), tick=True):
        run_until(task, Status.DOCUMENT_SIGNING, set_up)
        sign(set_up, links_in(set_up)[-1])
        run_everything()
        policy = VerificationPolicy(trust=load_trust_store(), seal_trust=load_seal_trust_store())
        with storage.open_file(reload(task).package.file) as file:
            result = verify_package(BytesIO(file.read()), policy=policy)
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
