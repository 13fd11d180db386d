"""Identification requests: the answers a client can give, and what they lead to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from econtract.sandbox.journal import record_effect
from econtract.sandbox.models import (
    FeedEvent,
    Habit,
    IdentityDocument,
    IdentityRequest,
    IdentityState,
    Organisation,
)

LINK_LIFETIME = dt.timedelta(days=7)


@dataclass(frozen=True)
class IdentityAnswer:
    """An answer: the state and resolution it leads to, and its text on the page."""

    code: str
    state: str
    resolution: str | None
    label: str
    hint: str = ""


ANSWERS = {
    answer.code: answer
    for answer in (
        IdentityAnswer(
            "passed", IdentityState.PASSED, None, "Передать данные и пройти идентификацию"
        ),
        IdentityAnswer(
            "passed_change_services",
            IdentityState.PASSED,
            "change_services",
            "Передать данные, но попросить изменить услуги",
            "Идентификация пройдена с резолюцией «Хочу изменить услуги в Заказе»",
        ),
        IdentityAnswer(
            "documents",
            IdentityState.DOCUMENTS,
            None,
            "Приложить документы о полномочиях",
            "Менеджер проверит документы и примет решение",
        ),
        IdentityAnswer(
            "authority_pending",
            IdentityState.FAILED,
            "authority_pending",
            "Полномочия еще не подтверждены",
            "Резолюция «Ожидание подтверждения полномочий»",
        ),
        IdentityAnswer(
            "data_refused",
            IdentityState.FAILED,
            "data_refused",
            "Отказаться от предоставления данных",
        ),
        IdentityAnswer(
            "change_services",
            IdentityState.FAILED,
            "change_services",
            "Отказаться: хочу изменить услуги в Заказе",
        ),
        IdentityAnswer(
            "data_mismatch",
            IdentityState.FAILED,
            "data_mismatch",
            "Данные не совпали с данными Госуслуг",
            "Так ответила бы проверка, а не клиент",
        ),
        IdentityAnswer(
            "blacklisted",
            IdentityState.FAILED,
            "blacklisted",
            "Находится в черных списках",
            "Так ответила бы проверка, а не клиент",
        ),
        IdentityAnswer(
            "no_answer",
            IdentityState.FAILED,
            "no_answer",
            "Срок ответа истек",
            "Запрос закроется, как если бы клиент не ответил в срок",
        ),
    )
}
# Habits that differ from the code of their answer. Empty: the client does not answer.
_ANSWER_OF_HABIT = {Habit.AGREES: "passed", Habit.NO_CONSENT: ""}


@dataclass(frozen=True)
class IdentityFile:
    """A file that comes with the answer `documents`."""

    name: str
    content_type: str
    content: bytes


def record_answer(
    row: IdentityRequest,
    code: str,
    actor: str,
    now: dt.datetime,
    files: Sequence[IdentityFile] = (),
) -> None:
    """Apply an answer and publish it in the event feed. Call in a transaction.

    The caller must have checked that the request is pending and that ANSWERS contains `code`.
    """
    answer = ANSWERS[code]
    row.state, row.resolution, row.comment = answer.state, answer.resolution, ""
    row.identified_at = now if answer.state == IdentityState.PASSED else None
    row.save(update_fields=["state", "resolution", "comment", "identified_at"])
    IdentityDocument.objects.bulk_create(
        IdentityDocument(
            request=row, name=file.name, content_type=file.content_type, content=file.content
        )
        for file in files
    )
    FeedEvent.objects.create(
        system="identity",
        type=row.state,
        ref=row.ref,
        at=now,
        payload={"reference": row.reference, "resolution": row.resolution},
    )
    record_effect("identity", "answered", actor, now, reference=row.reference, ref=row.ref)


def cancel(row: IdentityRequest) -> None:
    """Disable the link."""
    row.state = IdentityState.CANCELLED
    row.save(update_fields=["state"])


def accept_documents(row: IdentityRequest, now: dt.datetime) -> None:
    """The caller accepts the client's documents: the identification is passed."""
    row.state, row.identified_at = IdentityState.PASSED, now
    row.save(update_fields=["state", "identified_at"])


def decline_documents(row: IdentityRequest, comment: str, now: dt.datetime) -> None:
    """The caller refuses the client's documents: the client is asked again."""
    row.documents.all().delete()
    row.state, row.resolution, row.comment = IdentityState.PENDING, "authority_pending", comment
    row.asked_at = now
    row.save(update_fields=["state", "resolution", "comment", "asked_at"])


def mark_silent(row: IdentityRequest) -> None:
    """Stop the autopilot from answering this request."""
    row.silent = True
    row.save(update_fields=["silent"])


def answer_by_habit(row: IdentityRequest, now: dt.datetime) -> None:
    """Give the answer that fits the organisation's habit."""
    habit = Organisation.objects.filter(inn=row.inn).values_list("habit", flat=True).first() or ""
    code = _ANSWER_OF_HABIT.get(Habit(habit), habit)
    if not code:
        mark_silent(row)
        return
    code = code if code in ANSWERS else "passed"
    files = [make_sample_document(row)] if code == "documents" else []
    record_answer(row, code, "autopilot", now, files)


def expire_requests(now: dt.datetime) -> None:
    """Fail the pending requests whose link has expired."""
    requests = IdentityRequest.objects.filter(state=IdentityState.PENDING, expires_at__lte=now)
    for row in requests:
        record_answer(row, "no_answer", "operator", now)


def make_sample_document(row: IdentityRequest) -> IdentityFile:
    """A sample power of attorney for demonstrations, a PDF of one page."""
    from econtract.sandbox.pdf import render_letter  # WeasyPrint takes half a second to import

    lines = [
        f"Организация: {row.organisation_name or 'не указана'}, ИНН {row.inn or 'не указан'}",
        f"Настоящим подтверждаются полномочия: {row.person}",
        f"Должность: {row.position or 'не указана'}",
        f"Основание: {row.authority or 'не указано'}",
        "Документ создан песочницей для демонстрации и юридической силы не имеет.",
    ]
    content = render_letter("Подтверждение полномочий", lines)
    return IdentityFile("polnomochiya.pdf", "application/pdf", content)
