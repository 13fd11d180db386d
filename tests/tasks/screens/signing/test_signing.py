"""The signing page over HTTP, as a browser without a script uses it."""

import re

import pytest
from django.db import transaction
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from clients.messages.limits import count_message
from econtract.platform.common.errors import NotReadyYet, Unavailable
from edo import records
from edo.channels.simple import agreements, codes, links
from edo.evidence_chain.kinds import RecordKind
from edo.evidence_chain.order import find_order_problems
from edo.models import AgreementText, SigningCode, SigningLink, SimpleSigning
from tasks.models import SigningTask
from tests.support.signing.simple_signings import (
    Outbox,
    build_ticks,
    count_records,
    create_signing_task,
    link_of,
    records_of,
    sign_by_posts,
    signing_of,
)

pytestmark = pytest.mark.django_db
# With the time, and its zone: the page does not know the client's.
NEXT_CODE = re.compile(r"Следующий код можно получить \d\d\.\d\d\.\d{4} \d\d:\d\d МСК")


@pytest.fixture
def task() -> SigningTask:
    return create_signing_task()


def test_a_client_signs_without_a_script(task: SigningTask, sms: Outbox, client: Browser) -> None:
    path = link_of(task)
    assert "Получить код" in client.get(path).text
    add_earlier_number_records(task)
    response = sign_by_posts(client, path, sms)
    assert response.status_code == 302
    page = client.get(path).text
    assert "Документ подписан" in page
    assert "Легко ли было подписать?" in page
    signing = signing_of(task)
    assert (signing.state, signing.progress) == ("signed", "signed")
    chain = records.export_chain(signing, with_values=True)
    assert find_order_problems(chain, document_sha256=signing.document_sha256) == []
    assert [record.facts["is_measured"] for record in chain.find(RecordKind.PAGE_SHOWN)] == [False]
    assert b"%PDF" in b"".join(client.get(f"{path}document.pdf"))  # type: ignore[arg-type]
    client.post(f"{path}rating/", {"rating": "4"})
    client.post(f"{path}rating/", {"rating": "1"})
    assert signing_of(task).rating == 4
    assert "Спасибо за ответ" in client.get(path).text


def add_earlier_number_records(task: SigningTask) -> None:
    """What the channel has recorded before the link was sent."""
    signing, person = signing_of(task), {"name": "Петров", "phone": "+79120000000"}
    at = "2026-01-01T00:00:00+00:00"
    with transaction.atomic():
        facts = {"identified_at": at, "method": "gosuslugi", "reference": "R-1"}
        records.append(signing, RecordKind.PERSON_IDENTIFIED, facts=facts, personal=person)
        bound = {"bound_at": at, "by_role": "manager", "by_user": 5}
        records.append(signing, RecordKind.NUMBER_BOUND, facts=bound, personal=person)
        sent = {"document_sha256": signing.document_sha256}
        records.append(signing, RecordKind.DOCUMENT_SENT_TO_SIGN, facts=sent)


def test_opening_a_link_changes_nothing(task: SigningTask, sms: Outbox, client: Browser) -> None:
    """Previews and scanners open links, all of them, often."""
    path = link_of(task)
    before, kinds = signing_of(task), records_of(task)
    addresses = ("", "progress/", "code/", "sign/", "refuse/", "wrong-number/", "rating/", "text/")
    for _ in range(3):
        for address in (*addresses, "page/1/"):
            assert client.get(path + address).status_code in {200, 302}
            assert client.head(path + address).status_code in {200, 302}
        assert b"".join(client.get(path + "document.pdf"))  # type: ignore[arg-type]
    assert client.get(path + "package.zip").status_code == 404
    after = signing_of(task)
    assert (after.state, after.progress) == (before.state, before.progress)
    assert records_of(task) == kinds
    assert sms.texts == []
    assert SigningLink.objects.get().ended_at is None


