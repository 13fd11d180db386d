"""The list of accredited authorities: what is read, what takes effect, what waits."""

import datetime as dt
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from econtract.platform.crypto.gost import GostPrivateKey
from econtract.sandbox.gost import x509 as gost_x509
from edo.crypto.digests import digest
from edo.models import AuthorityCertificate, TrustList
from edo.signing import cms
from edo.trust import store, trust_list
from edo.trust.importing import (
    AlreadyDecided,
    TrustListRefused,
    accept_trust_list,
    import_trust_list,
    reject_trust_list,
)
from tests.support.signing.pki import DAY, NOW, PDF, YEAR, Authority, Signer, authority
from tests.support.signing.trust_lists import Listing, build_list, ministry, sign_list

pytestmark = pytest.mark.usefixtures("installation")
ENDED = [("Действует", "2020-01-01"), ("Прекращена", "2026-11-11")]


def take_in(*listings: Listing, signed: bool = True, **fields: Any) -> TrustList:
    content = build_list(*listings, **fields)
    return import_trust_list(sign_list(content) if signed else content, source="тест").trust_list


def accreditation_at(signed_at: dt.datetime) -> str | None:
    signature = authority().signer(valid_from=NOW - 10 * YEAR).sign(PDF, signed_at)
    report = cms.verify(signature, PDF, trust=store.load_trust_store())
    assert report.is_valid, report.reasons
    return report.accreditation.name if report.accreditation else None


def test_a_signed_list_takes_effect_at_once(django_capture_on_commit_callbacks: Any) -> None:
    assert accreditation_at(NOW - DAY) is None
    with django_capture_on_commit_callbacks(execute=True):
        trust_list = take_in()
    assert (trust_list.state, trust_list.reasons) == (TrustList.State.ACCEPTED, [])
    assert trust_list.signer == "ООО «Ромашка»"
    assert accreditation_at(NOW - DAY) == "АО «УЦ»"
    assert accreditation_at(NOW - 8 * YEAR) is None, "before the first day of the status"


def test_the_file_is_kept_byte_for_byte_and_stored_once() -> None:
    content = sign_list(build_list())
    first = import_trust_list(content, source="a")
    again = import_trust_list(content, source="b")
    assert (first.is_new, again.is_new) == (True, False)
    assert TrustList.objects.get().content == content


def test_accreditation_that_ended_counts_for_signatures_made_before() -> None:
    take_in(Listing(statuses=ENDED))
    store.forget()
    assert accreditation_at(NOW - 20 * DAY) == "АО «УЦ»"
    assert accreditation_at(NOW - DAY) is None


def test_an_authority_that_disappears_was_accredited_until_the_list_without_it() -> None:
    other = Listing("ООО «Другой»", "1020000000002", certificates=[Authority("Другой").issuing])
    take_in(Listing(), other, number=1, issued_at=NOW - 30 * DAY)
    waiting = take_in(other, number=2, issued_at=NOW - 10 * DAY)
    assert waiting.changes == {"removed": ["АО «УЦ»"]}
    store.forget()
    assert accreditation_at(NOW - DAY) == "АО «УЦ»", "the list waits"
    accept_trust_list(waiting.pk)
    store.forget()
    assert accreditation_at(NOW - DAY) is None
    assert accreditation_at(NOW - 11 * DAY) == "АО «УЦ»"
    assert AuthorityCertificate.objects.filter(status="Нет в списке").count() == 1


