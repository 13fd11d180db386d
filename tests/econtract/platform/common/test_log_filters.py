"""What log lines leave out."""

import logging

from econtract.platform.common.log_filters import SigningTokenFilter

TOKEN = "AbC-dEf_0123456789xyzw"


def test_the_token_of_a_signing_link_stays_out_of_the_log() -> None:
    """Django logs refused requests as message and path; other libraries whole addresses."""
    for message, arguments in (
        ("Not Found: %s", (f"/s/{TOKEN}/",)),
        (f"GET https://e.example.ru/s/{TOKEN}/page/2/ HTTP/1.1", ()),
    ):
        record = logging.LogRecord("django.request", 30, "", 0, message, arguments, None)
        assert SigningTokenFilter().filter(record)
        assert TOKEN not in record.getMessage()
        assert "/s/…/" in record.getMessage()