def test_both_texts_are_accepted_once(task: SigningTask, sms: Outbox, client: Browser) -> None:
    path = link_of(task)
    one_tick = dict([*build_ticks().items()][:1])
    for ticks in ({}, one_tick):
        response = client.post(f"{path}code/", ticks)
        assert response.status_code == 422
        assert "без него подписать по СМС нельзя" in response.text
    assert sms.texts == []
    sign_by_posts(client, path, sms)
    contact = task.contact_version
    other = create_signing_task(contact_version=contact, client=task.client)
    page = client.get(link_of(other)).text
    assert "Согласен" not in page
    changed = AgreementText.objects.get(kind="personal_data")
    AgreementText.objects.create(kind=changed.kind, version=2, text="Новый", sha256="2" * 64)
    assert [text.version for text in agreements.find_missing_texts(contact.contact_id)] == [2]
    path = link_of(other)
    assert client.post(f"{path}code/", {"personal_data_1": "on"}).status_code == 422
    client.post(f"{path}code/", {"personal_data_2": "on"})
    assert count_records(other, RecordKind.AGREEMENT_SHOWN) == 0
    assert count_records(other, RecordKind.AGREEMENT_ACCEPTED) == 1
    assert count_records(other, RecordKind.CONSENT_SHOWN) == 1


@pytest.mark.parametrize("text", ["", "12345", "абвгде", "1234567", "١٢٣٤٥٦", "9" * 5000])
def test_what_is_no_code_costs_no_attempt(
    text: str, task: SigningTask, sms: Outbox, client: Browser
) -> None:
    path = link_of(task)
    client.post(f"{path}code/", build_ticks())
    assert client.post(f"{path}sign/", {"code": text}).status_code == 422
    assert SigningCode.objects.get().attempts == 0
    assert (
        client.post(f"{path}sign/", {"code": f" {sms.code[:3]} {sms.code[3:]} "}).status_code == 302
    )


def test_wrong_late_and_foreign_codes(task: SigningTask, sms: Outbox, client: Browser) -> None:
    path = link_of(task)
    client.post(f"{path}code/", build_ticks())
    right = sms.code
    wrong = f"{(int(right) + 1) % 10**6:06}"
    assert "Неверный код. Осталось попыток: 2" in client.post(f"{path}sign/", {"code": wrong}).text
    assert "Осталось попыток: 1" in client.post(f"{path}sign/", {"code": wrong}).text
    assert "Получите новый код" in client.post(f"{path}sign/", {"code": wrong}).text
    assert "Получите новый код" in client.post(f"{path}sign/", {"code": right}).text
    # A code of another link, and one whose time is over.
    client.post(f"{path}code/")
    other = create_signing_task()
    other_path = link_of(other)
    client.post(f"{other_path}code/", build_ticks())
    foreign = sms.code
    assert client.post(f"{path}sign/", {"code": foreign}).status_code == 422
    SigningCode.objects.filter(signing=signing_of(other)).update(
        expires_at=signing_of(other).created_at
    )
    assert "Срок кода истек" in client.post(f"{other_path}sign/", {"code": foreign}).text
    assert {signing_of(task).state, signing_of(other).state} == {"delivered"}


def test_the_same_code_is_sent_again_after_a_minute(
    task: SigningTask, sms: Outbox, client: Browser
) -> None:
    path = link_of(task)
    client.post(f"{path}code/", build_ticks())
    client.post(f"{path}code/")
    assert len(sms.texts) == 1
    SigningCode.objects.update(sent_at=signing_of(task).created_at.replace(year=2020))
    client.post(f"{path}code/")
    assert len(sms.texts) == 2
    assert sms.texts[0] == sms.texts[1]
    assert SigningCode.objects.count() == 1


def test_a_link_gives_five_codes_a_day(task: SigningTask, sms: Outbox, client: Browser) -> None:
    path = link_of(task)
    for _ in range(7):
        page = client.post(f"{path}code/", build_ticks())
        SigningCode.objects.update(expires_at=signing_of(task).created_at)
    assert len(sms.texts) == 5
    assert "столько кодов, сколько можно: 5" in page.text
    assert NEXT_CODE.search(page.text)


def test_a_limit_of_messages_says_when_it_ends(
    task: SigningTask, client: Browser, settings: Settings
) -> None:
    settings.MESSAGES_IN_ALL = 1
    count_message("+79990001122", None)
    page = client.post(f"{link_of(task)}code/", build_ticks())
    assert NEXT_CODE.search(page.text)


