"""Registration of the outbox job kinds and feeds of `tasks`. A new kind is a class in JOB_KINDS."""

from econtract.platform.outbox import registry
from econtract.platform.outbox.registry import JobKind
from tasks.lifecycle.steps import register_step
from tasks.pipeline import feeds
from tasks.pipeline.access_codes import SendAccessCode
from tasks.pipeline.anchoring import AnchorPackage
from tasks.pipeline.archiving import SubmitDocumentToArchive, SubmitPackageToArchive
from tasks.pipeline.cabinet import CreateCabinet
from tasks.pipeline.client_messages import SendMessage, SendSigningLink
from tasks.pipeline.deadlines import Expire, Remind
from tasks.pipeline.evidence import CollectEvidence
from tasks.pipeline.following import FollowExchange
from tasks.pipeline.identification import (
    AnswerIdentity,
    FollowIdentification,
    StartIdentification,
)
from tasks.pipeline.revocation import RevokeExchange
from tasks.pipeline.sending import PrepareSending, SendDocument
from tasks.pipeline.step import Step
from tasks.pipeline.timestamping import TimestampPackage
from tasks.pipeline.waiting import AwaitConfirmation, AwaitConsent

JOB_KINDS: list[type[JobKind]] = [
    StartIdentification,
    FollowIdentification,
    AnswerIdentity,
    CreateCabinet,
    PrepareSending,
    SendDocument,
    AwaitConsent,
    AwaitConfirmation,
    FollowExchange,
    RevokeExchange,
    SubmitDocumentToArchive,
    CollectEvidence,
    SubmitPackageToArchive,
    TimestampPackage,
    AnchorPackage,
    SendMessage,
    SendSigningLink,
    SendAccessCode,
    Remind,
    Expire,
]


def register_all() -> None:
    """Registers the job kinds and the feeds. Called once, at start-up."""
    for job_kind in JOB_KINDS:
        registry.register(job_kind)
        if issubclass(job_kind, Step):
            register_step(job_kind.kind, starts_in=job_kind.starts_in, polls_in=job_kind.polls_in)
    registry.register_feeds(feeds.iter_feeds)
