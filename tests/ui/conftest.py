"""A browser on the components page; a loopback server has its files and prepared answers."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page

from econtract import showcase

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
NAV = {
    "items": [
        {"label": "Задания", "url": "/tasks/my/", "icon": "checklist", "current": True},
        {"label": "Справка", "url": "/help/", "icon": "help"},
    ],
    "new_task_url": "/tasks/new/",
    "search_url": "/search/",
    "notifications_url": "/notifications/",
    "notifications": 2,
    "user_label": "Иванова А.",
    "role_label": "Менеджер",
    "login_url": "/login/",
    "logout_url": "/logout/",
    "poll_url": "/poll/",
}


@dataclass(frozen=True)
class Request:
    """What the browser has asked."""

    method: str
    target: str
    headers: Message
    body: str

    @property
    def path(self) -> str:
        """The address without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's fields."""
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def posted(self) -> dict[str, str]:
        """The fields of a form that was sent."""
        return dict(parse_qsl(self.body, keep_blank_values=True))


# Status and body; for 302 the body is the address; None is a lost connection.
Answer = tuple[int, str] | None


@dataclass
class Site:
    """HTML by path or by a function of the request; what was asked, and complained of."""

    answers: dict[str, str | Callable[[Request], Answer]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    origin: str = ""

    def asked(self, path: str) -> list[Request]:
        """The requests for one path, in order."""
        return [request for request in self.requests if request.path == path]

    def answer(self, request: Request) -> Answer:
        """What to say to one request; an empty page where nothing was prepared."""
        self.requests.append(request)
        prepared = self.answers.get(request.path, "")
        return prepared(request) if callable(prepared) else (200, prepared)


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for the `site` of its server."""

    def do_GET(self) -> None:
        """Files of static/, else the prepared answer."""
        if not self.path.startswith("/static/"):
            self.do_POST()
            return
        self.server.site.requests.append(  # type: ignore[attr-defined]
            Request(self.command, self.path, self.headers, "")
        )
        file = Path(str(finders.find(self.path.removeprefix("/static/"))))
        self.say(200, TYPES.get(file.suffix, "font/woff2"), file.read_bytes())

    def do_POST(self) -> None:
        """The prepared answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, self.path, self.headers, body.decode(errors="replace"))
        answer = self.server.site.answer(request)  # type: ignore[attr-defined]
        if answer is None:
            self.close_connection = True
        else:
            self.say(answer[0], "text/html; charset=utf-8", answer[1].encode())

    def say(self, status: int, content_type: str, body: bytes) -> None:
        """One answer under the product's content policy."""
        self.send_response(status)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Type", content_type)
        if status == 302:
            self.send_header("Location", body.decode())
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Says nothing: the tests look at `Site.requests`."""


def render(template: str, **context: object) -> str:
    """A template with the sample data and a full frame."""
    frame = {"nav": NAV, "csrf_token": "token-of-the-page", **showcase.context()}
    return render_to_string(template, frame | context)


@pytest.fixture
def site() -> Iterator[Site]:
    """The pages that most tests want, served on a free loopback port."""
    site = Site({"/": render("showcase/components.html"), "/poll/": lambda _: (204, "")})
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.site = site  # type: ignore[attr-defined]
        site.origin = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield site
        server.shutdown()
        thread.join()


@pytest.fixture
def open_page(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a path in a context of its own and notes what the browser complains of."""
    contexts = []

    def open_(path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=site.origin, locale="ru-RU", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: site.complaints.append(message.text))
        page.on("pageerror", lambda error: site.complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
