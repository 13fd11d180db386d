"""The client of a demo task that is signed by SMS: what they do with the link and the code."""

import re
from datetime import datetime, timedelta

from django.db import transaction

from clients.messages.reports import iter_feeds
from econtract.platform.common import clock
from econtract.platform.outbox import inbound
from edo.channels.simple import client, codes
from edo.channels.simple.agreements import add_version, get_texts_in_force
from edo.models import AgreementText, SigningLink
from edo.records import ClientDevice
from tasks.actions.simple_signing import enqueue_next_step
from tasks.demo.sandbox import SandboxControl
from tasks.models import SigningTask

PHONE = ClientDevice(
    address="203.0.113.24",
    browser="Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
    languages="ru-RU",
    screen="412x915",
    time_zone="Europe/Moscow",
    device="demo",
)
# Noon in Moscow: at night no link is sent.
DAY_HOUR = 9
# Older than every task that is signed by SMS.
TEXTS_SINCE = timedelta(days=30)
TIME_TO_PLAY = timedelta(minutes=20)


def put_texts_in_force() -> None:
    """The clients of the demo accept their texts before this installation was made.

    A version never changes, so the same texts become a version of that time.
    """
    with clock.travel_to(clock.now() - TEXTS_SINCE):
        for text in AgreementText.objects.filter(version=1):
            add_version(text.kind, text.text)


def find_day_time(moment: datetime) -> datetime:
    """The last time until ``moment`` at which a link may be sent and a scenario has its time."""
    day_time = moment.replace(hour=DAY_HOUR, minute=0)
    return day_time if day_time < moment - TIME_TO_PLAY else day_time - timedelta(days=1)


def read_reports() -> None:
    """Learn what became of the messages that have left."""
    for feed in iter_feeds():
        inbound.poll(feed)


def read_document(task: SigningTask) -> SigningLink:
    """The client opens the link and reads to the end."""
    link = SigningLink.objects.select_related("signing__signer", "signing__box").get(
        signing=task.simple_signing, ended_at=None
    )
    version = task.document_version
    pages = range(1, ((version.pages if version else 0) or 1) + 1)
    client.record_progress(link, PHONE, pages=pages, has_reached_end=True)
    return link


def sign(task: SigningTask, sandbox: SandboxControl) -> None:
    """The client reads, accepts the texts, asks for the code and enters it."""
    link = read_document(task)
    client.accept_texts(link, get_texts_in_force(), PHONE)
    codes.request_code(link, PHONE)
    text = sandbox.list_texts(link.signing.signer.phone)[-1]
    client.sign(link, re.findall(r"\b\d{6}\b", text)[0], PHONE)
    with transaction.atomic():
        enqueue_next_step(link.signing_id)
