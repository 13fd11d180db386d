"""Many tasks for benchmarks, created fast: rows only, no calls to outside systems.

Skewed like real data: 5 % are in work, most others are completed, few managers create most tasks,
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
from edo.models import SimpleSigning
from tasks.demo.bulk_shared import SharedRows
from tasks.demo.bulk_users import create_groups, create_managers, find_managers
from tasks.demo.tables import RowBuffer, reset_sequences, write_all
from tasks.models import Channel, HistoryEntry, SigningTask
from tasks.statuses import IN_WORK, Status, resolutions_of
from tasks.transitions import Actor

BATCH = 20_000
TASKS_PER_CLIENT, TASKS_PER_DOCUMENT = 4, 20
NAMES = 5_000
IN_WORK_SHARE = 0.05
CANCELLED_SHARE = 0.06
MAX_AGE, MAX_AGE_IN_WORK = timedelta(days=700), timedelta(days=14)
IN_WORK_SET = frozenset(IN_WORK)
RESOLUTIONS = {status: sorted(map(str, resolutions_of(status))) for status in Status}
# The types and channels of each hundred tasks.
TYPES_AND_CHANNELS = (
    [(TaskType.LEGAL, Channel.EDO)] * 88
    + [(TaskType.SELF_EMPLOYED, Channel.EDO)] * 4
    + [(TaskType.SELF_EMPLOYED, Channel.SMS)] * 4
    + [(TaskType.CONTRACTOR, Channel.SMS)] * 4
)
Progress = SimpleSigning.Progress
PROGRESS_IN_WORK = (
    *(Progress.SENT, Progress.UNDELIVERED, Progress.DELIVERED),
    *(Progress.OPENED, Progress.READ, Progress.CODE_SENT),
)
# The statuses in which a client who signs by SMS has got a link.
WITH_LINK = frozenset({Status.DOCUMENT_SIGNING, Status.DOCUMENT_SIGNED, Status.COMPLETED})
PERSON = {"surname": "Петров", "given_name": "Петр", "patronymic": "Петрович"}


class BulkLoader:
    """Creates users, clients and tasks in bulk; the same seed gives the same rows."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)  # noqa: S311
        Faker.seed(seed)
        self.faker = Faker("ru_RU")
        self.now = clock.now()

    def load(self, *, tasks: int, users: int) -> None:
        """Adds ``tasks`` tasks of ``users`` new users, or of those of an earlier load when 0.

        Directories must be loaded. Raises LookupError if they are missing, or the users.
        """
        managers = create_managers(users, self.faker) if users else find_managers()
        if users:
            create_groups(managers)
        contacts = self._create_clients(max(1, tasks // TASKS_PER_CLIENT))
        self._create_tasks(tasks, managers, contacts)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    # --- Clients ---------------------------------------------------------------------------

    def _create_clients(self, count: int) -> list[tuple[int, int]]:
        """Creates clients; returns the keys of each client and its contact version."""
        names = [self.faker.company() for _ in range(NAMES)]
        buffers = clients, contacts, versions, links = [
            RowBuffer(model) for model in (Client, Contact, ContactVersion, ClientContact)
        ]
        start = Client.objects.count()
        pairs = []
        for number in range(start, start + count):
            client = clients.add(**_build_client(number, names[number % NAMES]))
            phone = f"+7{9_000_000_000 + number}"
            version = versions.next_key
            contact = contacts.add(phone=phone, current_id=version)
            versions.add(
                contact_id=contact, number=1, phone=phone, **PERSON, **_build_contact_details()
            )
            links.add(client_id=client, contact_id=contact)
            pairs.append((client, version))
            if len(clients.rows) == BATCH:
                write_all(*buffers)
        write_all(*buffers)
        reset_sequences(*buffers)
        return pairs

    # --- Tasks -----------------------------------------------------------------------------

    def _create_tasks(
        self, count: int, managers: list[int], contacts: list[tuple[int, int]]
    ) -> None:
        shared = SharedRows.find_or_create()
        buffers = documents, versions, packages, signings, tasks, services, history = [
            RowBuffer(model)
            for model in (
                Document,
                DocumentVersion,
                Package,
                SimpleSigning,
                SigningTask,
                SigningTask.services.through,
                HistoryEntry,
            )
        ]
        for index in range(count):
            task = self._build_task(managers, contacts, shared)
            if index % TASKS_PER_DOCUMENT == 0:
                document = documents.add()
                version = versions.add(**self._build_version(document, shared))
            task |= {"document_id": document, "document_version_id": version}
            if task["status"] == Status.COMPLETED:
                task["package_id"] = packages.add(**self._build_package(task, shared))
            if task["channel"] == Channel.SMS and task["status"] in WITH_LINK:
                signing = self._build_simple_signing(task)
                signings.add(**signing)
                task["simple_signing_id"] = signing["id"]
            number = tasks.add(**task)
            services.add(signingtask_id=number, service_id=shared.service.pk)
            history.add(task_id=number, **_build_history_entry(task))
            if len(tasks.rows) == BATCH:
                write_all(*buffers)
        write_all(*buffers)
        reset_sequences(*buffers)

    def _build_task(
        self, managers: list[int], contacts: list[tuple[int, int]], shared: SharedRows
    ) -> dict[str, Any]:
        """The values of one task by attribute name."""
        chance, status = self.random.random, self._choose_status()
        is_in_work = status in IN_WORK_SET
        created_at = self.now - (MAX_AGE_IN_WORK if is_in_work else MAX_AGE) * chance()
        changed_at = min(created_at + timedelta(seconds=300 + int(90_000 * chance())), self.now)
        # A few managers have most of the tasks.
        manager = managers[int(len(managers) * chance() ** 2)]
        client, version = contacts[int(len(contacts) * chance())]
        region, prefix = shared.regions[int(len(shared.regions) * chance())]
        task_type, channel = TYPES_AND_CHANNELS[int(len(TYPES_AND_CHANNELS) * chance())]
        resolutions = RESOLUTIONS[status]
        account = f"{prefix}{client % 10**9:09d}"
        return shared.values | {
            "status": status.value,
            "resolution": self.random.choice(resolutions) if resolutions else "",
            "status_changed_at": changed_at,
            "created_at": created_at,
            "updated_at": changed_at,
            "completed_at": None if is_in_work else changed_at,
            "task_type": task_type.value,
            "channel": channel.value,
            "manager_id": manager,
            "created_by_id": manager,
            "client_id": client,
            "contact_version_id": version,
            "region_id": region,
            "account_number": account,
            "account_verified_at": created_at,
            "document_number": account,
            "submission_key": uuid.uuid4(),
        }

    def _build_simple_signing(self, task: dict[str, Any]) -> dict[str, Any]:
        """The signing of a task whose client has got a link, or has used it."""
        is_done = task["status"] != Status.DOCUMENT_SIGNING
        progress = Progress.SIGNED if is_done else self.random.choice(PROGRESS_IN_WORK)
        return {
            "id": uuid.uuid4(),
            "operation_id": uuid.uuid4(),
            "box_id": task["box_id"],
            "signatory_id": task["signatory_id"],
            "signer_id": task["contact_version_id"],
            "client_inn": "",
            "document_sha256": "0" * 64,
            "document_number": task["document_number"],
            "document_kind": task["document_kind_id"],
            "file_name": f"{task['document_number']}.pdf",
            "state": (SimpleSigning.State.SIGNED if is_done else SimpleSigning.State.SENT).value,
            "progress": progress.value,
            "progress_at": task["status_changed_at"],
            "expires_at": task["status_changed_at"] + MAX_AGE_IN_WORK,
            "created_at": task["created_at"],
            "sent_at": task["status_changed_at"],
            "finished_at": task["completed_at"],
        }

    def _choose_status(self) -> Status:
        if self.random.random() < IN_WORK_SHARE:
            return self.random.choice(IN_WORK)
        is_cancelled = self.random.random() < CANCELLED_SHARE
        return Status.CANCELLED if is_cancelled else Status.COMPLETED

    def _build_version(self, document: int, shared: SharedRows) -> dict[str, Any]:
        return {
            "document_id": document,
            "number": 1,
            "file_name": "Договор.pdf",
            "source_id": shared.file.pk,
            "has_contents_page": False,
            "pdf_id": shared.file.pk,
            "state": DocumentVersion.State.READY.value,
            "converter": DocumentVersion.Converter.NONE.value,
            "pages": 10,
            "archive_system": "APD",
            "archive_code": f"{self.random.randrange(10**13):013d}",
            "archived_at": self.now,
        }

    def _build_package(self, task: dict[str, Any], shared: SharedRows) -> dict[str, Any]:
        return {
            "file_id": shared.file.pk,
            "file_name": f"{task['document_number']}.zip",
            "code": uuid.uuid4().hex,
            "archive_system": "APD",
            "archive_code": f"{self.random.randrange(10**13):013d}",
            "archived_at": task["completed_at"],
        }


def _build_client(number: int, company: str) -> dict[str, Any]:
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


def _build_contact_details() -> dict[str, str]:
    return {"email": "client@firma.example", "name_key": "петров петр петрович"}


def _build_history_entry(task: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": task["status_changed_at"],
        "acted_as": Actor.SYSTEM.value,
        "kind": HistoryEntry.Kind.TRANSITION.value,
        "name": "loaded",
        "new_status": task["status"],
        "resolution": task["resolution"],
    }
