"""docs/failures.md against the code: every sentence about a failing system is listed."""

import pytest

from clients.messages.reasons import REASONS, explain_reason
from econtract.platform.outbox import registry
from edo.channels.operator.refusals import FIXES, TEXTS
from tasks.wording.guidance import NEXT_BY_RESOLUTION
from tasks.wording.refusals import SENTENCES
from tests.support.paths import ROOT

CAPTIONS = [
    caption
    for job_kind in registry.job_kinds()
    if (caption := getattr(job_kind, "caption_when_parked", None))
]
MESSAGE_REASONS = [*REASONS.values(), explain_reason("something new")]
TEXTS_OF_FAILURES = [
    *SENTENCES.values(),
    *TEXTS.values(),
    *FIXES.values(),
    *NEXT_BY_RESOLUTION.values(),
    *CAPTIONS,
    *[text for reason in MESSAGE_REASONS for text in (reason.text, reason.fix)],
]


@pytest.mark.parametrize("text", dict.fromkeys(TEXTS_OF_FAILURES))
def test_every_sentence_about_a_failure_is_documented(text: str) -> None:
    page = (ROOT / "docs" / "failures.md").read_text(encoding="utf-8")
    assert text in page
