"""The stepper of the card."""

from datetime import timedelta

from django.test import Client

from accounts.models import User
from accounts.roles import Role
from econtract.platform.common import clock
from tasks.statuses import Status
from tests.support.cards import card, make, text_of
from tests.support.factories import (
    HistoryEntryFactory,
    add_head,
)


def test_the_stepper_shows_the_stages_and_how_long_each_took(owner: User, web: Client) -> None:
    start = clock.now() - timedelta(minutes=10)
    task = make(owner, Status.DOCUMENT_SIGNING)
    for minutes, old, new in [
        (0, "", Status.IDENTIFICATION_REQUESTED),
        (3, Status.IDENTIFICATION_PENDING, Status.CABINET_REQUESTED),
        (4, Status.CABINET_CREATED, Status.DOCUMENT_SENT),
        (5, Status.DOCUMENT_SENT, Status.DOCUMENT_SIGNING),
    ]:
        HistoryEntryFactory(
            task=task, at=start + timedelta(minutes=minutes), old_status=old, new_status=new
        )
    steps = web.get(f"/tasks/{task.number}/").context["card"].current_step.stages
    assert [(step.state, step.time) for step in steps] == [
        ("done", "3 мин"),
        ("done", "1 мин"),
        ("current", "6 мин"),
        ("todo", ""),
        ("todo", ""),
    ]


def test_only_tasks_that_need_approval_have_its_stage(owner: User, web: Client) -> None:
    plain, risky = make(owner), make(owner, Status.ON_APPROVAL, approval_needed=True)
    assert "Согласование" not in card(web, plain)
    steps = web.get(f"/tasks/{risky.number}/").context["card"].current_step.stages
    assert (steps[0].label, steps[0].state) == ("Согласование", "current")


def test_the_card_says_when_nobody_can_approve(owner: User, web: Client) -> None:
    task = make(owner, Status.ON_APPROVAL, approval_needed=True)
    advice = web.get(f"/tasks/{task.number}/").context["card"].current_step.banner.advice
    assert advice.startswith("Руководитель группы доступа согласует")
    User.objects.filter(roles__role=Role.HEAD).update(is_active=False)
    advice = web.get(f"/tasks/{task.number}/").context["card"].current_step.banner.advice
    assert advice.startswith("Согласовать задание некому")
    add_head(owner)
    advice = web.get(f"/tasks/{task.number}/").context["card"].current_step.banner.advice
    assert advice.startswith("Руководитель группы доступа согласует")


def test_a_cancelled_task_shows_the_stage_where_it_was_cancelled(owner: User, web: Client) -> None:
    task = make(owner, Status.CANCELLED)
    HistoryEntryFactory(
        task=task,
        name="cancel",
        old_status=Status.CABINET_FAILED,
        new_status=Status.CANCELLED,
        comment="Клиент передумал",
    )
    page = web.get(f"/tasks/{task.number}/")
    steps = page.context["card"].current_step.stages
    assert [step.state for step in steps] == ["done", "error", "todo", "todo", "todo"]
    assert "Клиент передумал" in text_of(page)
