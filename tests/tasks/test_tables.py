"""The code against the contract: `tasks/data/*.csv`, row by row."""

import itertools
from collections import defaultdict

import pytest
from django_fsm import TransitionNotAllowed

from tasks.models import SigningTask
from tasks.statuses import (
    Resolution,
    Stage,
    Status,
    WaitsFor,
    quick_filters,
    read_table,
    resolutions_of,
    status_rows,
)
from tasks.transitions import NEW, Actor, Lifecycle

# resolutions.csv puts `archive_rejected` under «Обработка ошибок», whose rule in quick_filters.csv
# (and in the manual, 2.1) has neither that resolution nor the archive's stage. The rule holds.
CHIPS_THAT_THE_RULES_LACK: dict[str, set[str]] = defaultdict(set, archive_rejected={"errors"})

BEFORE_SIGNED = "any status before document_signed but signature_review"


def sources_in_table(text: str) -> list[str]:
    if text == "(new)":
        return [NEW]
    if text == BEFORE_SIGNED:
        codes = [row["code"] for row in read_table("statuses")]
        before = codes[: codes.index("document_signed")]
        return [code for code in before if code != "signature_review"]
    return text.split("|")


def moves_in_table() -> set[tuple[str, str, str, str]]:
    """(transition, from, to, actor) for every row, source and actor of the table."""
    return {
        (row["name"], source, row["to"], actor)
        for row in read_table("transitions")
        for source in sources_in_table(row["from"])
        for actor in row["actor"].split("|")
    }


def moves_in_code() -> set[tuple[str, str, str, str]]:
    found = set()
    for move in SigningTask().get_all_status_transitions():
        targets = getattr(move.target, "allowed_states", None) or [move.target]
        for target, actor in itertools.product(targets, move.custom["actors"]):
            found.add((move.name, str(move.source), str(target), str(actor)))
    return found


def test_every_transition_of_the_table_is_in_the_code_and_no_other() -> None:
    assert moves_in_code() == moves_in_table()


@pytest.mark.parametrize("row", read_table("statuses"), ids=lambda row: row["code"])
def test_a_status_is_what_its_row_says(row: dict[str, str]) -> None:
    fact = status_rows()[Status(row["code"])]
    assert Status(row["code"]).label == row["label"]
    assert (fact.stage, fact.stage.label) == (row["stage"], row["stage_label"])
    assert fact.waits_for == row["waits_for"]
    assert fact.client_data_editable == (row["client_data_editable"] == "yes")
    assert fact.document_replaceable == (row["document_replaceable"] == "yes")


def test_the_code_knows_no_other_status_stage_or_resolution() -> None:
    assert [status.value for status in Status] == [row["code"] for row in read_table("statuses")]
    assert {stage.value for stage in Stage} == {row["stage"] for row in read_table("statuses")}
    assert {who.value for who in WaitsFor} == {row["waits_for"] for row in read_table("statuses")}
    assert [item.value for item in Resolution] == [row["code"] for row in read_table("resolutions")]


@pytest.mark.parametrize("row", read_table("resolutions"), ids=lambda row: row["code"])
def test_a_resolution_is_what_its_row_says(row: dict[str, str]) -> None:
    resolution = Resolution(row["code"])
    assert resolution.label == row["label"]
    carriers = {status.value for status in Status if resolution in resolutions_of(status)}
    assert carriers == set(row["statuses"].split(";"))
    chips = {chip.code for chip in quick_filters().values() if resolution in chip.resolutions}
    expected = set(filter(None, row["quick_filters"].split(";")))
    assert chips == expected - CHIPS_THAT_THE_RULES_LACK[resolution]


@pytest.mark.parametrize("row", read_table("quick_filters"), ids=lambda row: row["code"])
def test_a_quick_filter_is_what_its_row_says(row: dict[str, str]) -> None:
    chip = quick_filters()[row["code"]]
    assert chip.label == row["label"]
    assert ";".join(sorted(chip.stages)) == ";".join(sorted(row["stages"].split(";")))
    assert ";".join(sorted(chip.statuses)) == ";".join(sorted(row["statuses"].split(";")))
    assert chip.is_stage_only == (row["rule"] == "stage in stages")


FACTS: dict[str, dict[str, object]] = {
    "reject_approval": {"comment": "нет"},
    "identification_started": {"ref": "r", "link": "https://example/"},
    "authority_documents_received": {"files": []},
    "decline_authority": {"comment": "нет"},
    "identification_passed": {"identified_at": None},
    "identification_failed": {"resolution": "no_answer"},
    "cabinet_created": {"ref": "r"},
    "cabinet_failed": {"resolution": "cabinet_exists"},
    "signing_failed": {"resolution": "send_failed"},
    "accept_signature": {"comment": "оператор подтвердил"},
    "refuse_signature": {"comment": "нет"},
    "archived": {"package": None},
    "archive_failed": {"resolution": "archive_rejected"},
    "cancel": {"reason": "ошибка"},
}
NAMES = sorted({row["name"] for row in read_table("transitions")})
STATUSES = [NEW, *[status.value for status in Status]]


@pytest.mark.parametrize("name", NAMES)
def test_a_transition_happens_where_the_table_has_it_and_nowhere_else(name: str) -> None:
    rows = moves_in_table()
    for status in STATUSES:
        task = SigningTask(status=status)
        targets = {to for move, source, to, _ in rows if (move, source) == (name, status)}
        call = getattr(task, name)
        if targets:
            call(**FACTS.get(name, {}))
            assert task.status in targets, status
        else:
            with pytest.raises(TransitionNotAllowed):
                call(**FACTS.get(name, {}))
            assert task.status == status


def test_the_status_cannot_be_set_by_hand() -> None:
    task = SigningTask(status=Status.IDENTIFIED)
    with pytest.raises(AttributeError, match="Direct status modification is not allowed"):
        task.status = Status.COMPLETED


def test_every_capacity_that_the_table_names_is_known() -> None:
    assert {actor for *_, actor in moves_in_table()} <= set(Actor)
    assert issubclass(SigningTask, Lifecycle)