def test_the_provider_is_down_between_link_and_code(
    task: SigningTask, sms: Outbox, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = link_of(task)
    send = codes.send_sms

    def fail(**_: object) -> None:
        raise Unavailable("messages", "down")

    monkeypatch.setattr(codes, "send_sms", fail)
    response = client.post(f"{path}code/", build_ticks())
    assert response.status_code == 503
    assert "Повторите через минуту" in response.text
    monkeypatch.setattr(codes, "send_sms", send)
    assert client.post(f"{path}code/").status_code == 302
    assert client.post(f"{path}sign/", {"code": sms.code}).status_code == 302
    assert SigningCode.objects.count() == 1


def test_a_code_that_another_request_is_sending_is_waited_for(
    task: SigningTask, sms: Outbox, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = link_of(task)

    def wait(**_: object) -> None:
        raise NotReadyYet("another attempt is under way", seconds=15)

    monkeypatch.setattr(codes, "send_sms", wait)
    assert client.post(f"{path}code/", build_ticks()).status_code == 302
    assert 'autocomplete="one-time-code"' in client.get(path).text


def test_the_document_is_replaced_while_the_page_is_open(
    task: SigningTask, sms: Outbox, client: Browser
) -> None:
    path = link_of(task)
    client.get(path)
    client.post(f"{path}code/", build_ticks())
    end(task, SigningLink.End.REVOKED)
    for address, values in (("code/", build_ticks()), ("sign/", {"code": sms.code})):
        response = client.post(path + address, values)
        assert response.status_code == 409
        assert "Документ заменен. Откройте новую ссылку" in response.text
    assert client.post(f"{path}progress/", {"pages": "1"}).status_code == 409
    assert client.get(f"{path}document.pdf").status_code == 404
    assert signing_of(task).state != SimpleSigning.State.SIGNED


def end(task: SigningTask, reason: SigningLink.End) -> None:
    with transaction.atomic():
        links.end_link(signing_of(task), reason)


def test_two_phones_and_a_second_tab(task: SigningTask, sms: Outbox, client: Browser) -> None:
    """Whoever comes second, or goes back, sees that it is done, and signs nothing twice."""
    path, other = link_of(task), Browser()
    client.get(path)
    client.post(f"{path}code/", build_ticks())
    assert 'autocomplete="one-time-code"' in other.get(path).text
    assert other.post(f"{path}sign/", {"code": sms.code}).status_code == 302
    for again in (client, other):
        assert "Документ подписан" in again.post(f"{path}sign/", {"code": sms.code}).text
        assert "Документ подписан" in again.post(f"{path}code/", build_ticks()).text
    assert again.post(f"{path}refuse/", {"choice": "terms"}).status_code == 302
    assert count_records(task, RecordKind.SIGNED) == 1
    assert len(sms.texts) == 1


def test_refusal(task: SigningTask, client: Browser) -> None:
    path = link_of(task)
    client.get(path)
    assert "Выберите причину" in client.post(f"{path}refuse/", {}).text
    assert "Напишите причину" in client.post(f"{path}refuse/", {"choice": "other"}).text
    values = {"choice": "mistake", "comment": "Не тот адрес <b>"}
    assert client.post(f"{path}refuse/", values).status_code == 302
    page = client.get(path).text
    assert "Вы отказались подписать документ" in page
    assert "Не тот адрес &lt;b&gt;" in page
    signing = signing_of(task)
    assert (signing.state, signing.reason) == ("refused", "В документе ошибка: Не тот адрес <b>")


def test_wrong_number(task: SigningTask, client: Browser) -> None:
    path = link_of(task)
    client.get(path)
    assert client.post(f"{path}wrong-number/").status_code == 302
    assert "Спасибо, что сообщили" in client.get(path).text
    signing = signing_of(task)
    assert (signing.state, signing.progress) == ("refused", "wrong_number")


def test_reports_of_the_script(task: SigningTask, client: Browser) -> None:
    """Only pages that the document has, each once, whatever is sent."""
    task = create_signing_task(pages=3)
    path = link_of(task)
    device = {"screen": "360x800@3", "time_zone": "Asia/Omsk"}
    for pages in ("1,2", "2,2,0,-1,4,99999999999999999999,x,¹", "", "1"):
        values = {"pages": pages, "end": "1", "download": "1", **device}
        assert client.post(f"{path}progress/", values).status_code == 204
    signing = signing_of(task)
    chain = records.export_chain(signing, with_values=True)
    shown = chain.find(RecordKind.PAGE_SHOWN)
    assert [record.facts["page"] for record in shown] == [1, 2]
    assert shown[0].values["time_zone"].value == "Asia/Omsk"
    for kind in (RecordKind.LINK_OPENED, RecordKind.END_REACHED, RecordKind.DOCUMENT_DOWNLOADED):
        assert count_records(task, kind) == 1
    assert (signing.state, signing.progress) == ("delivered", "read")
