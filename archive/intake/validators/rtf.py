"""RTF: one group, which opens at the first byte and closes at the last."""

import re
from typing import BinaryIO

from archive.findings import Finding
from archive.intake import office_findings, refusals
from archive.intake.refusals import IntakeRefused

MAX_DEPTH = 500
# Escapes, raw binary data (skipped by its stated length), and the braces.
_TOKEN = re.compile(rb"\\bin(-?\d+) ?|\\[\\{}]|([{}])")
# Two backslashes are one of the text, and no control word.
_FINDINGS = {
    office_findings.TRACKED_CHANGES: re.compile(rb"(?<!\\)\\(?:revised|deleted)(?![a-z0])"),
    office_findings.COMMENTS: re.compile(rb"(?<!\\)\\annotation(?![a-z])"),
}


def validate(file: BinaryIO) -> set[Finding]:
    """What a person must check in the document.

    Raises IntakeRefused for unbalanced groups, data after the last group, and no content.
    """
    file.seek(0)
    data = file.read()
    depth = position = 0
    while token := _TOKEN.search(data, position):
        position = token.end()
        if token[1]:
            position += max(0, int(token[1][:10]))
        elif token[2]:
            depth += 1 if token[2] == b"{" else -1
            if depth > MAX_DEPTH:
                raise IntakeRefused(refusals.TOO_LARGE_UNPACKED)
            if depth <= 0:
                break
    if depth != 0 or data[position:].strip(b"\0\t\n\r "):
        raise IntakeRefused(refusals.CORRUPT if depth else refusals.POLYGLOT)
    if not re.search(rb"[^\s{}]", re.sub(rb"\\[a-z]+-?\d* ?|\{\\\*[^{}]*\}", b"", data)):
        raise IntakeRefused(refusals.NO_CONTENT)
    return {finding for finding, pattern in _FINDINGS.items() if pattern.search(data)}
