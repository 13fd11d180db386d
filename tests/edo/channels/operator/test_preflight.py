"""The checks before sending: our own side, and on demand the client's box."""

from datetime import timedelta
from typing import Any

import pytest

from econtract.platform.common import clock
from edo.channels.operator import preflight
from edo.channels.operator.preflight import find_recipient_problems, find_sender_problems
from edo.channels.protocol import SigningRecipient
from edo.powers import mchd_checks
from tests.support import sandbox as known
from tests.support.signing.operator_world import KPP, OperatorWorld

pytestmark = pytest.mark.django_db


def codes(world: OperatorWorld, **changes: Any) -> list[str]:
    values = {"box": world.box, "signatory": world.signatory, "at": clock.now()}
    problems = find_sender_problems(**{**values, **changes})
    assert all(problem.fix for problem in problems)
    return [problem.code for problem in problems]


def test_nothing_stops_the_sending(world: OperatorWorld) -> None:
    assert codes(world) == []


def test_every_problem_is_found_before_sending(world: OperatorWorld) -> None:
    later = clock.now() + timedelta(days=20 * 365)
    assert codes(world, at=later) == ["certificate_invalid", "power_of_attorney_invalid"]
    world.box.active = False
    world.signatory.active = False
    assert codes(world) == ["box_inactive", "signatory_inactive"]
    world.box.active = world.signatory.active = True
    world.signatory.boxes.clear()
    world.signatory.powers.all().delete()
    assert codes(world) == ["signatory_inactive", "power_of_attorney_invalid"]


def test_every_problem_is_on_its_line(world: OperatorWorld) -> None:
    later = clock.now() + timedelta(days=20 * 365)
    world.box.active = False
    checks = preflight.check_sender(box=world.box, signatory=world.signatory, at=later)
    assert [(check.label, [each.code for each in check.refusals]) for check in checks] == [
        ("ЛК ЭДО и подписант", ["box_inactive"]),
        ("Сертификат подписанта", ["certificate_invalid"]),
        ("МЧД и полномочия", ["power_of_attorney_invalid"]),
    ]


def test_an_installation_without_trusted_roots_says_so(world: OperatorWorld, settings: Any) -> None:
    settings.EDO_TRUST_ROOTS = "/absent/roots.pem"
    assert codes(world) == ["trust_unknown"]
    world.signatory.certificate_pem = "garbage"
    assert codes(world) == ["certificate_invalid"]


def test_a_power_of_attorney_revoked_today_stops_the_sending(world: OperatorWorld) -> None:
    world.signatory.powers.update(revoked_at=clock.now())
    assert codes(world, at=clock.now()) == ["power_of_attorney_invalid"]


def test_codes_of_powers_are_checked_only_where_an_installation_names_them(
    world: OperatorWorld, settings: Any
) -> None:
    assert settings.MCHD_POWER_CODES == []
    assert codes(world, fresh=True) == []
    settings.MCHD_POWER_CODES = ["BBDOCS_DOCS_01"]
    assert codes(world, fresh=True) == ["power_of_attorney_invalid"]


def test_the_check_of_a_power_of_attorney_is_cached(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    verify = mchd_checks.verify

    def record(*args: Any, **kwargs: Any) -> Any:
        calls.append(kwargs["at"])
        return verify(*args, **kwargs)

    monkeypatch.setattr(mchd_checks, "verify", record)
    now = clock.now()
    assert codes(world, at=now) == codes(world, at=now) == []
    assert len(calls) == 1
    assert codes(world, at=now, fresh=True) == []
    assert len(calls) == 2
    assert codes(world, at=now + timedelta(minutes=1)) == []
    assert len(calls) == 3
    world.signatory.powers.update(revoked_at=now)
    assert codes(world, at=now) == ["power_of_attorney_invalid"]


@pytest.mark.parametrize(
    ("inn", "expected"),
    [
        (known.NO_BOX, ["no_box"]),
        (known.REFUSES_STRANGERS, ["consent_needed"]),
        (known.ROMASHKA, []),
    ],
)
def test_the_operator_knows_whether_the_client_can_be_reached(
    world: OperatorWorld, inn: str, expected: list[str]
) -> None:
    recipient = SigningRecipient(inn, KPP)
    problems = find_recipient_problems(world.box, recipient)
    assert [problem.code for problem in problems] == expected
    assert all(problem.fix for problem in problems)


def test_the_answer_about_the_client_is_remembered(world: OperatorWorld) -> None:
    recipient = SigningRecipient(known.NO_BOX, KPP)
    before = preflight.get_recipient_check(world.box, recipient)
    assert (before.is_known, before.is_ok, before.is_blocking) == (False, False, False)
    answer = preflight.check_recipient(world.box, recipient)
    assert [each.code for each in answer.refusals] == ["no_box"]
    assert preflight.get_recipient_check(world.box, recipient) == answer


def test_an_operator_that_does_not_answer_is_not_remembered(world: OperatorWorld) -> None:
    recipient = SigningRecipient(known.ROMASHKA, KPP)
    world.sandbox.fault("edo", "error", path_contains="GetOrganizationsByInnKpp")
    assert not preflight.check_recipient(world.box, recipient).is_known
    world.sandbox.clear_faults()
    assert not preflight.get_recipient_check(world.box, recipient).is_known
    assert preflight.check_recipient(world.box, recipient).is_ok
