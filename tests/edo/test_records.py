"""Records of a signing in the database: one chain, protected, erasable, anchored every day."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from pytest_django.fixtures import Settings

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from edo import anchors, records
from edo.evidence_chain.anchors import parse_proof
from edo.evidence_chain.chains import find_problems, parse_chain
from edo.evidence_chain.kinds import RecordKind
from edo.models import EvidenceAnchor, EvidenceRecord, EvidenceValue, SimpleSigning
from edo.records import ClientDevice
from tests.support.evidence_triggers import lifted_triggers
from tests.support.factories import SimpleSigningFactory
from tests.support.sandbox import Sandbox

pytestmark = pytest.mark.django_db
DEVICE = ClientDevice(
    address="203.0.113.7", browser="Safari\0\ud800 " + "x" * 3000, is_address_of_staff=True
)


@pytest.fixture
def signing() -> SimpleSigning:
    signing = SimpleSigningFactory()
    records.append(
        signing,
        RecordKind.PERSON_IDENTIFIED,
        facts={"reference": "R-1"},
        personal={"name": "Петров «Петя» 😀"},
    )
    records.append(signing, RecordKind.PAGE_SHOWN, facts={"page": 1}, device=DEVICE)
    records.append(signing, RecordKind.SIGNED)
    return signing


def test_the_chain_is_valid_with_values_without_and_when_they_are_erased(
    signing: SimpleSigning,
) -> None:
    chain = records.export_chain(signing, with_values=True)
    assert find_problems(chain) == []
    assert parse_chain(chain.to_json()) == chain
    assert chain.records[0].value("name") == "Петров «Петя» 😀"
    assert chain.records[1].facts["is_address_of_staff"] is True
    nameless = records.export_chain(signing, with_values=False)
    assert records.erase_personal_values(signing) == 3
    assert records.export_chain(signing, with_values=True) == nameless
    assert find_problems(nameless) == []
    assert nameless.head == chain.head
    assert "Петров" not in nameless.to_json().decode()


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: EvidenceRecord.objects.filter(number=2).update(kind="refused"),
        lambda: EvidenceRecord.objects.filter(number=3)._raw_delete("default"),
        lambda: EvidenceAnchor.objects.update(merkle_root="0"),
        lambda: EvidenceAnchor.objects.all().delete(),
    ],
)
def test_the_database_refuses_changes(
    set_up: Sandbox, signing: SimpleSigning, tamper: Callable[[], object]
) -> None:
    anchors.create_anchor()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        tamper()


def test_the_database_refuses_to_empty_the_table(signing: SimpleSigning) -> None:
    statement = "DELETE FROM edo_evidencerecord"
    if connection.vendor == "postgresql":
        statement = "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE edo_evidencerecord CASCADE"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


def test_who_lifts_the_triggers_is_found_by_the_chain(signing: SimpleSigning) -> None:
    with lifted_triggers():
        EvidenceRecord.objects.filter(number=2).update(facts={"page": 2})
    EvidenceValue.objects.filter(name="name").update(value="Другой")
    problems = find_problems(records.export_chain(signing, with_values=True))
    assert len(problems) == 4  # the record and its two values without commitments, and the name


@pytest.mark.django_db(transaction=True)
def test_a_record_needs_the_transaction_of_its_event() -> None:
    """And the end of a test with real transactions empties the protected tables."""
    signing = SimpleSigningFactory()
    with pytest.raises(transaction.TransactionManagementError):
        records.append(signing, RecordKind.LINK_OPENED)
    with transaction.atomic():
        records.append(signing, RecordKind.LINK_OPENED)


@pytest.fixture
def travel() -> Iterator[Any]:
    with time_machine.travel(clock.now(), tick=False) as coordinates:
        yield coordinates


class TestAnchors:
    def test_every_day_covers_what_is_new_and_the_day_before(
        self, set_up: Sandbox, signing: SimpleSigning, travel: Any
    ) -> None:
        other = SimpleSigningFactory()
        records.append(other, RecordKind.LINK_CREATED)
        first = anchors.create_anchor()
        assert first is not None
        assert anchors.create_anchor() == first
        assert {leaf[0] for leaf in first.leaves} == {str(signing.pk), str(other.pk)}
        travel.shift(timedelta(days=1))
        assert anchors.create_anchor() is None  # nothing is new
        records.append(other, RecordKind.SIGNED)
        second = anchors.create_anchor()
        assert second is not None
        assert second.previous_hash == first.hash
        proof = anchors.find_proof(other)
        assert proof is not None
        assert proof[0] == second
        chain = records.export_chain(other, with_values=False)
        assert proof[1].find_problem(anchors.build_content(second), chain) is None

    def test_a_cut_tail_and_another_chain_are_found(
        self, set_up: Sandbox, signing: SimpleSigning
    ) -> None:
        anchor = anchors.create_anchor()
        proof = anchors.find_proof(signing)
        assert anchor is not None
        assert proof is not None
        chain = records.export_chain(signing, with_values=False)
        content = anchors.build_content(anchor)
        assert proof[1].find_problem(content, chain) is None
        assert proof[1].find_problem(content, replace(chain, records=chain.records[:-1]))
        other = replace(chain.records[-1], hash="0" * 64)
        assert proof[1].find_problem(content, replace(chain, records=[*chain.records[:-1], other]))
        assert proof[1].find_problem(content, replace(chain, id="another"))

    def test_records_that_came_later_are_in_the_proof(
        self, set_up: Sandbox, signing: SimpleSigning
    ) -> None:
        """A report of a delivery, when the package was built already."""
        packaged = records.export_chain(signing, with_values=True)
        records.append(signing, RecordKind.CODE_DELIVERED, facts={"message": "m"})
        records.append(signing, RecordKind.CONSENT_WITHDRAWN, personal={"name": "Петров"})
        anchor = anchors.create_anchor()
        found = anchors.find_proof(signing)
        assert anchor is not None
        assert found is not None
        proof = parse_proof(found[1].to_json())
        assert [record.number for record in proof.later] == [4, 5]
        assert "Петров" not in found[1].to_json().decode()
        content = anchors.build_content(anchor)
        assert proof.find_problem(content, packaged) is None
        assert replace(proof, later=proof.later[:1]).find_problem(content, packaged)

    def test_the_time_stamp_is_kept_and_its_absence_too(
        self,
        set_up: Sandbox,
        signing: SimpleSigning,
        settings: Settings,
        travel: Any,
    ) -> None:
        first = anchors.create_anchor()
        assert first is not None
        assert first.timestamp
        travel.shift(timedelta(days=1))
        records.append(signing, RecordKind.MARK_MADE)
        settings.OUTSIDE = {**settings.OUTSIDE, "tsp": {**settings.OUTSIDE["tsp"], "url": ""}}
        second = anchors.create_anchor()
        assert second is not None
        assert second.timestamp is None

    def test_without_a_seal_there_is_no_anchor(
        self, set_up: Sandbox, signing: SimpleSigning, settings: Settings
    ) -> None:
        settings.SEAL_KEY = "unknown"
        with pytest.raises(Unavailable):
            anchors.create_anchor()
        assert not EvidenceAnchor.objects.exists()
