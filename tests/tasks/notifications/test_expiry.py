"""Notifications of certificates that expire, and the deletion of old notifications."""

from datetime import timedelta

import time_machine
from django.db import transaction

from econtract.platform.common import clock
from econtract.platform.notifications.models import Notification
from tasks import jobs
from tasks.lifecycle.perform import perform
from tasks.notifications import kinds
from tasks.statuses import Status
from tasks.transitions import Actor
from tests.support.factories import ExchangeFactory, SignatoryFactory
from tests.support.notifications import make_task, notifications_of, sign_task
from tests.support.people import People


def test_administrators_are_notified_once_at_each_stage(people: People) -> None:
    now = clock.now()
    signatory = SignatoryFactory(certificate_until=now + timedelta(days=20))
    for days in (0, 1, 14, 15, 21, 22):
        with time_machine.travel(now + timedelta(days=days), tick=False):
            jobs.notify_of_expiry()
    assert [kind for kind, _ in notifications_of(people["administrator"])] == [
        kinds.EXPIRY.code
    ] * 3
    assert all(str(signatory) in text for _, text in notifications_of(people["administrator"]))
    assert Notification.objects.exclude(recipient=people["administrator"]).count() == 0


def test_old_notifications_are_deleted(people: People) -> None:
    sign_task(people)
    with time_machine.travel(clock.now() + timedelta(days=181)):
        jobs.delete_old_rows()
    assert not Notification.objects.exists()


def test_a_change_that_is_rolled_back_notifies_nobody(people: People) -> None:
    task = make_task(people, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    with transaction.atomic():
        perform(task.number, "client_signed", actor=Actor.CLIENT)
        transaction.set_rollback(True)
    assert not Notification.objects.exists()
