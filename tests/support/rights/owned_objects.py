"""A task in work, a finished one and objects of every kind, and the URLs that name them."""

import re
from datetime import date
from typing import Any

from accounts.models import User
from accounts.roles import TaskType
from archive.files.storage import store_bytes
from econtract.platform.listing.models import Export, SavedFilter
from econtract.platform.notifications.models import Notification
from tasks.models import AgentList, AgentListMember, AuthorityDocument, Draft, MonthlyActs
from tasks.statuses import Status
from tests.support.batches.factories import BatchRowFactory
from tests.support.factories import DocumentVersionFactory, PackageFactory, SigningTaskFactory
from tests.support.routes import walk_urls

SECRET = "ООО «Чужая тайна»"
ACTS_VIEWS = ("list", "add", "remove", "rename", "close", "prepare", "month")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# Parameters that do not name an object of a user.
SHARED = {"tab", "slug", "direction"}
# All users who work with the type share the directory of clients, all editors the templates; `code`
# and `token` are themselves secrets, and pages of clients know no users.
EXCLUDED = (
    *("admin:", "clients:", "templates:"),
    *("verification:", "signing:", "client_documents:"),
)


class OwnedObjects:
    """A task in work and a finished task of the owner, with objects of every kind."""

    def __init__(self, owner: User) -> None:
        stored = store_bytes(b"%PDF-1.7 secret", "application/pdf")
        self.version = DocumentVersionFactory(source=stored, pdf=stored)
        package = PackageFactory(file=stored)
        self.open = SigningTaskFactory(
            manager=owner, client__short_name=SECRET, document_version=self.version
        )
        self.done = SigningTaskFactory(
            manager=owner, status=Status.COMPLETED, client=self.open.client, package=package
        )
        self.authority_document = AuthorityDocument.objects.create(
            task=self.open, file=stored, file_name="Приказ.pdf", request_ref="r1"
        )
        self.saved_filter = SavedFilter.objects.create(
            owner=owner, name="Мой", list_code="tasks", tab="my", query="?q=1"
        )
        self.notification = Notification.objects.create(
            recipient=owner,
            kind="signed",
            subject_type="task",
            subject_id=self.open.pk,
            text="Подписано",
            source="history:1",
        )
        self.export = Export.objects.create(
            user=owner, list_code="tasks", tab="my", file_name="x.xlsx", file=stored
        )
        self.agent_list = AgentList.objects.create(manager=owner, name=SECRET)
        self.member = AgentListMember.objects.create(
            agent_list=self.agent_list, client=self.open.client
        )
        self.batch_row = BatchRowFactory(
            batch__manager=owner, document_version=self.version, values={"ИНН": SECRET}
        )
        self.acts = MonthlyActs.objects.create(
            agent_list=self.agent_list, month=date(2026, 11, 1), batch=self.batch_row.batch
        )
        Draft.objects.create(user=owner, task_type=TaskType.LEGAL, document_version=self.version)

    def values_of(self, name: str, parameter: str) -> list[Any]:
        """The values of a parameter of the URL ``name``."""
        values: dict[str, list[Any]] = {
            "number": [self.open.number, self.done.number],
            "version": [self.version.pk],
            "page": [1],
            "index": [0],
            "name": ["cancel", "approve"],
            "slug": ["company"],
            "tasks:authority_file pk": [self.authority_document.pk],
            "tasks:saved_rename pk": [self.saved_filter.pk],
            "tasks:saved_delete pk": [self.saved_filter.pk],
            "notifications:read pk": [self.notification.pk],
            "reports:export pk": [self.export.pk],
            **{f"acts:{view} pk": [self.agent_list.pk] for view in ACTS_VIEWS},
            "member": [self.member.pk],
            "acts": [self.acts.pk],
        }
        if name.startswith("batches:"):
            row = self.batch_row
            values |= {"pk": [row.batch_id], "number": [row.number], "name": ["start", "stop"]}
        return values.get(f"{name} {parameter}") or values[parameter]

    def urls(self) -> list[str]:
        """The URLs of these objects."""
        urls = []
        for name, route, _ in walk_urls():
            parameters = set(PARAMETER.findall(route))
            if name.startswith(EXCLUDED) or not parameters - SHARED:
                continue
            urls += self._fill_in(name, route)
        return urls

    def _fill_in(self, name: str, route: str) -> list[str]:
        parameter = PARAMETER.search(route)
        if parameter is None:
            return [route]
        return [
            address
            for value in self.values_of(name, parameter[1])
            for address in self._fill_in(name, route.replace(parameter[0], str(value), 1))
        ]
