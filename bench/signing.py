"""`scripts/bench signing`: the chain, the signing page, and a hundred people who sign at once.

Each person opens their link, sends the form with both ticks and then the code, as a browser without
a script does. The codes leave through the sandbox, so its time is included. A record of the
chain is compared with a bare INSERT of the same row. Uses a temporary database.
"""

import re
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from pytest_django.fixtures import Settings

from bench.gates import Gate, at_least, at_most, figure
from bench.pipeline import make_stack, temporary_database
from bench.serving import PageMeter, Server, p95, servers
from bench.visitor import Visitor
from edo import records
from edo.evidence_chain.kinds import RecordKind
from edo.models import EvidenceRecord, SimpleSigning
from edo.records import ClientDevice, Event, Fact
from tests.support import sandbox as simulators
from tests.support import world
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import (
    build_ticks,
    create_signing_task,
    link_of,
    signing_of,
)

PEOPLE, TIMES = 100, 200
# The page asks to repeat when the messaging service, here the sandbox, has not answered in time.
TRIES, SERVICE_UNAVAILABLE = 5, 503
RECORDS, PAGES = 300, 500
PAGE_BAR, PERSON_BAR, CHAIN_BAR, BULK_BAR = 40, 30, 0.15, 3
DEVICE = ClientDevice(
    address="203.0.113.7", browser="Mozilla/5.0 (Android 15; Mobile)", time_zone="Asia/Omsk"
)
LIMITS = {"SIGNING_PER_MINUTE": "100000", "MESSAGES_PER_CLIENT": "0", "MESSAGES_IN_ALL": "0"}


def run() -> list[Gate]:
    """The page compared with the bare view, and the time from the link to the signature."""
    with temporary_database(), tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with simulators.running(work) as sandbox, override_settings(MEDIA_ROOT=work / "files"):
            world.connect(cast(Settings, settings), sandbox)
            call_command("load_reference", verbosity=0)
            environment = make_stack(sandbox).environment | LIMITS
            with servers(environment) as (product, hello):
                return [
                    *chain_gates(),
                    *page_gates(product, hello),
                    *crowd_gates(product, sandbox),
                ]


def chain_gates() -> list[Gate]:
    """Records of one chain after another in transactions of their own, and 500 pages in one."""
    signing = signing_of(create_signing_task())
    bare = signing_of(create_signing_task())
    facts: dict[str, Fact] = {"page": 1, "link": "1", "is_measured": True}
    pages = [Event(kind=RecordKind.PAGE_SHOWN, facts=facts)] * PAGES

    def append(_: int) -> None:
        with transaction.atomic():
            records.append(signing, RecordKind.PAGE_SHOWN, facts=facts, device=DEVICE)

    def insert(number: int) -> None:
        with transaction.atomic():
            row = EvidenceRecord(signing=bare, number=number, kind="page_shown", facts=facts)
            row.hash = row.previous_hash = "0" * 64
            row.save(force_insert=True)

    def append_pages(_: int) -> None:
        with transaction.atomic():
            records.append_all(signing, pages, device=DEVICE)

    ours = RECORDS / time_of(append, RECORDS)
    inserts = RECORDS / time_of(insert, RECORDS)
    at_once = PAGES / time_of(append_pages, 1)
    return [
        figure("chain: records a second", ours, 0),
        figure("chain: bare inserts a second", inserts, 0),
        at_least("chain: ours ÷ bare", ours / inserts, CHAIN_BAR),
        figure("chain: records a second, 500 at once", at_once, 0),
        at_least("chain: 500 at once ÷ one by one", at_once / ours, BULK_BAR, digits=1),
    ]


def time_of(work: Callable[[int], None], times: int) -> float:
    """The seconds of all calls of ``work`` with their numbers."""
    start = time.perf_counter()
    for number in range(times):
        work(number)
    return time.perf_counter() - start


def page_gates(product: Server, hello: Server) -> list[Gate]:
    """GET of the page of a live link."""
    visitor, path = Visitor(product.port), link_of(create_signing_task(pages=10))
    cost = PageMeter(product, hello).measure(lambda: visitor.get(path), TIMES)
    return [
        at_most("signing page: p95 ÷ hello p50", cost.ratio, PAGE_BAR),
        figure("signing page: p95, ms", cost.p95 * 1000),
        figure("signing page: CPU of the web, ms", cost.web_cpu * 1000),
    ]


def crowd_gates(product: Server, sandbox: Sandbox) -> list[Gate]:
    """All people start at the same moment."""
    people = [Person(product, sandbox) for _ in range(PEOPLE)]
    barrier = threading.Barrier(PEOPLE)
    threads = [threading.Thread(target=person.sign, args=[barrier]) for person in people]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    signed = SimpleSigning.objects.filter(state=SimpleSigning.State.SIGNED).count()
    return [
        at_least("100 people at once: signed", signed, PEOPLE, digits=0),
        at_most(
            "100 people at once: p95 of a person, s",
            p95([one.seconds for one in people]),
            PERSON_BAR,
        ),
        figure("100 people at once: signatures a second", signed / seconds),
    ]


class Person:
    """A client with a link and a phone."""

    def __init__(self, product: Server, sandbox: Sandbox) -> None:
        task = create_signing_task()
        self.sandbox, self.phone = sandbox, task.contact_version.phone
        self.path = link_of(task)
        self.ticks = urlencode(build_ticks()).encode()
        self.visitor = Visitor(product.port)
        self.seconds = float("inf")

    def sign(self, barrier: threading.Barrier) -> None:
        """From the link to the signature; raises RuntimeError when a page refuses."""
        barrier.wait()
        start = time.perf_counter()
        self.visitor.get(self.path)
        self._post("code/", self.ticks)
        self._post("sign/", urlencode({"code": self._read_code()}).encode())
        self.seconds = time.perf_counter() - start

    def _post(self, address: str, body: bytes) -> None:
        for _ in range(TRIES):
            response = self.visitor.post(self.path + address, body)
            if response.status != SERVICE_UNAVAILABLE:
                break
        if response.status != 302:
            raise RuntimeError(f"{address}: {response.status}")

    def _read_code(self) -> str:
        text = self.sandbox.messages(self.phone)[-1]["text"]
        match = re.search(r"Код (\d{6})", text)
        if match is None:
            raise RuntimeError(f"No code in «{text}»")
        return match[1]
