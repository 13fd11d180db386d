"""The card of a task as plain values, one object per region of the page.

A poll compares the hashes of the regions and sends only those that have changed, so that it does
not replace what the user is working in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from hashlib import blake2s

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.support import SupportRequest
from archive.models import DocumentVersion
from clients.models import Service
from econtract.platform.common.compiled import CompiledQuery, Parameter
from econtract.platform.common.formatting import format_file_size, format_with_zone
from econtract.platform.timeline.events import TimelineEvent
from tasks.actions import presence, reminders
from tasks.channels import sends_own_messages
from tasks.models import AuthorityDocument, Comment, HistoryEntry, SigningTask
from tasks.screens.card.banner import Banner, build_banner
from tasks.screens.card.block_links import BlockLink, find_block_links
from tasks.screens.card.buttons import Button, Buttons, build_buttons
from tasks.screens.card.client import ClientBlock, build_client_block
from tasks.screens.card.documents import DocumentBlock, build_document_block
from tasks.screens.card.flags import CardFlags
from tasks.screens.card.services import (
    AccountBlock,
    ServicesBlock,
    build_account_block,
    build_services_block,
)
from tasks.screens.card.signing import SigningBlock, build_signing_block
from tasks.screens.card.stages import StepperStage, build_stepper
from tasks.screens.card.timeline import (
    build_comment_events,
    build_timeline_events,
    merge_events,
)
from tasks.screens.common.document_files import load_files
from tasks.statuses import Status, WaitsFor, quick_filters
from tasks.wording.call_scripts import find_call_script
from tasks.wording.guidance import build_support_request
from tasks.wording.troubles import troubles

RECENT_EVENTS = 4


@dataclass(frozen=True)
class CardHead:
    """Heading, «Принять в работу» and the menu."""

    title: str
    client: str
    manager: str
    take_over: Button | None
    hand_over: Button | None
    cancel: Button | None
    manager_id: int
    history_url: str
    files_url: str


@dataclass(frozen=True)
class AuthorityFileLink:
    """A file that the client sent to confirm their authority."""

    name: str
    details: str
    url: str


@dataclass(frozen=True)
class CurrentStep:
    """Stepper, banner and the actions that are possible now.

    ``phone`` is the client's if calling them helps now, else "". ``call_script`` is what to say to
    them.
    """

    stages: tuple[StepperStage, ...]
    banner: Banner
    main: Button | None
    others: tuple[Button, ...]
    authority_files: tuple[AuthorityFileLink, ...]
    support_request: SupportRequest | None
    remind: Button | None
    phone: str
    call_script: str
    block_links: tuple[BlockLink, ...]

    @property
    def has_main(self) -> bool:
        """Whether the banner shows its primary button."""
        return self.main is not None and self.main.is_allowed

    @property
    def has_buttons(self) -> bool:
        buttons = (self.main, self.remind, *self.others)
        return bool(self.phone) or any(button.is_allowed for button in buttons if button)


@dataclass(frozen=True)
class CommentView:
    """A comment and its author."""

    author: str
    time: str
    iso: str
    text: str


@dataclass(frozen=True)
class Discussion:
    """The comments, and the latest events of the history."""

    comments: tuple[CommentView, ...]
    history: tuple[TimelineEvent, ...]


@dataclass(frozen=True)
class OtherViewers:
    """Who else has the card open."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """The card: each field is a region of the page."""

    head: CardHead
    viewers: OtherViewers
    current_step: CurrentStep
    client: ClientBlock
    document: DocumentBlock
    account: AccountBlock
    services: ServicesBlock
    signing: SigningBlock
    discussion: Discussion

    @property
    def region_hashes(self) -> dict[str, str]:
        """Region → a short hash, which changes with anything that the region shows."""
        return {
            field.name: blake2s(repr(getattr(self, field.name)).encode(), digest_size=4).hexdigest()
            for field in fields(self)
        }


def build_card(task: SigningTask, user: User, flags: CardFlags) -> Card:
    """The card that ``user`` sees; ``task`` and ``flags`` come from `load_card_task`."""
    versions, entries = _versions(task), _history(task=task.number)
    comments = list(task.comments.select_related("author")) if flags.comments else []
    buttons = build_buttons(task, user)
    return Card(
        head=_build_head(task, buttons),
        viewers=OtherViewers(presence.other_viewers(task, user) if flags.viewers else ()),
        current_step=_build_current_step(task, user, flags, buttons, entries),
        client=build_client_block(task, user),
        document=build_document_block(task, user, flags, versions),
        account=build_account_block(task, user),
        services=build_services_block(task, _services(task=task.number), user),
        signing=build_signing_block(task, user),
        discussion=Discussion(
            comments=tuple(_build_comment(comment) for comment in comments),
            history=_build_recent_events(entries, comments),
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
    return versions.select_related("source", "pdf", "uploaded_by", "reviewed_by")


def _versions(task: SigningTask) -> list[DocumentVersion]:
    """All versions; the task's own is one of them and needs no query of its own."""
    if task.document_id is None:
        return []
    versions = _versions_of(document=task.document_id)
    load_files(versions)
    for version in versions:
        if version.pk == task.document_version_id:
            task.document_version = version
    return versions


