"""Very many tasks, quickly: for benchmarks and trials of size. Rows only, no outside systems.

Skewed as life is: 5 % in work, most of the rest completed; few managers make most tasks, most
clients are companies that sign in ЭДО.
"""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.db import connection
from faker import Faker

from accounts.models import (
    AccessGroup,
    AccessGroupUserObjectPermission,
    RoleGrant,
    TypeAccess,
    User,
)
from accounts.roles import Role, TaskType
from archive.models import Document, DocumentVersion, Package, StoredFile
from clients.models import Client, ClientContact, Contact, ContactVersion, Region, Service, queries
from econtract.platform.common import clock
from edo.models import Box, Signatory
from tasks.demo.people import PASSWORD
from tasks.demo.tables import Table, finish, write
from tasks.models import Channel, DocumentKind, HistoryEntry, SigningTask
from tasks.statuses import IN_WORK, Status, resolutions_of
from tasks.transitions import Actor

BATCH = 20_000
TASKS_A_CLIENT, TASKS_A_DOCUMENT = 4, 20
NAMES = 5_000
USERS_A_GROUP = 62
IN_WORK_SHARE = 0.05
CANCELLED_SHARE = 0.06
PAST, RECENT = timedelta(days=700), timedelta(days=14)
IN_WORK_SET = frozenset(IN_WORK)
RESOLUTIONS = {status: sorted(map(str, resolutions_of(status))) for status in Status}
# Of every hundred tasks: by whom, and how they are signed.
KINDS = (
    [(TaskType.LEGAL, Channel.EDO)] * 88
    + [(TaskType.SELF_EMPLOYED, Channel.EDO)] * 4
    + [(TaskType.SELF_EMPLOYED, Channel.SMS)] * 4
    + [(TaskType.CONTRACTOR, Channel.SMS)] * 4
)
PERSON = {"surname": "Петров", "given_name": "Петр", "patronymic": "Петрович"}


