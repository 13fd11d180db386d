"""What log lines leave out."""

import logging
import re


class ClientErrorFilter(logging.Filter):
    """A refused request (4xx) is one line: its traceback only shows where we refuse.

    Django adds the status code to its records about requests.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info, record.exc_text = None, None
        return True


# A link to sign is as good as a password, so its token stays out of logs (docs/rights.md#links).
_TOKEN_IN_PATH = re.compile(r"(/s/)[^/\s\"'?]+")


class SigningTokenFilter(logging.Filter):
    """Replaces the token in the address of a signing page by «…».

    Django logs the path of every refused request, and other libraries whole addresses.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "/s/" in message:
            record.msg, record.args = hide_signing_token(message), ()
        return True


def hide_signing_token(text: str) -> str:
    """``text`` with «…» in the place of tokens of signing links."""
    return _TOKEN_IN_PATH.sub(r"\1…", text)
