"""The card of a task: everything that the page says, as plain values.

One object a region of the page. Regions are compared by `marks`: a poll sends those that have
changed and no others, so nothing that a person is working in is touched without need.
"""

from dataclasses import dataclass, fields
from hashlib import blake2s

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from archive.models import DocumentVersion
from clients.models import Service
from econtract.platform.common.compiled import CompiledQuery, Parameter
from econtract.platform.common.formatting import file_size, zoned
from econtract.platform.timeline.events import TimelineEvent
from tasks.actions import presence, reminders
from tasks.actions.document import document_refusals
from tasks.models import AuthorityDocument, Comment, HistoryEntry, SigningTask
from tasks.screens.card.banner import Banner, banner
from tasks.screens.card.buttons import Button, Buttons, buttons
from tasks.screens.card.documents import DocumentBlock, document_block
from tasks.screens.card.flags import Glance
from tasks.screens.card.people import (
    AccountBlock,
    ClientBlock,
    ServicesBlock,
    account_block,
    client_block,
    services_block,
)
from tasks.screens.card.signing import Signing, signing
from tasks.screens.card.stages import Step, steps
from tasks.screens.card.timeline import timeline_events
from tasks.statuses import Status, WaitsFor, quick_filters
from tasks.wording import guidance
from tasks.wording.troubles import troubles

RECENT = 4


@dataclass(frozen=True)
class Head:
    """Heading, «Принять в работу» and the menu."""

    title: str
    client: str
    owner: str
    take: Button | None
    hand: Button | None
    cancel: Button | None
    manager_id: int
    history_url: str
    files_url: str


@dataclass(frozen=True)
class Paper:
    """A document about authority."""

    name: str
    about: str
    url: str


@dataclass(frozen=True)
class Request:
    """A request to support, ready to be pasted."""

    topic: str
    text: str
    url: str


@dataclass(frozen=True)
class Present:
    """Stepper, banner, actions: what is going on now."""

    steps: tuple[Step, ...]
    banner: Banner
    main: Button | None
    others: tuple[Button, ...]
    papers: tuple[Paper, ...]
    request: Request | None
    remind: Button | None
    call: str

    @property
    def has_main(self) -> bool:
        """Whether the banner holds the one action that matters now."""
        return self.main is not None and self.main.allowed

    @property
    def has_buttons(self) -> bool:
        offered = (self.main, self.remind, *self.others)
        return bool(self.call) or any(move.allowed for move in offered if move)


@dataclass(frozen=True)
class Remark:
    """A comment."""

    author: str
    time: str
    iso: str
    text: str


@dataclass(frozen=True)
class Talk:
    """Comments and the newest of the history."""

    comments: tuple[Remark, ...]
    history: tuple[TimelineEvent, ...]


@dataclass(frozen=True)
class Viewers:
    """Who else has the card before him."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """The card's regions; every field is one."""

    head: Head
    viewers: Viewers
    present: Present
    client: ClientBlock
    document: DocumentBlock
    account: AccountBlock
    services: ServicesBlock
    signing: Signing
    talk: Talk

    @property
    def marks(self) -> dict[str, str]:
        """A short mark of every region: it changes when anything that the region says does."""
        return {
            field.name: blake2s(repr(getattr(self, field.name)).encode(), digest_size=4).hexdigest()
            for field in fields(self)
        }


def card_of(task: SigningTask, user: User, glance: Glance) -> Card:
    """What ``user`` sees of ``task``, as loaded by `task_of_card`."""
    versions, entries = _versions(task), _history(task=task.number)
    offered = buttons(task, user)
    return Card(
        head=_head(task, offered),
        viewers=Viewers(presence.viewers(task, user) if glance.viewers else ()),
        present=_present(task, user, glance, offered, entries),
        client=client_block(task, user),
        document=document_block(task, versions, document_refusals(task, user)),
        account=account_block(task, user),
        services=services_block(task, _services(task=task.number), user),
        signing=signing(task, user),
        talk=Talk(
            comments=_remarks(task) if glance.comments else (),
            history=tuple(timeline_events(entries)[:RECENT]),
        ),
    )