class Loader:
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
        managers = self._users(users) if users else _loaded_users()
        self._groups(managers if users else [])
        contacts = self._clients(max(1, tasks // TASKS_A_CLIENT))
        self._tasks(tasks, managers, contacts)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    # --- People ----------------------------------------------------------------------------

    def _users(self, count: int) -> list[int]:
        password = make_password(PASSWORD)
        start = User.objects.count()
        users = User.objects.bulk_create(
            (
                User(
                    username=f"load{start + number}",
                    password=password,
                    last_name=self.faker.last_name_female(),
                    first_name=self.faker.first_name_female(),
                    patronymic=self.faker.middle_name_female(),
                )
                for number in range(count)
            ),
            batch_size=1_000,
        )
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=Role.MANAGER) for user in users)
        TypeAccess.objects.bulk_create(
            TypeAccess(user=user, task_type=kind) for user in users for kind in TaskType
        )
        return [user.pk for user in users]

    def _groups(self, managers: list[int]) -> None:
        permissions = {
            permission.codename: permission
            for permission in Permission.objects.filter(codename__startswith="member_")
        }
        start = AccessGroup.objects.count()
        for number, first in enumerate(range(0, len(managers), USERS_A_GROUP)):
            group = AccessGroup.objects.create(
                name=f"Группа нагрузки {start + number + 1}",
                managers_see_each_other=number % 4 == 0,
            )
            members = managers[first : first + USERS_A_GROUP]
            lead = members[0]
            RoleGrant.objects.create(user_id=lead, role=Role.TEAM_LEAD)
            AccessGroupUserObjectPermission.objects.bulk_create(
                [
                    AccessGroupUserObjectPermission(
                        content_object=group,
                        user_id=lead,
                        permission=permissions[AccessGroup.MEMBER_TEAM_LEAD],
                    ),
                    *(
                        AccessGroupUserObjectPermission(
                            content_object=group,
                            user_id=member,
                            permission=permissions[AccessGroup.MEMBER_MANAGER],
                        )
                        for member in members
                    ),
                ]
            )

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
            versions.add(contact_id=contact, number=1, phone=phone, **PERSON, **_letters())
            links.add(client_id=client, contact_id=contact)
            pairs.append((client, version))
            if len(clients.rows) == BATCH:
                write(*tables)
        write(*tables)
        finish(*tables)
        return pairs

    # --- Tasks -----------------------------------------------------------------------------

    def _tasks(self, count: int, managers: list[int], contacts: list[tuple[int, int]]) -> None:
        shared = _Shared.make()
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
        for made in range(count):
            task = self._task(managers, contacts, shared)
            if made % TASKS_A_DOCUMENT == 0:
                document = documents.add()
                version = versions.add(**self._version(document, shared))
            task |= {"document_id": document, "document_version_id": version}
            if task["status"] == Status.COMPLETED:
                task["package_id"] = packages.add(**self._package(task, shared))
            number = tasks.add(**task)
            services.add(signingtask_id=number, service_id=shared.service.pk)
            history.add(task_id=number, **_entry(task))
            if len(tasks.rows) == BATCH:
                write(*tables)
        write(*tables)
        finish(*tables)

    def _task(
        self, managers: list[int], contacts: list[tuple[int, int]], shared: "_Shared"
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
        task_type, channel = KINDS[int(len(KINDS) * chance())]
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

    def _version(self, document: int, shared: "_Shared") -> dict[str, Any]:
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

    def _package(self, task: dict[str, Any], shared: "_Shared") -> dict[str, Any]:
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


def _letters() -> dict[str, str]:
    return {"email": "client@firma.example", "name_key": "петров петр петрович"}


def _entry(task: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": task["status_changed_at"],
        "acted_as": Actor.SYSTEM.value,
        "kind": HistoryEntry.Kind.TRANSITION.value,
        "name": "loaded",
        "new_status": task["status"],
        "resolution": task["resolution"],
    }


def _loaded_users() -> list[int]:
    """The managers of an earlier load, in its order. Raises LookupError where there was none."""
    users = User.objects.filter(username__startswith="load").order_by("pk")
    if found := list(users.values_list("pk", flat=True)):
        return found
    raise LookupError("No earlier load: say how many users to make.")


class _Shared:
    """What all tasks of a load have in common."""

    def __init__(self, **rows: Any) -> None:
        self.regions: list[tuple[int, str]] = rows["regions"]
        self.service: Service = rows["service"]
        self.box: Box = rows["box"]
        self.signatory: Signatory = rows["signatory"]
        self.file: StoredFile = rows["file"]
        self.values = {
            "seamless": True,
            "box_id": self.box.pk,
            "signatory_id": self.signatory.pk,
            "document_kind": DocumentKind.CONTRACT.value,
        }

    @classmethod
    def make(cls) -> "_Shared":
        """Takes what is there and makes what is missing. Raises LookupError without regions."""
        regions = list(Region.objects.values_list("pk", "account_prefix"))
        service = Service.objects.first()
        if not regions or service is None:
            raise LookupError("Load the directories first: manage.py load_reference.")
        return cls(
            regions=regions,
            service=service,
            box=Box.objects.first() or _box(),
            signatory=Signatory.objects.first() or _signatory(),
            file=_file(),
        )


def _box() -> Box:
    return Box.objects.create(name="Ящик нагрузки", operator_box_id="load", inn="7707049388")


def _signatory() -> Signatory:
    return Signatory.objects.create(
        surname="Нагрузкин",
        given_name="Иван",
        inn="500100732259",
        snils="11223344595",
        key_ref="load",
        certificate_pem="",
        certificate_serial="01",
        certificate_from=datetime(2020, 1, 1, tzinfo=UTC),
        certificate_until=datetime(2040, 1, 1, tzinfo=UTC),
    )


def _file() -> StoredFile:
    file, _ = StoredFile.objects.get_or_create(
        sha256="0" * 64, defaults={"size": 60_000, "content_type": "application/pdf"}
    )
    return file
