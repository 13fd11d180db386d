"""Storing what people are told, in the transaction of what has caused it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import User
from econtract.platform.outbox import orders
from tasks.models import SigningTask
from tasks.models.notification_kinds import Kind, Mail
from tasks.models.notifications import LONGEST_TEXT, Notification, NotificationChoice

MAIL_ORDER = "mail_notification"
# A text becomes one line; what keeps the parts of a name together stays.
BLANKS = re.compile(r"[^\S\N{NO-BREAK SPACE}]+")


@dataclass(frozen=True)
class News:
    """One thing to tell. ``source`` is unique for a recipient: what is told again is told once."""

    kind: Kind
    text: str
    source: str
    task: SigningTask | None = None


def tell(people: Iterable[User], news: News, *, but: User | None = None) -> None:
    """Tells every one of ``people`` in the ways that he has chosen; whoever did it (``but``) knows.

    Must be called in the transaction of the cause: a letter is an order of the outbox.
    """
    recipients = [person for person in people if person.is_active and person != but]
    for choice in choices_of(recipients, news.kind):
        _store(news, choice)


def choices_of(people: Sequence[User], kind: Kind) -> list[NotificationChoice]:
    """What each of them has chosen, or the default; who wants nothing is left out."""
    if not people:
        return []
    stored = NotificationChoice.objects.filter(user__in=people, kind=kind)
    by_person = {choice.user_id: choice for choice in stored}
    found = []
    for person in people:
        choice = by_person.get(person.pk) or NotificationChoice(kind=kind)
        choice.user = person
        if choice.bell or choice.mail != Mail.NEVER:
            found.append(choice)
    return found


def _store(news: News, choice: NotificationChoice) -> None:
    mail = choice.mail if choice.user.email else Mail.NEVER
    notification, is_new = Notification.objects.get_or_create(
        recipient=choice.user,
        source=news.source,
        defaults={
            "kind": news.kind,
            "task": news.task,
            "status": news.task.status if news.task else "",
            "text": _shortened(news.text),
            "in_bell": choice.bell,
            "mail": mail,
        },
    )
    if is_new and mail == Mail.NOW:
        lane = f"notification:{notification.pk}"
        orders.enqueue(kind=MAIL_ORDER, subject=notification.pk, lane=lane)


def _shortened(text: str) -> str:
    line = BLANKS.sub(" ", text).strip()
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1].rstrip()}…"