def test_without_dates_the_lists_themselves_are_the_dates() -> None:
    undated = Listing(statuses=[("Действует", "")])
    ended = Listing(statuses=[("Приостановлена", "")])
    take_in(undated, number=1, issued_at=NOW - 30 * DAY)
    accept_trust_list(take_in(ended, number=2, issued_at=NOW - 10 * DAY).pk)
    store.forget()
    assert accreditation_at(NOW - 31 * DAY) is None
    assert accreditation_at(NOW - 20 * DAY) == "АО «УЦ»"
    assert accreditation_at(NOW - DAY) is None


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: build_list(number=101), "Подпись списка не проверена: подписи нет"),
        (
            lambda: sign_list(build_list(number=101), authority().signer()),
            "подписал не оператор реестра",
        ),
        (
            lambda: sign_list(build_list(number=101), Authority().signer(ogrn="1047702026701")),
            "не ведет к доверенному корню",
        ),
        (lambda: sign_list(build_list(number=101), uri="#part"), "подписан не весь список"),
        (
            lambda: sign_list(build_list(number=99, issued_at=NOW - 9 * DAY)),
            "Список не новее действующего",
        ),
        (
            lambda: sign_list(build_list(Listing(statuses=ENDED), number=101)),
            "теряют сразу многие: 1 УЦ из 1",
        ),
        (
            lambda: sign_list(build_list(number=101, issued_at=NOW + 3 * DAY)),
            "Дата списка в будущем",
        ),
    ],
    ids=["unsigned", "signer", "untrusted", "part", "older", "loss", "future"],
)
def test_a_suspicious_list_waits(make: Callable[[], bytes], reason: str) -> None:
    take_in()
    trust_list = import_trust_list(make(), source="тест").trust_list
    assert trust_list.state == TrustList.State.PENDING
    assert len(trust_list.reasons) == 1
    assert reason in trust_list.reasons[0]
    assert AuthorityCertificate.objects.get().status == "Действует"


def test_a_few_lost_authorities_are_no_reason_to_wait(settings: Any) -> None:
    settings.TRUST_LIST_MAX_LOSS_PERCENT = 50
    listings = [Listing(f"УЦ {number}", str(number), certificates=[]) for number in range(4)]
    take_in(*listings, number=1, issued_at=NOW - 2 * DAY)
    newer = take_in(*listings[:2], number=2)
    assert newer.state == TrustList.State.ACCEPTED
    assert newer.changes == {"removed": ["УЦ 2", "УЦ 3"]}


def test_the_differences_say_what_happened_to_whom() -> None:
    same, ended, resumed, fresh = (
        Listing(f"УЦ {number}", str(number), certificates=[]) for number in range(4)
    )
    resumed.statuses = [("Приостановлена", "2020-01-01")]
    take_in(same, ended, resumed, number=1, issued_at=NOW - 2 * DAY)
    same.certificates, same.name = [authority().issuing], "УЦ 0, переименован"
    ended.statuses, resumed.statuses = ENDED, [("Действует", "2026-11-01")]
    assert take_in(same, ended, resumed, fresh, number=2).changes == {
        "added": ["УЦ 3"],
        "ended": ["УЦ 1: Прекращена"],
        "resumed": ["УЦ 2"],
        "certificates": ["УЦ 0, переименован: добавлено 1, исключено 0"],
    }


def test_a_decision_is_made_once() -> None:
    waiting = take_in(signed=False)
    reject_trust_list(waiting.pk)
    with pytest.raises(AlreadyDecided):
        accept_trust_list(waiting.pk)
    assert not AuthorityCertificate.objects.exists()


def tamper(content: bytes) -> bytes:
    return content.replace("АО «УЦ»".encode(), "АО «уц»".encode())


def break_value(content: bytes) -> bytes:
    other = sign_list(build_list(number=7))
    start, end = b"<SignatureValue>", b"</SignatureValue>"
    value = other.partition(start)[2].partition(end)[0]
    head, _, tail = content.partition(start)
    return head + start + value + end + tail.partition(end)[2]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"<a/>",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        build_list(number=0),
        build_list(number=2**40),
        build_list().replace(b"2026-11", b"2026-99"),
        build_list().replace("УдостоверяющийЦентр>".encode(), b"x>"),
        tamper(sign_list(build_list())),
        break_value(sign_list(build_list())),
    ],
    ids=["empty", "zeros", "other", "entity", "zero", "huge", "date", "nobody", "text", "value"],
)
def test_a_hostile_file_is_refused(content: bytes) -> None:
    with pytest.raises(TrustListRefused):
        import_trust_list(content, source="тест")
    assert not TrustList.objects.exists()


