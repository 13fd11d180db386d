"""The registered job kinds: systems, statuses and titles."""

import pytest

from clients.models import ArchiveSystem
from econtract.platform.outbox import registry
from tasks.lifecycle import steps
from tasks.pipeline.registry import JOB_KINDS
from tasks.pipeline.step import Step, TaskJobKind
from tasks.statuses import Status, WaitsFor, status_rows
from tasks.wording.troubles import SYSTEMS
from tests.support.factories import SigningTaskFactory

STEPS = [job_kind for job_kind in JOB_KINDS if issubclass(job_kind, Step)]


@pytest.mark.django_db
@pytest.mark.parametrize("archive", ArchiveSystem.values)
def test_every_outside_system_of_a_task_has_a_name(archive: str) -> None:
    task = SigningTaskFactory(region__archive=archive)
    for job_kind in registry.job_kinds():
        if isinstance(job_kind, TaskJobKind) and job_kind.system:
            assert SYSTEMS[job_kind.system_for(task)]


@pytest.mark.parametrize("status", Status)
def test_exactly_the_statuses_that_the_system_works_in_start_a_job(status: Status) -> None:
    # Nobody tells us when a signatory has confirmed, so a job asks.
    is_asking = status_rows()[status].waits_for in {WaitsFor.SYSTEM, WaitsFor.SIGNATORY}
    assert bool(steps.get_starting_job(status)) == is_asking


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.kind)
def test_every_step_has_a_status(step: type[Step]) -> None:
    assert step.starts_in or step.polls_in or step.continues_in
    assert step.title != step.kind
