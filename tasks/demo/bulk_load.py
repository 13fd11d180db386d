"""Many tasks, fast: for benchmarks. Rows only, no outside systems.

Skewed like real data: 5 % in work, most of the others completed; few managers create most tasks,
most clients are companies that sign through ЭДО.
"""

import random
import uuid
from datetime import timedelta
from typing import Any

from django.db import connection
from faker import Faker

from accounts.roles import TaskType
from archive.models import Document, DocumentVersion, Package
from clients.models import Client, ClientContact, Contact, ContactVersion, queries
from econtract.platform.common import clock
from tasks.demo.bulk_shared import SharedRows
from tasks.demo.bulk_users import create_groups, create_managers, find_managers
from tasks.demo.tables import Table, finish, write
from tasks.models import Channel, HistoryEntry, SigningTask
from tasks.statuses import IN_WORK, Status, resolutions_of
from tasks.transitions import Actor

BATCH = 20_000
TASKS_PER_CLIENT, TASKS_PER_DOCUMENT = 4, 20
NAMES = 5_000
IN_WORK_SHARE = 0.05
CANCELLED_SHARE = 0.06
PAST, RECENT = timedelta(days=700), timedelta(days=14)
IN_WORK_SET = frozenset(IN_WORK)
RESOLUTIONS = {status: sorted(map(str, resolutions_of(status))) for status in Status}
# Type and channel of every hundred tasks.
TYPES_AND_CHANNELS = (
    [(TaskType.LEGAL, Channel.EDO)] * 88
    + [(TaskType.SELF_EMPLOYED, Channel.EDO)] * 4
    + [(TaskType.SELF_EMPLOYED, Channel.SMS)] * 4
    + [(TaskType.CONTRACTOR, Channel.SMS)] * 4
)
PERSON = {"surname": "Петров", "given_name": "Петр", "patronymic": "Петрович"}


