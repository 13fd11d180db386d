"""Personal data of signings by SMS in the admin: erased on demand, the phone opened to a court."""

import hashlib
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from edo import records
from edo.channels.simple.evidence import record_copy
from edo.evidence_chain.chains import find_problems
from edo.evidence_chain.kinds import RecordKind
from edo.evidence_chain.order import find_order_problems
from edo.models import EvidenceValue, SimpleSigning
from tests.support.factories import UserFactory
from tests.support.signing.simple_signings import (
    Outbox,
    create_signing_task,
    link_of,
    sign_by_posts,
    signing_of,
)

pytestmark = pytest.mark.django_db
BASIS = {"basis": "Заявление от 28.11.2026"}


@pytest.fixture
def administrator() -> User:
    user: User = UserFactory(roles=[Role.ADMINISTRATOR])
    return user


@pytest.fixture
def admin(administrator: User) -> Browser:
    browser = Browser()
    browser.force_login(administrator)
    return browser


@pytest.fixture
def signing(sms: Outbox) -> SimpleSigning:
    """A signed document whose records have been put into a package."""
    task = create_signing_task()
    sign_by_posts(Browser(headers={"User-Agent": "Phone"}), link_of(task), sms)
    signing = signing_of(task)
    record_identity_of(signing)
    record_copy(signing, "0" * 64)
    return signing


def record_identity_of(signing: SimpleSigning) -> None:
    """The factory opens no signing, so the chain lacks what `open_signing` records."""
    phone = {"phone": signing.signer.phone}
    with transaction.atomic():
        records.append(signing, RecordKind.NUMBER_BOUND, personal=phone)


def address(name: str, signing: SimpleSigning) -> str:
    return reverse(f"admin:edo_simplesigning_{name}", args=[signing.pk])


def count_values(signing: SimpleSigning) -> int:
    return EvidenceValue.objects.filter(record__signing=signing).count()


def test_what_stays_is_said_before_anything_is_erased(
    admin: Browser, signing: SimpleSigning
) -> None:
    page = admin.get(address("erase", signing)).text
    assert "Пакеты, которые уже собраны" in page
    assert admin.post(address("erase", signing), {"basis": ""}).status_code == 422
    assert count_values(signing) > 0


def test_erasing_leaves_the_chain_valid_and_says_who_did_it(
    admin: Browser, administrator: User, signing: SimpleSigning
) -> None:
    before = records.export_chain(signing, with_values=True)
    assert admin.post(address("erase", signing), BASIS).status_code == 302
    chain = records.export_chain(signing, with_values=True)
    assert find_problems(chain) == []
    assert [item.hash for item in chain.records[: len(before.records)]] == [
        item.hash for item in before.records
    ]
    sha256 = signing.document_sha256
    assert find_order_problems(chain, document_sha256=sha256) == find_order_problems(
        before, document_sha256=sha256
    )
    [erased] = chain.find(RecordKind.VALUES_ERASED)
    assert erased.facts["by_user"] == administrator.pk
    assert erased.facts["values"] == sum(len(item.values) for item in before.records)
    assert count_values(signing) == 0
    assert BASIS["basis"] in str(LogEntry.objects.get())
    assert "уже стерты" in admin.post(address("erase", signing), BASIS).text


def test_all_signings_of_the_person_are_erased_and_no_others(
    admin: Browser, signing: SimpleSigning, sms: Outbox
) -> None:
    same = create_signing_task(contact_version=signing.signer)
    other = create_signing_task()
    for task in (same, other):
        sign_by_posts(Browser(headers={"User-Agent": "Phone"}), link_of(task), sms)
        record_copy(signing_of(task), "0" * 64)
    admin.post(address("erase", signing), BASIS)
    assert count_values(signing) == count_values(signing_of(same)) == 0
    assert count_values(signing_of(other)) > 0
    assert LogEntry.objects.count() == 2


@pytest.mark.parametrize("is_signed", [True, False], ids=["no package yet", "goes on"])
def test_nothing_is_erased_while_a_document_is_signed(
    admin: Browser, signing: SimpleSigning, sms: Outbox, is_signed: bool
) -> None:
    task = create_signing_task(contact_version=signing.signer)
    path = link_of(task)
    if is_signed:
        sign_by_posts(Browser(), path, sms)
    answer = admin.post(address("erase", signing), BASIS)
    assert answer.status_code == 422
    assert "еще подписывается, либо пакет" in answer.text
    assert count_values(signing) > 0


def test_a_court_can_check_the_phone_that_is_opened_to_it(
    admin: Browser, administrator: User, signing: SimpleSigning
) -> None:
    phone = signing.signer.phone
    assert phone not in admin.get(address("phone", signing)).text
    assert phone not in admin.get(address("change", signing)).text
    page = admin.post(address("phone", signing), BASIS).text
    nonce = re.findall(r"<td>([0-9a-f]{64})</td>", page)[0]
    chain = records.export_chain(signing, with_values=True).without_value("phone")
    assert phone not in chain.to_json().decode()
    [bound] = chain.find(RecordKind.NUMBER_BOUND)
    digest = hashlib.sha256(bytes.fromhex(nonce) + phone.encode()).hexdigest()
    assert digest == bound.facts["commitments"]["phone"]
    [disclosed] = chain.find(RecordKind.NUMBER_DISCLOSED)
    assert disclosed.facts == {"by_user": administrator.pk}
    assert "Раскрыт номер" in str(LogEntry.objects.get())
    admin.post(address("erase", signing), BASIS)
    assert (
        "Номера телефона в записях больше нет" in admin.post(address("phone", signing), BASIS).text
    )


@pytest.mark.parametrize("name", ["erase", "phone", "change"])
def test_only_administrators_get_there(signing: SimpleSigning, name: str) -> None:
    browser = Browser()
    browser.force_login(UserFactory(roles=[Role.MANAGER]))
    for answer in (
        browser.get(address(name, signing)),
        browser.post(address(name, signing), BASIS),
    ):
        assert answer.status_code in (302, 403)
        assert signing.signer.phone not in answer.text
    assert count_values(signing) > 0
    assert not LogEntry.objects.exists()
