"""The server itself, on a real port: what it takes, what it gives up on, and how it is opened."""

from __future__ import annotations

import socket
import sys

import httpx2
import pytest
from starlette.responses import PlainTextResponse

from bot.errors import SettingsError
from bot.settings import WebSettings
from bot.web import server
from bot.web.server import WebServer, listen, port_of
from bot.web_serving import open_web
from tests.city import City
from tests.waiting import until

BASE = "https://samma-dag.exempelstad.example"
OIDC = {"issuer": "https://login.exempelstad.example", "client_id": "x"}
PROXY = {"addresses": ["127.0.0.1"]}


@pytest.fixture
def running(monkeypatch):
    monkeypatch.setattr(server._Impatient, "slowest_s", 0.3)
    made = WebServer(PlainTextResponse("hello"), listen("127.0.0.1", 0))
    made.start()
    until(lambda: made._server.started)
    yield made
    made.stop()


def connect(running):
    return socket.create_connection(("127.0.0.1", running.port), timeout=5)


def test_it_answers_and_keeps_a_connection_for_the_next_request(running):
    with httpx2.Client(base_url=f"http://127.0.0.1:{running.port}") as client:
        assert [client.get("/").text for _ in range(3)] == ["hello"] * 3


def test_it_says_nothing_of_what_it_runs_on(running):
    answer = httpx2.get(f"http://127.0.0.1:{running.port}/")
    assert "server" not in answer.headers


def test_the_words_of_an_error_are_written_nowhere(caplog, capfd):
    """They may be those of a mail; `page_failed` says where it happened."""

    async def fails(scope, receive, send):
        raise ValueError("Karin Lund 19121212-1212")

    made = WebServer(fails, listen("127.0.0.1", 0))
    made.start()
    assert httpx2.get(f"http://127.0.0.1:{made.port}/").status_code == 500
    made.stop()
    written = caplog.text + "".join(capfd.readouterr())
    assert "Karin" not in written


def test_whoever_connects_and_says_nothing_is_cut_off(running):
    with connect(running) as silent:
        assert silent.recv(10) == b""


def test_whoever_drips_the_head_of_a_request_is_cut_off(running):
    with connect(running) as slow, pytest.raises(OSError):  # noqa: PT011 - reset or broken pipe
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        for _ in range(2000):
            slow.sendall(b"a: b\r\n")
            slow.settimeout(0.01)
            try:
                if slow.recv(10) == b"":
                    raise ConnectionResetError
            except TimeoutError:
                continue


def test_a_second_head_that_drips_is_cut_off_too(running):
    with connect(running) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while b"hello" not in answer:
            answer += slow.recv(1000)
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert slow.recv(10) == b""


def test_a_websocket_is_not_spoken(running):
    with connect(running) as client:
        client.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert b"101" not in client.recv(1000).splitlines()[0]


def test_after_it_has_stopped_its_port_is_free(running):
    port = running.port
    running.stop()
    listen("127.0.0.1", port).close()


def test_a_port_that_is_taken_is_named():
    taken = listen("127.0.0.1", 0)
    with pytest.raises(SettingsError) as refused:
        listen("127.0.0.1", port_of(taken))
    taken.close()
    assert "upptagen" in str(refused.value)


# Opening it with the settings


def opened(tmp_path, sqlite_url, **given):
    settings = WebSettings.model_validate({"port": 0, **given})
    city = City(tmp_path / "mail", sqlite_url, web=settings)
    try:
        web = open_web(city.app)
        assert web is not None
        web.stop()
    finally:
        city.close()


@pytest.mark.parametrize("way", [{"oidc": OIDC}, {"proxy": PROXY}])
def test_it_opens_with_either_way_to_sign_in(tmp_path, sqlite_url, way):
    opened(tmp_path, sqlite_url, base_url=BASE, **way)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"oidc": OIDC}, "web.base_url"),
        ({"base_url": BASE}, "web.oidc"),
        ({"base_url": BASE, "oidc": OIDC, "proxy": PROXY}, "antingen"),
        ({"base_url": BASE, "oidc": {**OIDC, "ca_file": "/nowhere.pem"}}, "web.oidc"),
        ({"base_url": BASE, "oidc": {**OIDC, "client_secret_file": "/nowhere"}}, "/nowhere"),
    ],
)
def test_settings_that_let_nobody_in_safely_are_refused(tmp_path, sqlite_url, given, named):
    with pytest.raises(SettingsError) as refused:
        opened(tmp_path, sqlite_url, **given)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        {"base_url": "samma-dag.example"},
        {"base_url": BASE + "/path"},
        {"base_url": BASE + "/"},
        {"base_url": "https://user@host"},
        {"base_url": BASE, "oidc": {**OIDC, "issuer": "http://login.exempelstad.example"}},
        {"base_url": BASE, "proxy": {"addresses": []}},
        {"base_url": BASE, "proxy": {"addresses": ["everywhere"]}},
    ],
)
def test_settings_that_cannot_be_meant_are_refused_when_they_are_read(given):
    with pytest.raises(ValueError, match="validation error"):
        WebSettings.model_validate(given)


@pytest.mark.parametrize(("library", "extra"), [("uvicorn", "web"), ("authlib", "oidc")])
def test_an_extra_that_is_missing_is_named(tmp_path, sqlite_url, monkeypatch, library, extra):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SettingsError) as refused:
        opened(tmp_path, sqlite_url, base_url=BASE, oidc=OIDC)
    assert f"sammadag[{extra}]" in str(refused.value)


def test_without_settings_there_is_no_web_page(tmp_path, sqlite_url):
    city = City(tmp_path / "mail", sqlite_url)
    assert open_web(city.app) is None
    city.close()
