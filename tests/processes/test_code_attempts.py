"""However many requests come at once, to however many processes: a code is checked three times."""

import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter

import pytest
from pytest_django.fixtures import Settings

from edo.channels.simple import client, codes
from edo.channels.simple.agreements import get_texts_in_force
from edo.evidence_chain.kinds import RecordKind
from edo.models import SigningCode, SigningLink
from edo.models.simple_signing import MAX_CODE_ATTEMPTS
from edo.records import ClientDevice, export_chain
from tests.support import world
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import (
    Outbox,
    create_signing_task,
    link_of,
    signing_of,
    sms,
)
from tests.support.stack import Stack

__all__ = ["sms"]

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("kill"),
    pytest.mark.timeout(300),
]
REQUESTS = 50
DEVICE = ClientDevice(address="203.0.113.7")


def test_parallel_guesses_get_three_checks(
    settings: Settings, sandbox: Sandbox, sms: Outbox
) -> None:
    world.connect(settings, sandbox)
    task = create_signing_task()
    path = link_of(task)
    link = SigningLink.objects.select_related("signing__signer", "signing__box").get()
    client.record_submission(link, DEVICE, pages=1)
    client.accept_texts(link, get_texts_in_force(), DEVICE)
    codes.request_code(link, DEVICE)
    with Stack(sandbox) as stack:
        stack.start_web()
        stack.start_web()  # another process on the same socket
        answers = send_at_once(f"{stack.url}{path}sign/", wrong_guesses(sms.code))
        assert answers == Counter({422: REQUESTS}), stack.logs
        assert post(f"{stack.url}{path}sign/", sms.code) == 422
        # Neither the logs of the processes nor what they say of refused requests has the token.
        assert path.split("/")[2] not in stack.logs
        assert_dead_links_look_alike(stack, task_path=path)
    chain = export_chain(signing_of(task), with_values=False)
    checks = chain.find(RecordKind.CODE_CHECKED)
    assert [record.facts["attempt"] for record in checks] == [1, 2, 3]
    assert SigningCode.objects.get().attempts == MAX_CODE_ATTEMPTS
    assert signing_of(task).state != "signed"


def wrong_guesses(code: str) -> list[str]:
    return [f"{(int(code) + 1 + step) % 10**6:06}" for step in range(REQUESTS)]


def send_at_once(url: str, guesses: list[str]) -> Counter[int]:
    """The status codes of requests that all wait for the last thread."""
    barrier, statuses = threading.Barrier(len(guesses)), []

    def send(guess: str) -> None:
        barrier.wait()
        statuses.append(post(url, guess))

    threads = [threading.Thread(target=send, args=[guess]) for guess in guesses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(statuses)


def post(url: str, code: str) -> int:
    body = urllib.parse.urlencode({"code": code}).encode()
    try:
        with urllib.request.urlopen(url, body, timeout=60) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def assert_dead_links_look_alike(stack: Stack, task_path: str) -> None:
    """A link that has ended and one that never was: the same body in the same time.

    Each time is the fastest of many, taken alternately, so that other load affects both.
    """
    SigningLink.objects.update(ended_at=SigningLink.objects.get().created_at, end="revoked")
    ended, unknown = f"{stack.url}{task_path}", f"{stack.url}/s/{'x' * 22}/"
    bodies, times = set(), {ended: [], unknown: []}  # type: ignore[var-annotated]
    for _ in range(60):
        for url, seconds in times.items():
            start = time.perf_counter()
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(url, timeout=60)  # noqa: S310
            seconds.append(time.perf_counter() - start)
            bodies.add(re.sub(rb"\s+", b" ", caught.value.read()))
    assert len(bodies) == 1
    fastest = [sorted(seconds)[5] for seconds in times.values()]
    assert max(fastest) < 1.3 * min(fastest), fastest
