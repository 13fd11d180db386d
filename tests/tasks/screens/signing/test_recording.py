"""What a request records: in few queries, and nothing once its link has ended."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from edo import records
from edo.evidence_chain.chains import find_problems
from edo.evidence_chain.kinds import RecordKind
from edo.models import EvidenceRecord
from tasks.models import SigningTask
from tasks.screens.signing import visits
from tasks.screens.signing.visits import Visit
from tests.support.signing.simple_signings import (
    Outbox,
    build_ticks,
    create_signing_task,
    link_of,
    records_of,
    signing_of,
)

pytestmark = pytest.mark.django_db
PAGES = 500


@pytest.mark.parametrize(
    ("address", "values", "max_queries"),
    [
        ("progress/", {"pages": ",".join(map(str, range(1, PAGES + 1))), "end": "1"}, 40),
        ("code/", {}, 90),
    ],
    ids=["with a script", "without"],
)
def test_a_document_of_500_pages_is_recorded_in_few_queries(
    address: str, values: dict[str, str], max_queries: int, sms: Outbox
) -> None:
    task = create_signing_task(pages=PAGES)
    path, data = link_of(task), {**build_ticks(), **values}
    browser = Browser(headers={"User-Agent": "Phone", "Accept-Language": "ru"})
    with CaptureQueriesContext(
        connection,
    ) as queries:
        browser.post(path + address, data)
    chain = records.export_chain(signing_of(task), with_values=True)
    assert find_problems(chain) == []
    shown = chain.find(RecordKind.PAGE_SHOWN)
    assert [record.facts["page"] for record in shown] == list(range(1, PAGES + 1))
    assert {record.value("browser") for record in shown} == {"Phone"}
    assert len(queries) <= max_queries, "\n".join(query["sql"][:90] for query in queries)


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("progress/", {"pages": "1"}),
        ("code/", build_ticks),
        ("sign/", {"code": "123456"}),
        ("refuse/", {"choice": "terms"}),
        ("wrong-number/", {}),
    ],
)
def test_a_link_that_ends_while_a_form_is_on_its_way_is_a_dead_one(
    address: str,
    values: Any,
    client: Browser,
    sms: Outbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = create_signing_task()
    path = link_of(task)
    find_visit = visits.find_visit

    def find_visit_in_time(request: HttpRequest, token: str) -> Visit | None:
        visit = find_visit(request, token)
        kinds.extend([] if kinds else end_link(task))
        return visit

    kinds: list[str] = []
    monkeypatch.setattr(visits, "find_visit", find_visit_in_time)
    data = values() if callable(values) else values
    answer = client.post(path + address, data)
    assert kinds
    unknown = client.post(f"/s/{'x' * 22}/{address}", data)
    assert (answer.status_code, answer.content) == (404, unknown.content)
    assert answer.cookies.keys() == unknown.cookies.keys()
    assert records_of(task) == kinds
    assert (signing_of(task).state, sms.texts) == ("sent", [])


def end_link(task: SigningTask) -> list[str]:
    """A new link replaces the one before; returns the records so far."""
    link_of(task)
    return list(EvidenceRecord.objects.values_list("kind", flat=True))
