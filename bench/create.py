"""`scripts/bench create`: «Создать задание» with a PDF of 60 KB, all in one request.

As a page without a script sends it: the whole form and the file. The outside systems that the form
asks are the simulators, so their time is in the figure. Works on a database of its own.
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
from bench.gates import Gate, at_most, told
from bench.pipeline import own_database, own_stack
from bench.serving import Answer, Measure, Visitor, servers
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
ADDRESS = "/tasks/new/company/"


def run() -> list[Gate]:
    """Time against a bare view, and queries."""
    with own_database(), tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with simulators.running(work) as sandbox, override_settings(MEDIA_ROOT=work / "files"):
            world.connect(cast(Settings, settings), sandbox)
            world.install()
            person = world.make_manager(username=NAME)
            person.set_password(PASSWORD)
            person.save()
            form = Form(person)
            return [*queries_gate(person, form), *time_gate(own_stack(sandbox).environment, form)]


class Form:
    """The form as a page without a script sends it, each time with another contact."""

    def __init__(self, person: User) -> None:
        region = Region.objects.get(name=world.SEAMLESS)
        box = Box.objects.filter(regions=region).order_by("pk")[0]
        self.sent = 0
        self.file = large_pdf()
        self.values = {
            "client": f"{simulators.ROMASHKA}-{kpp_of(simulators.ROMASHKA)}",
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

    def filled(self, **more: Any) -> dict[str, Any]:
        """Its fields for one more task."""
        self.sent += 1
        return {
            **self.values,
            # Nobody like anybody before: the form would ask whether it is the same person.
            "new-surname": "Петров" + "".join("абвгдежзик"[int(d)] for d in str(self.sent)),
            "new-phone": f"+7912{self.sent:07d}",
            "new-email": f"p{self.sent}@client.example",
            "page": str(uuid.uuid4()),
            "revision": "",
            "submission_key": str(uuid.uuid4()),
            "document": SimpleUploadedFile("Договор.pdf", self.file),
            **more,
        }


def kpp_of(inn: str) -> str:
    organisation = cdi().get(inn)
    if organisation is None:
        raise LookupError(f"The sandbox does not know {inn}")
    return organisation.kpp


def large_pdf() -> bytes:
    """The sample contract, made as large as the gate asks for."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(world.pdf_file())) as pdf:
        pdf.Root.Padding = pdf.make_stream(os.urandom(FILE_SIZE - len(world.pdf_file())))
        pdf.save(file)
    return file.getvalue()


def queries_gate(person: User, form: Form) -> list[Gate]:
    """The queries of creations after the first, in this process: the client is known by then."""
    browser = Browser(SERVER_NAME="127.0.0.1")
    browser.force_login(person, backend="accounts.backends.RoleBackend")
    counts = []
    for _ in range(IN_PROCESS):
        with CaptureQueriesContext(connection) as captured:
            answer = browser.post(ADDRESS, form.filled())
        if answer.status_code != 302:
            raise RuntimeError(f"{answer.status_code}: {answer.content.decode()}")
        counts.append(len(captured))
    return [at_most("create: queries", min(counts[1:]), QUERIES_BAR)]


def time_gate(environment: dict[str, str], form: Form) -> list[Gate]:
    """Through the web server, each time another task."""
    with servers(environment) as (product, hello):
        visitor = Visitor(product.port).log_in(NAME, PASSWORD)
        token = visitor.form_token(ADDRESS)

        def create() -> Answer:
            body = encode_multipart(BOUNDARY, form.filled(csrfmiddlewaretoken=token))
            return visitor.post(ADDRESS, body, f"multipart/form-data; boundary={BOUNDARY}")

        before = SigningTask.objects.count()
        cost = Measure(product, hello).page(create, TIMES, status=302)
    if SigningTask.objects.count() - before < TIMES:
        raise RuntimeError("Not every form has made a task")
    return [
        at_most("create with a 60 KB file: p95 ÷ hello p50", cost.ratio, P95_BAR),
        told("create: p95, ms", cost.p95 * 1000),
        told("create: CPU of the web, ms", cost.web_cpu * 1000),
        told("create: CPU of PostgreSQL, ms", cost.database_cpu * 1000),
    ]
