"""Identification: what a client can answer, and what becomes of his request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from econtract.sandbox.journal import record
from econtract.sandbox.models import (
    Event,
    Habit,
    IdentityDocument,
    IdentityRequest,
    IdentityState,
    Organisation,
)

LIFETIME = dt.timedelta(days=7)


@dataclass(frozen=True)
class Answer:
    """An answer a client can give: its words on the page and what it leads to."""

    code: str
    state: str
    resolution: str | None
    label: str
    hint: str = ""


ANSWERS = {
    answer.code: answer
    for answer in (
        Answer("passed", IdentityState.PASSED, None, "Передать данные и пройти идентификацию"),
        Answer(
            "passed_change_services",
            IdentityState.PASSED,
            "change_services",
            "Передать данные, но попросить изменить услуги",
            "Идентификация пройдена с резолюцией «Хочу изменить услуги в Заказе»",
        ),
        Answer(
            "documents",
            IdentityState.DOCUMENTS,
            None,
            "Приложить документы о полномочиях",
            "Менеджер проверит документы и примет решение",
        ),
        Answer(
            "authority_pending",
            IdentityState.FAILED,
            "authority_pending",
            "Полномочия еще не подтверждены",
            "Резолюция «Ожидание подтверждения полномочий»",
        ),
        Answer(
            "data_refused",
            IdentityState.FAILED,
            "data_refused",
            "Отказаться от предоставления данных",
        ),
        Answer(
            "change_services",
            IdentityState.FAILED,
            "change_services",
            "Отказаться: хочу изменить услуги в Заказе",
        ),
        Answer(
            "data_mismatch",
            IdentityState.FAILED,
            "data_mismatch",
            "Данные не совпали с данными Госуслуг",
            "Так ответила бы проверка, а не клиент",
        ),
        Answer(
            "blacklisted",
            IdentityState.FAILED,
            "blacklisted",
            "Находится в черных списках",
            "Так ответила бы проверка, а не клиент",
        ),
        Answer(
            "no_answer",
            IdentityState.FAILED,
            "no_answer",
            "Срок ответа истек",
            "Запрос закроется, как если бы клиент не ответил в срок",
        ),
    )
}
# Characters whose habit is not itself the code of an answer.
_HABITS = {Habit.WELL: "passed", Habit.NO_CONSENT: ""}


@dataclass(frozen=True)
class Paper:
    """A document given with the answer `documents`."""

    name: str
    content_type: str
    content: bytes


def answer(
    row: IdentityRequest,
    code: str,
    actor: str,
    now: dt.datetime,
    papers: Sequence[Paper] = (),
) -> None:
    """Apply an answer to a pending request and tell it by the feed. Call in a transaction.

    The caller has made sure that the request is pending and `code` is one of ANSWERS.
    """
    given = ANSWERS[code]
    row.state, row.resolution, row.comment = given.state, given.resolution, ""
    row.identified_at = now if given.state == IdentityState.PASSED else None
    row.save(update_fields=["state", "resolution", "comment", "identified_at"])
    IdentityDocument.objects.bulk_create(
        IdentityDocument(
            request=row, name=paper.name, content_type=paper.content_type, content=paper.content
        )
        for paper in papers
    )
    Event.objects.create(
        system="identity",
        type=row.state,
        ref=row.ref,
        at=now,
        payload={"reference": row.reference, "resolution": row.resolution},
    )
    record("identity", "answered", actor, now, reference=row.reference, ref=row.ref)


def cancel(row: IdentityRequest) -> None:
    """Kill the link."""
    row.state = IdentityState.CANCELLED
    row.save(update_fields=["state"])


def accept(row: IdentityRequest, now: dt.datetime) -> None:
    """The caller takes the papers: identification passed."""
    row.state, row.identified_at = IdentityState.PASSED, now
    row.save(update_fields=["state", "identified_at"])


def decline(row: IdentityRequest, comment: str, now: dt.datetime) -> None:
    """The caller does not take the papers: the client is asked once more."""
    row.documents.all().delete()
    row.state, row.resolution, row.comment = IdentityState.PENDING, "authority_pending", comment
    row.asked_at = now
    row.save(update_fields=["state", "resolution", "comment", "asked_at"])


def keep_silent(row: IdentityRequest) -> None:
    """Take the request out of the autopilot's hands."""
    row.silent = True
    row.save(update_fields=["silent"])


def answer_by_habit(row: IdentityRequest, now: dt.datetime) -> None:
    """Answer as the organisation's character would."""
    habit = Organisation.objects.filter(inn=row.inn).values_list("habit", flat=True).first() or ""
    code = _HABITS.get(Habit(habit), habit)
    if not code:
        keep_silent(row)
        return
    code = code if code in ANSWERS else "passed"
    papers = [sample_paper(row)] if code == "documents" else []
    answer(row, code, "autopilot", now, papers)


def expire(now: dt.datetime) -> None:
    """Fail the requests whose link has run out."""
    late = IdentityRequest.objects.filter(state=IdentityState.PENDING, expires_at__lte=now)
    for row in late:
        answer(row, "no_answer", "operator", now)


def sample_paper(row: IdentityRequest) -> Paper:
    """A power of attorney made up for the demonstration, as a PDF of one page."""
    from econtract.sandbox.pdf import letter  # WeasyPrint takes half a second to import

    lines = [
        f"Организация: {row.organisation_name or 'не указана'}, ИНН {row.inn or 'не указан'}",
        f"Настоящим подтверждаются полномочия: {row.person}",
        f"Должность: {row.position or 'не указана'}",
        f"Основание: {row.authority or 'не указано'}",
        "Документ создан песочницей для демонстрации и юридической силы не имеет.",
    ]
    return Paper("polnomochiya.pdf", "application/pdf", letter("Подтверждение полномочий", lines))
