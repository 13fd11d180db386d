"""docs/failures.md against the code: every sentence about a failing system is listed."""

import pytest

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
TEXTS_OF_FAILURES = [
    *SENTENCES.values(),
    *TEXTS.values(),
    *FIXES.values(),
    *NEXT_BY_RESOLUTION.values(),
    *CAPTIONS,
]


@pytest.mark.parametrize("text", dict.fromkeys(TEXTS_OF_FAILURES))
def test_every_sentence_about_a_failure_is_documented(text: str) -> None:
    page = (ROOT / "docs" / "failures.md").read_text(encoding="utf-8")
    assert text in page
