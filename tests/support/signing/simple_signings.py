"""Documents that wait for a simple signature, and what a client does on the signing page."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from archive.files.storage import store_bytes
from clients.messages.signals import message_changed
from clients.models import SentMessage
from econtract.platform.common import clock
from edo import records
from edo.channels.simple import codes, links
from edo.channels.simple.agreements import get_texts_in_force
from edo.evidence_chain.kinds import RecordKind
from edo.models import SimpleSigning
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tests.support.factories import SigningTaskFactory
from tests.support.paths import CONTRACT

PHONE_BROWSER = "Mozilla/5.0 (Android 15; Mobile) Firefox/140.0"


@dataclass
class Outbox:
    """The text messages that have left."""

    texts: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The code of the last message."""
        match = re.search(r"\b\d{6}\b", self.texts[-1])
        assert match, self.texts[-1]
        return match[0]


@pytest.fixture
def sms(monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """Takes the place of the messaging service."""
    outbox = Outbox()

    def send_sms(
        *, to: str, text: str, key: uuid.UUID, template: str, secret: str, **_: Any
    ) -> SentMessage:
        outbox.texts.append(text)
        message = SentMessage(
            key=key,
            channel=SentMessage.Channel.SMS,
            template=template,
            text=text.replace(secret, "••••••"),
            state=SentMessage.State.ACCEPTED,
            sent_at=clock.now(),
        )
        message_changed.send(sender=SentMessage, message=message)
        return message

    monkeypatch.setattr(codes, "send_sms", send_sms)
    return outbox


def next_morning() -> datetime:
    """A time after now at which links may be sent: no quiet hours, wherever the client is."""
    return (clock.now() + timedelta(days=1)).replace(hour=9)


def create_signing_task(pdf: bytes | None = None, pages: int = 1, **more: Any) -> SigningTask:
    """A task whose client may sign by SMS; `create_link` of its signing makes the link."""
    file = store_bytes(pdf or CONTRACT.read_bytes(), "application/pdf")
    document = {f"document_version__{name}": file for name in ("pdf", "source")}
    task: SigningTask = SigningTaskFactory(
        **{
            "status": Status.DOCUMENT_SIGNING,
            "channel": Channel.SMS,
            "document_version__pages": pages,
            **document,
            **more,
        }
    )
    contact = task.contact_version.contact
    contact.identified_at = clock.now() - timedelta(hours=1)
    contact.save(update_fields=["identified_at"])
    task.simple_signing = SimpleSigning.objects.create(
        operation_id=uuid.uuid4(),
        box=task.box,
        signatory=task.signatory,
        signer=task.contact_version,
        identified_at=contact.identified_at,
        identification_ref="R-1",
        client_inn=task.client.inn,
        document_sha256=file.sha256,
        document_number=task.document_number,
        document_kind=task.document_kind,
        file_name=f"{task.document_number}.pdf",
        state=SimpleSigning.State.SENT,
        progress=SimpleSigning.Progress.SENT,
        expires_at=clock.now() + timedelta(days=14),
        sent_at=clock.now(),
    )
    task.save(update_fields=["simple_signing"])
    return task


def signing_of(task: SigningTask) -> SimpleSigning:
    """The signing of the task as the database has it now."""
    assert task.simple_signing_id
    return SimpleSigning.objects.get(pk=task.simple_signing_id)


def link_of(task: SigningTask) -> str:
    """The path of a new link."""
    return f"/s/{links.create_link(signing_of(task))}/"


def records_of(task: SigningTask) -> list[str]:
    """The kinds of the records in the chain, in order."""
    chain = records.export_chain(signing_of(task), with_values=True)
    return [record.kind for record in chain.records]


def count_records(task: SigningTask, kind: RecordKind) -> int:
    return records_of(task).count(kind)


def build_ticks() -> dict[str, str]:
    """The form data that accept the texts in force."""
    return {f"{text.kind}_{text.version}": "on" for text in get_texts_in_force()}


def sign_by_posts(browser: Browser, path: str, sms: Outbox) -> Any:
    """What a browser without a script sends, from the link to the signature."""
    browser.get(path)
    browser.post(f"{path}code/", build_ticks())
    return browser.post(f"{path}sign/", {"code": sms.code})
