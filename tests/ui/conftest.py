"""A browser on the components page, served by a loopback server with canned responses."""

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
CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
NAV = {
    "menu_items": [
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
class RecordedRequest:
    """A request that the browser has sent."""

    method: str
    url: str
    headers: Message
    body: str

    @property
    def path(self) -> str:
        """The path of the URL, without the query."""
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query string."""
        return dict(parse_qsl(urlsplit(self.url).query))

    @property
    def form_data(self) -> dict[str, str]:
        """The fields of a submitted form."""
        return dict(parse_qsl(self.body, keep_blank_values=True))


OpenPage = Callable[..., Page]
# Status, body (for 302 the body is the address) and headers; None is a lost connection.
CannedResponse = tuple[int, str] | tuple[int, str, dict[str, str]] | None


@dataclass
class FakeSite:
    """Responds by path with HTML or what a function returns; records what the browser sends."""

    responses: dict[str, str | Callable[[RecordedRequest], CannedResponse]] = field(
        default_factory=dict
    )
    requests: list[RecordedRequest] = field(default_factory=list)
    console_messages: list[str] = field(default_factory=list)
    origin: str = ""

    def requests_to(self, path: str) -> list[RecordedRequest]:
        """The requests to one path, in order."""
        return [request for request in self.requests if request.path == path]

    def respond(self, request: RecordedRequest) -> CannedResponse:
        """Records the request; without a canned response the page is empty."""
        self.requests.append(request)
        canned = self.responses.get(request.path, "")
        return canned(request) if callable(canned) else (200, canned)


class FakeSiteHandler(BaseHTTPRequestHandler):
    """Serves the `site` of its server."""

    def do_GET(self) -> None:
        """A file of static/, or the canned response."""
        if not self.path.startswith("/static/"):
            self.do_POST()
            return
        self.server.site.requests.append(  # type: ignore[attr-defined]
            RecordedRequest(self.command, self.path, self.headers, "")
        )
        file = Path(str(finders.find(self.path.removeprefix("/static/"))))
        self.send(200, CONTENT_TYPES.get(file.suffix, "font/woff2"), file.read_bytes())

    def do_POST(self) -> None:
        """The canned response."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = RecordedRequest(
            self.command, self.path, self.headers, body.decode(errors="replace")
        )
        response = self.server.site.respond(request)  # type: ignore[attr-defined]
        if response is None:
            self.close_connection = True
        else:
            status, text, *headers = response
            self.send(status, "text/html; charset=utf-8", text.encode(), *headers)

    def send(
        self, status: int, content_type: str, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        """Sends one response under the content security policy of the product."""
        self.send_response(status)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Type", content_type)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status == 302:
            self.send_header("Location", body.decode())
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """No log: the tests read `FakeSite.requests`."""


def render(template: str, **context: object) -> str:
    """Renders a template with the sample data and everything that base.html shows."""
    defaults = {"nav": NAV, "csrf_token": "token-of-the-page", **showcase.sample_context()}
    return render_to_string(template, defaults | context)


@pytest.fixture
def site() -> Iterator[FakeSite]:
    """The components page and an empty poll, served on a free loopback port."""
    site = FakeSite({"/": render("showcase/components.html"), "/poll/": lambda _: (204, "")})
    with ThreadingHTTPServer(("127.0.0.1", 0), FakeSiteHandler) as server:
        server.site = site  # type: ignore[attr-defined]
        site.origin = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield site
        server.shutdown()
        thread.join()


def client_options(request: RecordedRequest) -> CannedResponse:
    """The options of the client field: two for «ром», none for any other query."""
    context: dict[str, object] = {"id": "client", "empty": "Клиент не найден"}
    if request.query["client_q"] != "ром":
        context["options"] = []
    return 200, render("components/forms/combobox_options.html", **context)


@pytest.fixture
def demo_server(site: FakeSite) -> None:
    """The server behind the components page: its client field finds, its form saves a draft."""
    saved = render("components/forms/draft_status.html", text="Сохранено в 14:33")
    site.responses |= {"/demo/options/": client_options, "/demo/draft/": saved}
    site.responses["/"] = str(site.responses["/"]).replace(
        '<form class="form-page"', '<form data-draft="/demo/draft/" class="form-page"'
    )


@pytest.fixture
def open_page(site: FakeSite, browser: Browser) -> Iterator[OpenPage]:
    """Opens a path in a browser context of its own and records what the console shows."""
    contexts = []

    def open_(path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=site.origin, locale="ru-RU", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: site.console_messages.append(message.text))
        page.on("pageerror", lambda error: site.console_messages.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
