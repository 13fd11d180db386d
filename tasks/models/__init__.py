"""The signing task and what belongs to it."""

from tasks.models.agents import AgentList, AgentListEvent, AgentListMember
from tasks.models.batch import Batch, BatchEvent, BatchRow
from tasks.models.call_script import CallScript
from tasks.models.channel import Channel
from tasks.models.client_access import ClientAccess
from tasks.models.document_kind import DocumentKind
from tasks.models.draft import Draft
from tasks.models.history import AuthorityDocument, Comment, HistoryEntry, Viewing
from tasks.models.monthly_acts import MonthlyAct, MonthlyActs
from tasks.models.task import SigningTask

__all__ = [
    "AgentList",
    "AgentListEvent",
    "AgentListMember",
    "AuthorityDocument",
    "Batch",
    "BatchEvent",
    "BatchRow",
    "CallScript",
    "Channel",
    "ClientAccess",
    "Comment",
    "DocumentKind",
    "Draft",
    "HistoryEntry",
    "MonthlyAct",
    "MonthlyActs",
    "SigningTask",
    "Viewing",
]