class BulkLoader:
    """Makes users, clients and tasks in bulk; the same seed gives the same rows."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)  # noqa: S311
        Faker.seed(seed)
        self.faker = Faker("ru_RU")
        self.now = clock.now()

    def load(self, *, tasks: int, users: int) -> None:
        """Adds ``tasks`` tasks of ``users`` new users, or of those of an earlier load when 0.

        Directories must be loaded. Raises LookupError for what is missing.
        """
        managers = create_managers(users, self.faker) if users else find_managers()
        if users:
            create_groups(managers)
        contacts = self._clients(max(1, tasks // TASKS_PER_CLIENT))
        self._tasks(tasks, managers, contacts)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    # --- Clients ---------------------------------------------------------------------------

    def _clients(self, count: int) -> list[tuple[int, int]]:
        """Client and contact version of each new client."""
        names = [self.faker.company() for _ in range(NAMES)]
        tables = clients, contacts, versions, links = [
            Table(model) for model in (Client, Contact, ContactVersion, ClientContact)
        ]
        start = Client.objects.count()
        pairs = []
        for number in range(start, start + count):
            client = clients.add(**_client(number, names[number % NAMES]))
            phone = f"+7{9_000_000_000 + number}"
            version = versions.next_key
            contact = contacts.add(phone=phone, current_id=version)
            versions.add(contact_id=contact, number=1, phone=phone, **PERSON, **_contact_details())
            links.add(client_id=client, contact_id=contact)
            pairs.append((client, version))
            if len(clients.rows) == BATCH:
                write(*tables)
        write(*tables)
        finish(*tables)
        return pairs

    # --- Tasks -----------------------------------------------------------------------------

    def _tasks(self, count: int, managers: list[int], contacts: list[tuple[int, int]]) -> None:
        shared = SharedRows.find_or_create()
        tables = documents, versions, packages, tasks, services, history = [
            Table(model)
            for model in (
                Document,
                DocumentVersion,
                Package,
                SigningTask,
                SigningTask.services.through,
                HistoryEntry,
            )
        ]
        for index in range(count):
            task = self._task(managers, contacts, shared)
            if index % TASKS_PER_DOCUMENT == 0:
                document = documents.add()
                version = versions.add(**self._version(document, shared))
            task |= {"document_id": document, "document_version_id": version}
            if task["status"] == Status.COMPLETED:
                task["package_id"] = packages.add(**self._package(task, shared))
            number = tasks.add(**task)
            services.add(signingtask_id=number, service_id=shared.service.pk)
            history.add(task_id=number, **_history_entry(task))
            if len(tasks.rows) == BATCH:
                write(*tables)
        write(*tables)
        finish(*tables)

    def _task(
        self, managers: list[int], contacts: list[tuple[int, int]], shared: SharedRows
    ) -> dict[str, Any]:
        """One task's values by attribute name."""
        chance, status = self.random.random, self._status()
        in_work = status in IN_WORK_SET
        created = self.now - (RECENT if in_work else PAST) * chance()
        finished = min(created + timedelta(seconds=300 + int(90_000 * chance())), self.now)
        # A few managers make most of the tasks.
        manager = managers[int(len(managers) * chance() ** 2)]
        client, version = contacts[int(len(contacts) * chance())]
        region, prefix = shared.regions[int(len(shared.regions) * chance())]
        task_type, channel = TYPES_AND_CHANNELS[int(len(TYPES_AND_CHANNELS) * chance())]
        resolutions = RESOLUTIONS[status]
        account = f"{prefix}{client % 10**9:09d}"
        return shared.values | {
            "status": status.value,
            "resolution": self.random.choice(resolutions) if resolutions else "",
            "status_changed_at": finished,
            "created_at": created,
            "updated_at": finished,
            "completed_at": None if in_work else finished,
            "task_type": task_type.value,
            "channel": channel.value,
            "manager_id": manager,
            "created_by_id": manager,
            "client_id": client,
            "contact_version_id": version,
            "region_id": region,
            "account_number": account,
            "account_verified_at": created,
            "document_number": account,
            "submission_key": uuid.uuid4(),
        }

    def _status(self) -> Status:
        if self.random.random() < IN_WORK_SHARE:
            return self.random.choice(IN_WORK)
        cancelled = self.random.random() < CANCELLED_SHARE
        return Status.CANCELLED if cancelled else Status.COMPLETED

    def _version(self, document: int, shared: SharedRows) -> dict[str, Any]:
        return {
            "document_id": document,
            "number": 1,
            "file_name": "Договор.pdf",
            "source_id": shared.file.pk,
            "pdf_id": shared.file.pk,
            "state": DocumentVersion.State.READY.value,
            "converter": DocumentVersion.Converter.NONE.value,
            "pages": 10,
            "archive_system": "APD",
            "archive_code": f"{self.random.randrange(10**13):013d}",
            "archived_at": self.now,
        }

    def _package(self, task: dict[str, Any], shared: SharedRows) -> dict[str, Any]:
        return {
            "file_id": shared.file.pk,
            "file_name": f"{task['document_number']}.zip",
            "code": uuid.uuid4().hex,
            "archive_system": "APD",
            "archive_code": f"{self.random.randrange(10**13):013d}",
            "archived_at": task["completed_at"],
        }


def _client(number: int, company: str) -> dict[str, Any]:
    name = f"{company} {number}"
    return {
        "kind": Client.Kind.LEGAL.value,
        "short_name": name,
        "full_name": name,
        "inn": f"{1_000_000_000 + number}",
        "kpp": "770101001",
        "ogrn": f"{1_000_000_000_000 + number}",
        "name_key": queries.name_key(name),
        "search_key": queries.client_search_key(name, name),
    }


def _contact_details() -> dict[str, str]:
    return {"email": "client@firma.example", "name_key": "петров петр петрович"}


def _history_entry(task: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": task["status_changed_at"],
        "acted_as": Actor.SYSTEM.value,
        "kind": HistoryEntry.Kind.TRANSITION.value,
        "name": "loaded",
        "new_status": task["status"],
        "resolution": task["resolution"],
    }
