"""What log lines leave out."""

import logging


class ClientErrorFilter(logging.Filter):
    """A refused request (4xx) is one line: its traceback only shows where we refuse.

    Django adds the status code to its records about requests.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info, record.exc_text = None, None
        return True
