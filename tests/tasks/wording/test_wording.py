"""Words for moments, ages, sizes and numbers."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from econtract.platform.common.formatting import (
    format_age,
    format_duration,
    format_file_size,
    format_number,
    format_running_time,
    format_with_zone,
    pluralize,
    zone_name,
)
from tasks.screens.card import timeline
from tasks.statuses import Resolution, Status, resolutions_of
from tasks.wording.guidance import ASK_SUPPORT, NEXT, NEXT_BY_RESOLUTION
from tasks.wording.messages import TEMPLATES

NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)  # 12:00 in Moscow


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=59), "сейчас"),
        (timedelta(seconds=-5), "сейчас"),
        (timedelta(minutes=2), "2 мин"),
        (timedelta(hours=11), "11 ч"),
        (timedelta(hours=13), "вчера"),
        (timedelta(days=2), "19.11.2026"),
    ],
)
@time_machine.travel(NOON, tick=False)
def test_how_long_ago(before: timedelta, words: str) -> None:
    assert format_age(NOON - before) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 с"),
        (40, "40 с"),
        (460, "7 мин 40 с"),
        (3600, "1 ч"),
        (7500, "2 ч 5 мин"),
        (3 * 86400 + 4 * 3600, "3 дн 4 ч"),
        (3 * 86400 + 59, "3 дн"),
    ],
)
def test_how_long(seconds: int, words: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == words


def test_a_time_that_runs_is_said_to_the_minute() -> None:
    assert format_running_time(timedelta(seconds=59)) == "меньше минуты"
    assert format_running_time(timedelta(seconds=899)) == "14 мин"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/Moscow", "МСК"),
        ("Asia/Yekaterinburg", "МСК+2"),
        ("Europe/Kaliningrad", "МСК-1"),
        ("Asia/Kathmandu", "МСК+2.75"),
    ],
)
def test_a_zone_is_named_as_in_timetables(zone: str, name: str) -> None:
    assert zone_name(NOON.astimezone(ZoneInfo(zone))) == name


def test_a_moment_is_said_in_the_zone_of_the_person() -> None:
    with timezone.override(ZoneInfo("Asia/Yekaterinburg")):
        assert format_with_zone(NOON) == "21.11.2026 14:00 МСК+2"


def test_sizes_and_numbers() -> None:
    assert (format_file_size(10), format_file_size(61_440), format_file_size(1_258_291)) == (
        "1 КБ",
        "60 КБ",
        "1,2 МБ",
    )
    assert format_number(12345) == "12\N{NO-BREAK SPACE}345"


@pytest.mark.parametrize(
    ("number", "noun"),
    [(1, "задание"), (2, "задания"), (5, "заданий"), (11, "заданий"), (21, "задание")],
)
def test_nouns_agree_with_their_numbers(number: int, noun: str) -> None:
    assert pluralize(number, "задание", "задания", "заданий") == noun


def test_every_status_and_resolution_says_what_to_do_next() -> None:
    assert set(NEXT) == set(Status)
    assert set(NEXT_BY_RESOLUTION) == set(Resolution)


def test_a_failed_signing_offers_a_request_unless_people_must_agree_first() -> None:
    without_request = {
        Resolution.CLIENT_REFUSED,
        Resolution.WRONG_NUMBER,
        Resolution.NO_ANSWER,
        Resolution.CHANGE_SERVICES,
        Resolution.BLACKLISTED,
        Resolution.CONSENT_REFUSED,
        Resolution.WITHDRAWN,
        Resolution.REVIEW_NEEDED,
    }
    assert set(resolutions_of(Status.SIGNING_FAILED)) - set(ASK_SUPPORT) == without_request


def test_no_text_has_the_letter_that_the_product_does_without() -> None:
    texts = [*NEXT.values(), *NEXT_BY_RESOLUTION.values(), *timeline.SENTENCES.values()]
    assert not [text for text in texts if "ё" in text.lower()]


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_message_to_a_client_needs_another_case_of_the_document_kind(template: str) -> None:
    """«подписать спецификация»: the kind is the subject of a sentence, or in brackets."""
    text = TEMPLATES[template].text
    before, _, _ = text.partition("{kind}")
    is_subject = before.endswith(("Ростелеком: ", "напоминаем, "))
    assert "{kind}" not in text or is_subject or before.endswith("(")
