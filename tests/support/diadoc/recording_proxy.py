"""A proxy that records every call between the product and an outside system."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx

# These belong to one connection only.
CONNECTION_HEADERS = {
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
}


@dataclass(frozen=True)
class RecordedCall:
    """One call; the bodies are as they were on the wire."""

    method: str
    path: str
    status: int
    request_headers: dict[str, str]
    request: bytes
    response_type: str
    response: bytes

    @property
    def request_json(self) -> Any:
        """The body of the request."""
        return json.loads(self.request)

    @property
    def response_json(self) -> Any:
        """The body of the response."""
        return json.loads(self.response)


@dataclass
class RecordingProxy:
    """A running proxy; `calls` are in the order of their ends."""

    url: str
    calls: list[RecordedCall] = field(default_factory=list)


@contextlib.contextmanager
def recording(target: str) -> Iterator[RecordingProxy]:
    """Run a proxy in front of `target` (a URL) within the block."""
    proxy = RecordingProxy("")
    client = httpx.Client(timeout=60)
    base = urlsplit(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            """Send the request on and record both bodies."""
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in CONNECTION_HEADERS
            }
            answer = client.request(
                self.command,
                f"{base.scheme}://{base.netloc}{base.path}{self.path}",
                content=content,
                headers=headers,
            )
            proxy.calls.append(
                RecordedCall(
                    self.command,
                    urlsplit(self.path).path,
                    answer.status_code,
                    {name.lower(): value for name, value in headers.items()},
                    content,
                    re.split(r"[;,]", answer.headers.get("Content-Type", ""))[0].strip(),
                    answer.content,
                )
            )
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in {*CONNECTION_HEADERS, "content-encoding", "date", "server"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = forward

        def log_message(self, *args: object) -> None:
            """Keep the output of the tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        client.close()
