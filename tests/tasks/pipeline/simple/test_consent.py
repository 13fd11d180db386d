"""A consent to personal data that is withdrawn stops every message; it can be given again."""

import pytest
import time_machine
from django.test import Client as Browser

from accounts.models import User
from clients.messages.reasons import CONSENT_WITHDRAWN
from econtract.platform.common.errors import ActionRefused
from edo import records
from edo.channels.simple.consent import (
    find_text_to_renew,
    renew_consent,
    withdraw_consent,
)
from edo.evidence_chain.order import find_order_problems
from edo.models import SimpleSigning
from edo.records import ClientDevice
from tasks.actions.reminders import remind
from tasks.lifecycle import effects
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import reload, run_everything, run_until, state_of
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import build_ticks, next_morning, signing_of
from tests.tasks.pipeline.test_simple_signing import links_in, sign

DEVICE = ClientDevice(address="203.0.113.7")


@pytest.fixture
def task(manager: User, set_up: Sandbox) -> SigningTask:
    """A task whose client has accepted the texts and got a code. It is day where they are."""
    task = world.create_task(manager)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    with time_machine.travel(next_morning(), tick=True):
        run_until(task, Status.DOCUMENT_SIGNING, set_up)
        Browser().post(f"{links_in(set_up)[-1]}code/", build_ticks())
        run_everything()
        yield reload(task)


def withdraw(task: SigningTask) -> int:
    contact_id = task.contact_version.contact_id
    assert withdraw_consent(contact_id)
    return contact_id


def test_no_message_leaves_after_a_withdrawal(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    withdraw(task)
    sent = len(set_up.messages())
    with pytest.raises(ActionRefused, match="отозвал согласие"):
        remind(task=task, actor=manager)
    # As at the time of a scheduled reminder.
    effects.enqueue_messages(task, "signing_reminder")
    through_operator = world.create_task(manager, document_number="17-2")
    run_everything()
    assert len(set_up.messages()) == sent
    browser = browser_of(manager)
    for each in (task, through_operator):
        page = browser.get(f"/tasks/{each.number}/").content.decode()
        assert CONSENT_WITHDRAWN.text in page
        assert "он может дать согласие снова в разделе «Мои документы»" in page


def test_our_signatory_signs_nothing_for_a_client_who_withdrew(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    withdraw(task)
    another = world.create_task(manager)
    SigningTask.objects.filter(pk=another.pk).update(channel=Channel.SMS)
    run_everything()
    assert state_of(another) == (Status.SIGNING_FAILED, "send_failed")
    assert not SimpleSigning.objects.filter(task=another, sender_signature__isnull=False).exists()


def test_a_client_gives_the_consent_again_on_the_signing_page(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    withdraw(task)
    path = links_in(set_up)[-1]
    card = f"/tasks/{task.number}/"
    assert CONSENT_WITHDRAWN.text in browser_of(manager).get(card).content.decode()
    sign(set_up, path)
    run_everything()
    assert state_of(task)[0] == Status.COMPLETED
    assert signing_of(reload(task)).reason == ""
    assert find_problems(task) == []


def test_a_client_gives_the_consent_again_elsewhere_and_signs(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    contact_id = withdraw(task)
    text = find_text_to_renew(contact_id)
    assert text is not None
    for _ in range(2):
        renew_consent(contact_id, text, DEVICE)
    assert CONSENT_WITHDRAWN.text not in (
        browser_of(manager).get(f"/tasks/{task.number}/").content.decode()
    )
    remind(task=task, actor=manager)
    run_everything()
    sign(set_up, links_in(set_up)[-1])
    run_everything()
    assert state_of(task)[0] == Status.COMPLETED
    assert find_problems(task) == []


def find_problems(task: SigningTask) -> list[str]:
    signing = signing_of(reload(task))
    chain = records.export_chain(signing, with_values=True)
    return find_order_problems(chain, document_sha256=signing.document_sha256)
