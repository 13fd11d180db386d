"""Very many tasks, quickly: for benchmarks and trials of size. Rows only, no outside systems.

Skewed as life is: 5 % in work, most of the rest completed; few managers make most tasks.
"""

import random
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.db import connection, models, transaction
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
from clients.models import Client, ClientContact, Contact, ContactVersion, Region, Service
from econtract.common import clock
from edo.models import Box, Signatory
from tasks.demo.people import PASSWORD
from tasks.lifecycle import Actor
from tasks.models import DocumentKind, HistoryEntry, SigningTask
from tasks.statuses import IN_WORK, Status, resolutions_of

BATCH = 2_000
TASKS_A_CLIENT = 4
USERS_A_GROUP = 62
IN_WORK_SHARE = 0.05
CANCELLED_SHARE = 0.06
PAST = timedelta(days=700)

Row = TypeVar("Row", bound=models.Model)


class Loader:
    """Makes users, clients and tasks in bulk; the same seed gives the same rows."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)  # noqa: S311
        Faker.seed(seed)
        self.faker = Faker("ru_RU")
        self.now = clock.now()

    def load(self, *, tasks: int, users: int) -> None:
        """Adds ``tasks`` tasks of ``users`` new users; directories must be loaded."""
        managers = self._users(users)
        self._groups(managers)
        contacts = self._clients(max(1, tasks // TASKS_A_CLIENT))
        self._tasks(tasks, managers, contacts)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    # --- People ----------------------------------------------------------------------------

    def _users(self, count: int) -> list[User]:
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
            batch_size=BATCH,
        )
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=Role.MANAGER) for user in users)
        TypeAccess.objects.bulk_create(
            TypeAccess(user=user, task_type=kind) for user in users for kind in TaskType
        )
        return users

    def _groups(self, managers: list[User]) -> None:
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
            RoleGrant.objects.create(user=lead, role=Role.TEAM_LEAD)
            AccessGroupUserObjectPermission.objects.bulk_create(
                [
                    AccessGroupUserObjectPermission(
                        content_object=group,
                        user=lead,
                        permission=permissions[AccessGroup.MEMBER_TEAM_LEAD],
                    ),
                    *(
                        AccessGroupUserObjectPermission(
                            content_object=group,
                            user=member,
                            permission=permissions[AccessGroup.MEMBER_MANAGER],
                        )
                        for member in members
                    ),
                ]
            )

    # --- Clients ---------------------------------------------------------------------------

    def _clients(self, count: int) -> list[tuple[int, int]]:
        """Client and contact version of each new client."""
        names = [self.faker.company() for _ in range(500)]
        start = Client.objects.count()
        pairs: list[tuple[int, int]] = []
        for first in range(0, count, BATCH):
            numbers = range(start + first, start + min(first + BATCH, count))
            clients = Client.objects.bulk_create(self._client(n, names) for n in numbers)
            contacts = Contact.objects.bulk_create(
                Contact(phone=f"+7{9_000_000_000 + number}") for number in numbers
            )
            versions = ContactVersion.objects.bulk_create(
                self._person(contact) for contact in contacts
            )
            for contact, version in zip(contacts, versions, strict=True):
                contact.current = version
            Contact.objects.bulk_update(contacts, ["current"], batch_size=BATCH)
            ClientContact.objects.bulk_create(
                ClientContact(client=client, contact=contact)
                for client, contact in zip(clients, contacts, strict=True)
            )
            pairs += [(c.pk, v.pk) for c, v in zip(clients, versions, strict=True)]
        return pairs

    def _client(self, number: int, names: list[str]) -> Client:
        name = f"{names[number % len(names)]} {number}"
        client = Client(
            kind=Client.Kind.LEGAL,
            short_name=name,
            full_name=name,
            inn=f"{1_000_000_000 + number}",
            kpp="770101001",
            ogrn=f"{1_000_000_000_000 + number}",
        )
        client.fill_keys()
        return client

    def _person(self, contact: Contact) -> ContactVersion:
        person = ContactVersion(
            contact=contact,
            number=1,
            surname="Петров",
            given_name="Петр",
            patronymic="Петрович",
            phone=contact.phone,
            email="client@firma.example",
        )
        person.fill_keys()
        return person

    # --- Tasks -----------------------------------------------------------------------------

    def _tasks(self, count: int, managers: list[User], contacts: list[tuple[int, int]]) -> None:
        shared = _Shared.make()
        rows = (self._task(managers, contacts, shared) for _ in range(count))
        for batch in _batches(rows):
            with transaction.atomic():
                self._save(batch, shared)

    def _task(
        self, managers: list[User], contacts: list[tuple[int, int]], shared: "_Shared"
    ) -> SigningTask:
        status = self._status()
        created = self.now - PAST * self.random.random()
        if status in IN_WORK:
            created = self.now - timedelta(days=14) * self.random.random()
        finished = created + timedelta(seconds=self.random.randint(300, 90_000))
        # A few managers make most of the tasks.
        manager = managers[int(len(managers) * self.random.random() ** 2)]
        client, version = self.random.choice(contacts)
        account = f"{self.random.choice(shared.regions).account_prefix}{client % 10**9:09d}"
        resolutions = sorted(resolutions_of(status))
        return SigningTask(
            status=status,
            resolution=self.random.choice(resolutions) if resolutions else "",
            status_changed_at=finished,
            created_at=created,
            updated_at=finished,
            completed_at=None if status in IN_WORK else finished,
            task_type=TaskType.LEGAL,
            seamless=True,
            manager=manager,
            created_by=manager,
            client_id=client,
            contact_version_id=version,
            region=self.random.choice(shared.regions),
            box=shared.box,
            signatory=shared.signatory,
            account_number=account,
            account_verified_at=created,
            document_number=account,
            document_kind=DocumentKind.CONTRACT,
            document=shared.version.document,
            document_version=shared.version,
        )

    def _status(self) -> Status:
        if self.random.random() < IN_WORK_SHARE:
            return self.random.choice(IN_WORK)
        cancelled = self.random.random() < CANCELLED_SHARE
        return Status.CANCELLED if cancelled else Status.COMPLETED

    def _save(self, batch: list[SigningTask], shared: "_Shared") -> None:
        completed = [task for task in batch if task.status == Status.COMPLETED]
        packages = Package.objects.bulk_create(
            Package(
                file=shared.version.source,
                file_name=f"{task.document_number}.zip",
                code=uuid.uuid4().hex,
                archive_system="APD",
                archive_code=f"{self.random.randrange(10**12):012d}",
                lodged_at=task.completed_at,
            )
            for task in completed
        )
        for task, package in zip(completed, packages, strict=True):
            task.package = package
        made = SigningTask.objects.bulk_create(batch)
        SigningTask.services.through.objects.bulk_create(
            SigningTask.services.through(signingtask_id=task.pk, service_id=shared.service.pk)
            for task in made
        )
        HistoryEntry.objects.bulk_create(
            HistoryEntry(
                task=task,
                at=task.status_changed_at,
                acted_as=Actor.SYSTEM,
                kind=HistoryEntry.Kind.TRANSITION,
                name="loaded",
                new_status=task.status,
                resolution=task.resolution,
            )
            for task in made
        )


class _Shared:
    """What all tasks of a load have in common."""

    def __init__(self, **rows: Any) -> None:
        self.regions: list[Region] = rows["regions"]
        self.service: Service = rows["service"]
        self.box: Box = rows["box"]
        self.signatory: Signatory = rows["signatory"]
        self.version: DocumentVersion = rows["version"]

    @classmethod
    def make(cls) -> "_Shared":
        """Takes what is there and makes what is missing. Raises LookupError without regions."""
        regions = list(Region.objects.all())
        service = Service.objects.first()
        if not regions or service is None:
            raise LookupError("Load the directories first: manage.py load_reference.")
        return cls(
            regions=regions,
            service=service,
            box=Box.objects.first() or _box(),
            signatory=Signatory.objects.first() or _signatory(),
            version=_version(),
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


def _version() -> DocumentVersion:
    file, _ = StoredFile.objects.get_or_create(
        sha256="0" * 64, defaults={"size": 60_000, "content_type": "application/pdf"}
    )
    return DocumentVersion.objects.create(
        document=Document.objects.create(),
        number=1,
        file_name="Договор.pdf",
        source=file,
        pdf=file,
        state=DocumentVersion.State.READY,
        converter=DocumentVersion.Converter.NONE,
        pages=10,
    )


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch
