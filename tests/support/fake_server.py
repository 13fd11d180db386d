"""A server with planned responses, as an outside system."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from econtract.platform.common import http

Respond = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Sends the next of ``responses``, or an empty JSON object."""

    protocol_version = "HTTP/1.1"
    server: "FakeServer"

    def do_GET(self) -> None:
        self.server.requests.append((self.command, self.path, dict(self.headers), self._body()))
        respond = self.server.responses.popleft() if self.server.responses else response()
        respond(self)

    do_POST = do_GET

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""


class FakeServer(ThreadingHTTPServer):
    """An outside system."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.responses: deque[Respond] = deque()
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


def response(status: int = 200, body: bytes = b"{}", **headers: str) -> Respond:
    def respond(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


@contextmanager
def run_fake_server() -> Iterator[FakeServer]:
    """A running server; afterwards the product has no connection to it."""
    server = FakeServer()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
    for client in http._clients.values():
        client.close()
    http._clients.clear()