def _build_head(task: SigningTask, buttons: Buttons) -> CardHead:
    return CardHead(
        title=f"Задание {task.number}",
        client=task.client.short_name,
        manager=str(task.manager),
        take_over=buttons.take_over,
        hand_over=buttons.hand_over,
        cancel=buttons.cancel,
        manager_id=task.manager_id,
        history_url=reverse("tasks:history", args=[task.number]),
        files_url=reverse("tasks:files", args=[task.number]) if task.document_id else "",
    )


def _build_current_step(
    task: SigningTask, user: User, flags: CardFlags, buttons: Buttons, entries: list[HistoryEntry]
) -> CurrentStep:
    banner = build_banner(task, user, entries, troubles(task) if flags.troubles else [])
    remind = _build_remind_button(task, user, entries, flags)
    return CurrentStep(
        stages=tuple(build_stepper(task, entries)),
        banner=banner,
        main=buttons.main,
        others=(*buttons.others, *_build_email_button(task, user, remind)),
        authority_files=_build_authority_files(task) if flags.authority_files else (),
        support_request=build_support_request(task, banner.reason, banner.outside_code),
        remind=remind,
        phone=_phone_to_call(task),
        call_script=find_call_script(task),
        block_links=find_block_links(task, user, buttons.main),
    )


def _build_remind_button(
    task: SigningTask, user: User, entries: list[HistoryEntry], flags: CardFlags
) -> Button | None:
    if not reminders.is_offered(task, user):
        return None
    url = reverse("tasks:remind", args=[task.number])
    refusals = reminders.refusals(task, user, entries, has_withdrawals=flags.withdrawals)
    is_link = sends_own_messages(task) and task.status == Status.DOCUMENT_SIGNING
    label = "Отправить ссылку еще раз" if is_link else "Напомнить"
    return Button("remind", label, "mail", url, opens_page=False, refusals=tuple(refusals))


def _build_email_button(task: SigningTask, user: User, remind: Button | None) -> Sequence[Button]:
    """As possible as the reminder ``remind``."""
    if remind is None or not reminders.is_email_offered(task, user):
        return ()
    url = reverse("tasks:link_by_email", args=[task.number])
    return [replace(remind, name="link_by_email", label="Отправить ссылку по почте", url=url)]


def _phone_to_call(task: SigningTask) -> str:
    """The client's phone if it is their turn or the quick filter «Звонок клиенту» matches."""
    status = Status(task.status)
    is_to_call = quick_filters()["call"].matches(status, task.resolution)
    if task.status_row.waits_for == WaitsFor.CLIENT or is_to_call:
        return str(task.contact_version.phone)
    return ""


def _build_authority_files(task: SigningTask) -> tuple[AuthorityFileLink, ...]:
    return tuple(
        _build_authority_file(document)
        for document in task.authority_documents.select_related("file")
    )


def _build_authority_file(document: AuthorityDocument) -> AuthorityFileLink:
    return AuthorityFileLink(
        name=document.file_name,
        details=f"{format_file_size(document.file.size)}, {format_with_zone(document.received_at)}",
        url=reverse("tasks:authority_file", args=[document.task_id, document.pk]),
    )


def _build_recent_events(
    entries: list[HistoryEntry], comments: list[Comment]
) -> tuple[TimelineEvent, ...]:
    entry_events = build_timeline_events(entries[-RECENT_EVENTS:])
    comment_events = build_comment_events(comments[-RECENT_EVENTS:])
    return tuple(merge_events(entry_events, comment_events)[:RECENT_EVENTS])


def _build_comment(comment: Comment) -> CommentView:
    at = comment.created_at
    iso = at.isoformat(timespec="seconds")
    return CommentView(comment.author_name, format_with_zone(at), iso, comment.text)
