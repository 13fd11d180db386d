"""«Протокол подписания»."""

import hashlib
from pathlib import Path

from tests.support.documents.office import extract_pdf_text
from tests.support.documents.packages import SamplePackage


def test_the_protocol_states_parties_files_signatures_and_events(
    sample: SamplePackage, unpacked: Path
) -> None:
    text = extract_pdf_text((unpacked / "Протокол подписания.pdf").read_bytes())
    without_spaces = "".join(text.split())
    details = sample.parts.signatures[0].details
    for expected in [
        "Протокол подписания",
        "850770100110",
        "10482",
        "Контур.Диадок",
        "5e0a7b0e-0b1c-4f0e-8f53-000000000002",
        "АПД: 4600000000017",
        "ПАО «Ростелеком»",
        "ООО «Ромашка»",
        sample.parts.document_sha256,
        hashlib.sha256(sample.parts.signatures[1].der).hexdigest(),
        details.serial,
        details.owner,
        "2f0b1a5e-33f4-4c3b-9ef2-111111111111",
        "21.11.2026 14:51:00 (GMT+03:00)",
        "Документ подписан",
        sample.parts.verification_url,
    ]:
        assert "".join(expected.split()) in without_spaces, expected
