"""`scripts/bench create`: «Создать задание» with a PDF of 60 KB in a single request.

The request is the one of a browser without JavaScript: the whole form and the file. The form calls
the simulators of outside systems, so their time is included. Uses a temporary database.
"""

import io
import os
import tempfile
import uuid
from pathlib import Path
from typing import Any, cast

import pikepdf
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test import override_settings
from django.test.client import encode_multipart
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.models import User
from bench.gates import Gate, at_most, figure
from bench.pipeline import make_stack, temporary_database
from bench.serving import PageMeter, servers
from bench.visitor import Visitor, VisitorResponse
from clients.gateways.cdi import cdi
from clients.models import Region
from edo.models import Box, Signatory
from tasks.models import SigningTask
from tests.support import sandbox as simulators
from tests.support import world

TIMES, IN_PROCESS = 60, 5
P95_BAR, QUERIES_BAR = 40, 15
FILE_SIZE = 60_000
BOUNDARY = "bench-boundary"
NAME, PASSWORD = "bench", "only-for-measuring"
PATH = "/tasks/new/company/"


def run() -> list[Gate]:
    """Number of queries, and time compared with the bare view."""
    with temporary_database(), tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with simulators.running(work) as sandbox, override_settings(MEDIA_ROOT=work / "files"):
            world.connect(cast(Settings, settings), sandbox)
            world.install()
            manager = world.make_manager(username=NAME)
            manager.set_password(PASSWORD)
            manager.save()
            form = TaskForm()
            environment = make_stack(sandbox).environment
            return [*query_gates(manager, form), *time_gates(environment, form)]


class TaskForm:
    """The fields of the form, each time with a new contact."""

    def __init__(self) -> None:
        region = Region.objects.get(name=world.SEAMLESS)
        box = Box.objects.filter(regions=region).order_by("pk")[0]
        self.count = 0
        self.file = make_pdf()
        self.values = {
            "client": f"{simulators.ROMASHKA}-{find_kpp(simulators.ROMASHKA)}",
            "contact": "new",
            "new-given_name": "Петр",
            "new-patronymic": "Петрович",
            "new-position": "Генеральный директор",
            "region": str(region.pk),
            "box": str(box.pk),
            "signatory": str(Signatory.objects.get(key_ref="signer-ivanova").pk),
            "account_number": world.PREFIXES[world.SEAMLESS] + simulators.ROMASHKA[:9],
            "document_number": "",
            "copied_number": "",
            "document_kind": "contract",
            "services": ["internet"],
        }

    def build_fields(self, **values: Any) -> dict[str, Any]:
        """The fields for another task; `values` are added to them."""
        self.count += 1
        return {
            **self.values,
            # A similar contact would make the form ask whether it is the same person.
            "new-surname": "Петров" + "".join("абвгдежзик"[int(d)] for d in str(self.count)),
            "new-phone": f"+7912{self.count:07d}",
            "new-email": f"p{self.count}@client.example",
            "page": str(uuid.uuid4()),
            "revision": "",
            "submission_key": str(uuid.uuid4()),
            "document": SimpleUploadedFile("Договор.pdf", self.file),
            **values,
        }


def find_kpp(inn: str) -> str:
    """КПП of an organisation of the sandbox; raises LookupError for an unknown ИНН."""
    organisation = cdi().get(inn)
    if organisation is None:
        raise LookupError(f"The sandbox has no organisation {inn}")
    return organisation.kpp


def make_pdf() -> bytes:
    """The sample contract, padded to FILE_SIZE bytes."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(world.pdf_file())) as pdf:
        pdf.Root.Padding = pdf.make_stream(os.urandom(FILE_SIZE - len(world.pdf_file())))
        pdf.save(file)
    return file.getvalue()


def query_gates(manager: User, form: TaskForm) -> list[Gate]:
    """Queries of a creation in this process; the first one also stores the client: left out."""
    browser = Browser(SERVER_NAME="127.0.0.1")
    browser.force_login(manager, backend="accounts.backends.RoleBackend")
    counts = []
    for _ in range(IN_PROCESS):
        with CaptureQueriesContext(connection) as queries:
            response = browser.post(PATH, form.build_fields())
        if response.status_code != 302:
            raise RuntimeError(f"{response.status_code}: {response.content.decode()}")
        counts.append(len(queries))
    return [at_most("create: queries", min(counts[1:]), QUERIES_BAR)]


def time_gates(environment: dict[str, str], form: TaskForm) -> list[Gate]:
    """Time and CPU of creations through the web server."""
    with servers(environment) as (product, hello):
        visitor = Visitor(product.port).log_in(NAME, PASSWORD)
        token = visitor.read_csrf_token(PATH)

        def create() -> VisitorResponse:
            body = encode_multipart(BOUNDARY, form.build_fields(csrfmiddlewaretoken=token))
            return visitor.post(PATH, body, f"multipart/form-data; boundary={BOUNDARY}")

        before = SigningTask.objects.count()
        cost = PageMeter(product, hello).measure(create, TIMES, status=302)
    if SigningTask.objects.count() - before < TIMES:
        raise RuntimeError("Not every request has created a task")
    return [
        at_most("create with a 60 KB file: p95 ÷ hello p50", cost.ratio, P95_BAR),
        figure("create: p95, ms", cost.p95 * 1000),
        figure("create: CPU of the web, ms", cost.web_cpu * 1000),
        figure("create: CPU of PostgreSQL, ms", cost.database_cpu * 1000),
    ]