def test_an_unreadable_certificate_is_left_out() -> None:
    listing = Listing(certificates=[authority().issuing, authority().root])
    content = build_list(listing)
    start = content.rindex("<Данные>".encode()) + len("<Данные>".encode())
    broken = content[:start] + b"AAAA" + content[start + 4 :]
    trust_list = import_trust_list(sign_list(broken), source="тест").trust_list
    assert trust_list.state == TrustList.State.ACCEPTED
    assert AuthorityCertificate.objects.count() == 1


def test_what_stands_outside_the_signed_document_counts_for_nothing() -> None:
    """A second list around the signed one is not what the ministry has signed."""
    signed = sign_list(build_list()).partition(b"?>")[2]
    wrapped = build_list(number=500).replace(
        "</АккредитованныеУдостоверяющиеЦентры>".encode(),
        b"<Object>" + signed + "</Object></АккредитованныеУдостоверяющиеЦентры>".encode(),
    )
    trust_list = import_trust_list(wrapped, source="тест").trust_list
    assert trust_list.state == TrustList.State.PENDING


def test_a_list_signed_by_gost_is_verified() -> None:
    key, person = GostPrivateKey.generate(), ministry()
    certificate = gost_x509.build_certificate(
        subject=person.certificate.subject,
        issuer=authority().issuing.subject,
        public_key=key.public_key,
        not_before=NOW - YEAR,
        not_after=NOW + YEAR,
        extensions=[],
        issuer_key=key,
    )
    signed = sign_list(
        build_list(),
        Signer(person.key, certificate, ()),
        method="urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-256",
        digest_method="urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-256",
        digest=lambda data: digest("streebog256", data),
        sign=key.sign,
    )
    trust_list = import_trust_list(signed, source="тест").trust_list
    assert trust_list.reasons == [
        "Список подписан сертификатом, который не ведет к доверенному корню."
    ], "the value is good, the chain is not"
    with pytest.raises(TrustListRefused, match="изменен"):
        import_trust_list(tamper(signed), source="тест")


def test_the_command_says_what_came_of_a_file(tmp_path: Path, settings: Any) -> None:
    path, output = tmp_path / "tsl.xml", StringIO()
    path.write_bytes(build_list())
    call_command("import_trust_list", str(path), stdout=output)
    assert "ждет подтверждения" in output.getvalue()
    call_command("import_trust_list", str(path), "--accept", stdout=output)
    assert TrustList.objects.get().state == TrustList.State.ACCEPTED
    path.write_bytes(b"<a/>")
    with pytest.raises(CommandError, match="Это не список"):
        call_command("import_trust_list", str(path))
    settings.TRUST_LIST_URL = ""
    with pytest.raises(CommandError, match="TRUST_LIST_URL"):
        call_command("import_trust_list", "--url")


def test_a_list_over_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = sign_list(build_list())
    for name in ("MAX_LIST_BYTES", "MAX_AUTHORITIES", "MAX_CERTIFICATES"):
        with monkeypatch.context() as patch:
            patch.setattr(trust_list, name, 0)
            with pytest.raises(TrustListRefused):
                import_trust_list(content, source="тест")
    assert import_trust_list(content, source="тест").is_new


def test_a_list_with_two_signatures_waits() -> None:
    twice = sign_list(sign_list(build_list()))
    reasons = import_trust_list(twice, source="тест").trust_list.reasons
    assert reasons == ["Подпись списка не проверена: подпись не одна или не над всем списком."]


def test_a_processing_instruction_is_part_of_what_is_signed() -> None:
    content = build_list().replace(b"?>\n", b'?>\n<?xml-stylesheet href="a"?>\n', 1)
    signed = sign_list(content)
    with pytest.raises(TrustListRefused, match="изменен"):
        import_trust_list(signed.replace(b'href="a"', b'href="b"'), source="тест")
    assert import_trust_list(signed, source="тест").trust_list.state == TrustList.State.ACCEPTED
