"""The web server of scripts/run: waitress, with our pages where it answers itself.

python scripts/lib/web.py HOST PORT
"""

import sys
from pathlib import Path

from waitress import serve
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

ROOT = Path(__file__).resolve().parents[2]
ERROR_PAGES = ROOT / "deploy" / "errors"
# Waitress has 431 for long headers, of which only the URL can be long.
PAGE_BY_STATUS = {"413": "413.html", "431": "414.html"}
# More than the application takes, so that it refuses a larger upload itself.
MAX_BODY_BYTES = 200 * 1024 * 1024


class RussianErrorTask(ErrorTask):
    """Answers a request that does not reach the application."""

    def execute(self) -> None:
        """Sends one of deploy/errors."""
        status, _, _ = self.request.error.to_response(self.channel.server.adj.ident)
        page = ERROR_PAGES / PAGE_BY_STATUS.get(status[:3], "400.html")
        body = page.read_bytes()
        self.status = status
        self.response_headers.append(("Content-Type", "text/html; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


def main(host: str, port: str) -> None:
    """Serve the product until a signal."""
    sys.path.insert(0, str(ROOT))
    from econtract.wsgi import application  # needs the path

    HTTPChannel.error_task_class = RussianErrorTask
    serve(
        application,
        host=host,
        port=port,
        threads=8,
        ident="",
        max_request_body_size=MAX_BODY_BYTES,
        channel_timeout=120,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
