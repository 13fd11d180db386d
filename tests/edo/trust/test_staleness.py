"""Stale lists, as the administrator and the card see them, and the job that renews lists."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine

from edo.channels.operator.summary import summarize
from edo.models import Box, Signatory, TrustList, TrustListFetch
from edo.trust import store
from edo.trust.crls import need_crls, refresh_crls
from edo.trust.refresh import fetch_trust_list
from edo.trust.staleness import find_stale_since, find_stale_sources
from tests.support.fake_server import FakeServer, response
from tests.support.signing.authority_answers import HOUR, crl, crl_point
from tests.support.signing.pki import DAY, NOW, authority
from tests.support.signing.trust_lists import build_list, sign_list

pytestmark = pytest.mark.usefixtures("installation")


def stale_at(at: dt.datetime) -> list[tuple[str, dt.datetime | None]]:
    store.forget()
    return [(source.title, source.since) for source in find_stale_sources(at)]


def test_a_list_that_has_ended_is_named_with_its_end(server: FakeServer) -> None:
    signer = authority().signer(extensions=[crl_point(server)])
    need_crls([signer.certificate, authority().issuing])
    assert stale_at(NOW) == [], "nobody has tried to fetch it yet"
    server.responses.append(response(200, crl(until=NOW + HOUR)))
    refresh_crls()
    assert stale_at(NOW) == []
    title = "Список отзыва УЦ «Тестовый УЦ»"
    assert stale_at(NOW + 2 * HOUR) == [(title, NOW + HOUR)]
    assert find_stale_since(signer.pem, NOW) is None
    assert find_stale_since(signer.pem, NOW + 2 * HOUR) == NOW + HOUR


def test_a_list_that_never_came_is_named_with_the_reason(server: FakeServer) -> None:
    signer = authority().signer(extensions=[crl_point(server)])
    need_crls([signer.certificate, authority().issuing])
    server.responses.append(response(404))
    refresh_crls()
    [source] = find_stale_sources(NOW)
    assert (source.text, source.reason) == ("Не получен", "Ответ HTTP 404.")
    assert find_stale_since(signer.pem, NOW) is None


def test_a_stale_file_of_the_settings_is_named(settings: Any, tmp_path: Path) -> None:
    settings.TRUST_LIST_URL = ""
    path = tmp_path / "uc.crl"
    path.write_bytes(crl(until=NOW + HOUR))
    settings.EDO_CRLS = [str(path)]
    assert stale_at(NOW) == []
    [source] = find_stale_sources(NOW + 2 * HOUR)
    assert source.title == "Список отзыва УЦ «Тестовый УЦ» (файл EDO_CRLS)"


def test_a_fresh_file_makes_up_for_a_list_that_does_not_come(
    settings: Any, server: FakeServer, tmp_path: Path
) -> None:
    path = tmp_path / "uc.crl"
    path.write_bytes(crl())
    settings.EDO_CRLS = [str(path)]
    signer = authority().signer(extensions=[crl_point(server)])
    need_crls([signer.certificate, authority().issuing])
    server.responses.append(response(404))
    refresh_crls()
    assert stale_at(NOW) == []


def test_the_list_of_authorities_is_fetched_once_a_day(
    settings: Any, server: FakeServer, now: time_machine.Traveller
) -> None:
    settings.TRUST_LIST_URL = f"{server.url}/tsl.xml"
    server.responses.append(response(200, sign_list(build_list(number=1))))
    fetch_trust_list()
    fetch_trust_list()
    now.move_to(NOW + DAY)
    server.responses.append(response(200, sign_list(build_list(number=2, issued_at=NOW))))
    fetch_trust_list()
    assert len(server.requests) == 2
    assert {row.number: row.state for row in TrustList.objects.all()} == {
        1: TrustList.State.ACCEPTED,
        2: TrustList.State.ACCEPTED,
    }


def test_a_list_that_cannot_be_taken_in_is_tried_again_and_becomes_stale(
    settings: Any, server: FakeServer, now: time_machine.Traveller
) -> None:
    settings.TRUST_LIST_URL = f"{server.url}/tsl.xml"
    server.responses.append(response(200, sign_list(build_list())))
    fetch_trust_list()
    waits = []
    now.move_to(NOW + DAY)
    for _ in range(7):
        at = dt.datetime.now(dt.UTC)
        server.responses.append(response(200, b"<html/>"))
        fetch_trust_list()
        row = TrustListFetch.objects.get()
        waits.append((row.due_at - at) // dt.timedelta(minutes=1))
        now.move_to(row.due_at)
    assert waits == [10, 20, 40, 80, 160, 320, 360]
    assert stale_at(NOW + 6 * DAY) == []
    [source] = find_stale_sources(NOW + 8 * DAY)
    assert source.since == NOW
    assert "не список аккредитованных" in source.reason


def test_the_card_says_since_when_revocation_is_not_checked(
    server: FakeServer, now: time_machine.Traveller
) -> None:
    signer = authority().signer(extensions=[crl_point(server)])
    signatory = Signatory(
        surname="Петров", certificate_pem=signer.pem, certificate_until=NOW + 30 * DAY
    )
    need_crls([signer.certificate, authority().issuing])
    server.responses.append(response(200, crl(until=NOW + HOUR)))
    refresh_crls()
    assert describe_revocation(signatory) is None
    now.move_to(NOW + 2 * HOUR)
    text = describe_revocation(signatory)
    assert text is not None
    assert text.startswith("не проверяется: список отзыва УЦ устарел 21.11.2026")


def describe_revocation(signatory: Signatory) -> str | None:
    store.forget()
    details = summarize(Box(name="ЛК"), signatory, None).details
    return next((detail.value for detail in details if detail.label == "Отзыв"), None)
