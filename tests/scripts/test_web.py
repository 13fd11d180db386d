"""The web server of scripts/run: what it answers itself is Russian, too."""

import importlib.util
import socket
import threading

import pytest
import waitress
from waitress.channel import HTTPChannel

from tests.support.paths import ROOT

SPEC = importlib.util.spec_from_file_location("web", ROOT / "scripts/lib/web.py")


@pytest.mark.parametrize(
    ("request_text", "status", "heading"),
    [
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
            "413",
            "Файл слишком большой",
        ),
        (f"GET /?q={'a' * 2000} HTTP/1.1\r\nHost: x\r\n\r\n", "431", "Адрес слишком длинный"),
        ("GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", "400", "Запрос не понят"),
    ],
)
def test_a_request_that_does_not_reach_the_application(
    request_text: str, status: str, heading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SPEC
    assert SPEC.loader
    web = importlib.util.module_from_spec(SPEC)
    SPEC.loader.exec_module(web)
    monkeypatch.setattr(HTTPChannel, "error_task_class", web.RussianErrorTask)
    sockets: dict = {}
    server = waitress.create_server(
        lambda environ, start_response: [],
        map=sockets,
        host="127.0.0.1",
        port=0,
        max_request_body_size=100,
        max_request_header_size=1000,
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        with socket.create_connection(("127.0.0.1", int(server.effective_port))) as client:
            client.sendall(request_text.encode())
            answer = b"".join(iter(lambda: client.recv(65536), b"")).decode()
    finally:
        server.close()
        thread.join(timeout=10)
    assert answer.split()[1] == status
    assert f"<h1>{heading}</h1>" in answer
