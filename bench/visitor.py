"""A minimal browser: one persistent connection and cookies, with little overhead of its own."""

import re
import socket
from dataclasses import dataclass
from urllib.parse import quote, urlencode

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class VisitorResponse:
    """Status, raw header block and body of a response."""

    status: int
    headers: str
    body: bytes


class Visitor:
    """A user of the server on a port of the loopback address."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self._connect()

    def _connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def get(self, path: str) -> VisitorResponse:
        return self.request("GET", path)

    def post(self, path: str, body: bytes, content_type: str = FORM) -> VisitorResponse:
        return self.request("POST", path, body, content_type)

    def request(
        self, method: str, path: str, body: bytes = b"", content_type: str = ""
    ) -> VisitorResponse:
        """Send a request and read the whole response."""
        lines = [f"{method} {quote(path, safe='/?&=%')} HTTP/1.1", "Host: 127.0.0.1"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if method == "POST":
            lines += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
        request = "\r\n".join([*lines, "", ""]).encode() + body
        try:
            return self._send(request)
        except ConnectionError:
            # The server closes idle connections; like a browser, retry a GET on a new one.
            if method != "GET":
                raise
            self._connect()
            return self._send(request)

    def _send(self, request: bytes) -> VisitorResponse:
        self.socket.sendall(request)
        return self._read_response()

    def _read_response(self) -> VisitorResponse:
        while b"\r\n\r\n" not in self.buffer:
            self._receive()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        headers = head.decode("latin-1")
        length = re.search(r"(?i)content-length: (\d+)", headers)
        size = int(length[1]) if length else 0
        while len(self.buffer) < size:
            self._receive()
        body, self.buffer = self.buffer[:size], self.buffer[size:]
        for name, value in re.findall(r"(?i)set-cookie: ([^=]+)=([^;\r]*)", headers):
            self.cookies[name] = value
        return VisitorResponse(int(headers.split(" ", 2)[1]), headers, body)

    def _receive(self) -> None:
        part = self.socket.recv(1 << 16)
        if not part:
            raise ConnectionError("The server has closed the connection")
        self.buffer += part

    def log_in(self, name: str, password: str) -> "Visitor":
        """Log in through the login page; raises RuntimeError when the login is refused."""
        fields = {
            "username": name,
            "password": password,
            "csrfmiddlewaretoken": self.read_csrf_token("/login/"),
        }
        if self.post("/login/", urlencode(fields).encode()).status != 302:
            raise RuntimeError(f"{name} could not log in")
        return self

    def read_csrf_token(self, path: str) -> str:
        """The CSRF token of the form on that page; raises RuntimeError when it has none."""
        match = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path).body)
        if not match:
            raise RuntimeError(f"{path} has no form")
        return match[1].decode()