# Compiled: saves 0.9 of 1.2 ms (`scripts/bench compiled`).
@CompiledQuery
def _history(task: Parameter) -> QuerySet[HistoryEntry]:
    return HistoryEntry.objects.filter(task=task).select_related("actor")


# Compiled: saves 0.8 of 1.1 ms (`scripts/bench compiled`).
@CompiledQuery
def _services(task: Parameter) -> QuerySet[Service]:
    return Service.objects.filter(tasks=task)


# Compiled: saves 1.0 of 1.4 ms (`scripts/bench compiled`).
@CompiledQuery
def _versions_of(document: Parameter) -> QuerySet[DocumentVersion]:
    found = DocumentVersion.objects.filter(document=document)
    return found.select_related("source", "uploaded_by")


def _versions(task: SigningTask) -> list[DocumentVersion]:
    """All versions; the task's own is one of them and is not asked for again."""
    if task.document_id is None:
        return []
    versions = _versions_of(document=task.document_id)
    for version in versions:
        if version.pk == task.document_version_id:
            task.document_version = version
    return versions


def _head(task: SigningTask, offered: Buttons) -> Head:
    return Head(
        title=f"Задание {task.number}",
        client=task.client.short_name,
        owner=str(task.manager),
        take=offered.take,
        hand=offered.hand,
        cancel=offered.cancel,
        manager_id=task.manager_id,
        history_url=reverse("tasks:history", args=[task.number]),
        files_url=reverse("tasks:files", args=[task.number]) if task.document_id else "",
    )


def _present(
    task: SigningTask, user: User, glance: Glance, offered: Buttons, entries: list[HistoryEntry]
) -> Present:
    said = banner(task, user, entries, troubles(task) if glance.troubles else [])
    return Present(
        steps=tuple(steps(task, entries)),
        banner=said,
        main=offered.main,
        others=offered.others,
        papers=_papers(task) if glance.papers else (),
        request=_request(task, said.reason),
        remind=_remind(task, user, entries),
        call=_call(task),
    )


def _remind(task: SigningTask, user: User, entries: list[HistoryEntry]) -> Button | None:
    if not reminders.is_offered(task, user):
        return None
    url = reverse("tasks:remind", args=[task.number])
    reasons = tuple(reminders.refusals(task, user, entries))
    return Button("remind", "Напомнить", "mail", url, asks=False, refusals=reasons)


def _call(task: SigningTask) -> str:
    """The client's phone where a call is the way on: his turn, or «Звонок клиенту»."""
    status = Status(task.status)
    to_call = quick_filters()["call"].matches(status, task.resolution)
    if task.status_row.waits_for == WaitsFor.CLIENT or to_call:
        return str(task.contact_version.phone)
    return ""


def _papers(task: SigningTask) -> tuple[Paper, ...]:
    return tuple(_paper(one) for one in task.authority_documents.select_related("file"))


def _paper(paper: AuthorityDocument) -> Paper:
    return Paper(
        name=paper.file_name,
        about=f"{file_size(paper.file.size)}, {zoned(paper.received_at)}",
        url=reverse("tasks:authority_file", args=[paper.task_id, paper.pk]),
    )


def _request(task: SigningTask, reason: str) -> Request | None:
    topic = guidance.support_topic(task)
    if not topic:
        return None
    return Request(topic, guidance.support_text(task, topic, reason), settings.HELPME_URL)


def _remarks(task: SigningTask) -> tuple[Remark, ...]:
    return tuple(_remark(one) for one in task.comments.select_related("author"))


def _remark(comment: Comment) -> Remark:
    at = comment.created_at
    iso = at.isoformat(timespec="seconds")
    return Remark(str(comment.author), zoned(at), iso, comment.text)
