"""The card of a task as plain values, one object per region of the page.

`marks` are hashes of the regions: a poll sends only the regions that changed, so that what a user
is working in is not replaced without need.
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
from econtract.platform.common.formatting import format_file_size, format_with_zone
from econtract.platform.timeline.events import TimelineEvent
from tasks.actions import presence, reminders
from tasks.models import AuthorityDocument, Comment, HistoryEntry, SigningTask
from tasks.screens.card.banner import Banner, banner
from tasks.screens.card.buttons import Button, Buttons, buttons
from tasks.screens.card.documents import DocumentBlock, build_document_block
from tasks.screens.card.flags import CardFlags
from tasks.screens.card.people import (
    AccountBlock,
    ClientBlock,
    ServicesBlock,
    account_block,
    client_block,
    services_block,
)
from tasks.screens.card.signing import Signing, signing
from tasks.screens.card.stages import StepperStage, stepper_stages
from tasks.screens.card.timeline import timeline_events
from tasks.statuses import Status, WaitsFor, quick_filters
from tasks.wording import guidance
from tasks.wording.troubles import troubles

RECENT_EVENTS = 4


@dataclass(frozen=True)
class CardHead:
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
class AuthorityFileLink:
    """A file that the client sent to confirm their authority."""

    name: str
    about: str
    url: str


@dataclass(frozen=True)
class SupportRequest:
    """A request to support, ready to be pasted."""

    topic: str
    text: str
    url: str


@dataclass(frozen=True)
class CurrentStep:
    """Stepper, banner and the actions that are possible now."""

    stages: tuple[StepperStage, ...]
    banner: Banner
    main: Button | None
    others: tuple[Button, ...]
    authority_files: tuple[AuthorityFileLink, ...]
    support_request: SupportRequest | None
    remind: Button | None
    call: str

    @property
    def has_main(self) -> bool:
        """Whether the banner holds the one action that matters now."""
        return self.main is not None and self.main.allowed

    @property
    def has_buttons(self) -> bool:
        possible = (self.main, self.remind, *self.others)
        return bool(self.call) or any(button.allowed for button in possible if button)


@dataclass(frozen=True)
class CommentView:
    """A comment."""

    author: str
    time: str
    iso: str
    text: str


@dataclass(frozen=True)
class Discussion:
    """Comments and the newest of the history."""

    comments: tuple[CommentView, ...]
    history: tuple[TimelineEvent, ...]


@dataclass(frozen=True)
class OtherViewers:
    """Who else has the card open."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """The card's regions; every field is one."""

    head: CardHead
    viewers: OtherViewers
    current_step: CurrentStep
    client: ClientBlock
    document: DocumentBlock
    account: AccountBlock
    services: ServicesBlock
    signing: Signing
    discussion: Discussion

    @property
    def marks(self) -> dict[str, str]:
        """A short hash of every region; it changes with anything that the region shows."""
        return {
            field.name: blake2s(repr(getattr(self, field.name)).encode(), digest_size=4).hexdigest()
            for field in fields(self)
        }


def build_card(task: SigningTask, user: User, flags: CardFlags) -> Card:
    """What ``user`` sees of ``task``, as loaded by `task_of_card`."""
    versions, entries = _versions(task), _history(task=task.number)
    possible = buttons(task, user)
    return Card(
        head=_head(task, possible),
        viewers=OtherViewers(presence.other_viewers(task, user) if flags.viewers else ()),
        current_step=_current_step(task, user, flags, possible, entries),
        client=client_block(task, user),
        document=build_document_block(task, user, versions),
        account=account_block(task, user),
        services=services_block(task, _services(task=task.number), user),
        signing=signing(task, user),
        discussion=Discussion(
            comments=_comments(task) if flags.comments else (),
            history=tuple(timeline_events(entries)[:RECENT_EVENTS]),
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
    versions = DocumentVersion.objects.filter(document=document)
    return versions.select_related("source", "uploaded_by", "reviewed_by")


def _versions(task: SigningTask) -> list[DocumentVersion]:
    """All versions; the task's own is among them, so it needs no query of its own."""
    if task.document_id is None:
        return []
    versions = _versions_of(document=task.document_id)
    for version in versions:
        if version.pk == task.document_version_id:
            task.document_version = version
    return versions


def _head(task: SigningTask, possible: Buttons) -> CardHead:
    return CardHead(
        title=f"Задание {task.number}",
        client=task.client.short_name,
        owner=str(task.manager),
        take=possible.take,
        hand=possible.hand,
        cancel=possible.cancel,
        manager_id=task.manager_id,
        history_url=reverse("tasks:history", args=[task.number]),
        files_url=reverse("tasks:files", args=[task.number]) if task.document_id else "",
    )


def _current_step(
    task: SigningTask, user: User, flags: CardFlags, possible: Buttons, entries: list[HistoryEntry]
) -> CurrentStep:
    shown_banner = banner(task, user, entries, troubles(task) if flags.troubles else [])
    return CurrentStep(
        stages=tuple(stepper_stages(task, entries)),
        banner=shown_banner,
        main=possible.main,
        others=possible.others,
        authority_files=_authority_files(task) if flags.authority_files else (),
        support_request=_support_request(task, shown_banner.reason),
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
    """The client's phone when calling helps: it is their turn, or «Звонок клиенту» applies."""
    status = Status(task.status)
    to_call = quick_filters()["call"].matches(status, task.resolution)
    if task.status_row.waits_for == WaitsFor.CLIENT or to_call:
        return str(task.contact_version.phone)
    return ""


def _authority_files(task: SigningTask) -> tuple[AuthorityFileLink, ...]:
    return tuple(_authority_file(file) for file in task.authority_documents.select_related("file"))


def _authority_file(document: AuthorityDocument) -> AuthorityFileLink:
    return AuthorityFileLink(
        name=document.file_name,
        about=f"{format_file_size(document.file.size)}, {format_with_zone(document.received_at)}",
        url=reverse("tasks:authority_file", args=[document.task_id, document.pk]),
    )


def _support_request(task: SigningTask, reason: str) -> SupportRequest | None:
    topic = guidance.support_topic(task)
    if not topic:
        return None
    return SupportRequest(topic, guidance.support_text(task, topic, reason), settings.HELPME_URL)


def _comments(task: SigningTask) -> tuple[CommentView, ...]:
    return tuple(_comment(one) for one in task.comments.select_related("author"))


def _comment(comment: Comment) -> CommentView:
    at = comment.created_at
    iso = at.isoformat(timespec="seconds")
    return CommentView(str(comment.author), format_with_zone(at), iso, comment.text)
