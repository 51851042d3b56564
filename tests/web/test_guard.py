"""What stands before every page: other sites, sizes, slowness, and headers."""

from __future__ import annotations

import asyncio

import pytest

from bot.web.guard import LONGEST_S, MOST_BYTES, Guard, TooSlow
from bot.web.page import Page
from tests.web_city import BASE, WebCity, text_of

STRANGE = "https://evil.example"


@pytest.fixture
def browser(web_city):
    return web_city.browser()


def sent(browser, **headers):
    """Send a form with the right token and other headers; return the status."""
    form = {"token": browser.token, "language": "sv"}
    given = {"sec-fetch-site": None, **{key.replace("_", "-"): v for key, v in headers.items()}}
    for name, value in given.items():
        if value is None:
            browser.client.headers.pop(name, None)
        else:
            browser.client.headers[name] = value
    return browser.client.post("/language", data=form).status_code


def test_a_form_of_our_own_page_is_taken(browser):
    assert sent(browser, sec_fetch_site="same-origin") == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", "SAME-ORIGIN,cross-site"])
def test_a_form_that_the_browser_says_comes_from_elsewhere_is_refused(browser, site):
    assert sent(browser, sec_fetch_site=site) == 403


def test_what_the_browser_says_of_the_site_counts_before_the_origin(browser):
    assert sent(browser, sec_fetch_site="cross-site", origin=BASE) == 403


def test_an_older_browser_is_believed_by_the_origin(browser):
    assert sent(browser, origin=BASE) == 303


@pytest.mark.parametrize(
    "origin",
    [None, "null", STRANGE, BASE + ".evil.example", "http" + BASE[5:], BASE + ":8443", "file://"],
)
def test_an_older_browser_with_another_origin_or_none_is_refused(browser, origin):
    assert sent(browser, origin=origin) == 403


@pytest.mark.parametrize(("digits", "status"), [(9, 404), (30, 404), (900, 404), (5000, 414)])
@pytest.mark.parametrize("path", ["/remarks/{}", "/chat/turns/{}/wrong", "/cases/{}"])
def test_a_number_that_nothing_has_leads_nowhere_however_long_it_is(browser, path, digits, status):
    # 2026-11: of more than 4,300 digits Python makes no number, and that was a fault of ours.
    assert browser.client.get(path.format("9" * digits)).status_code == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "QUERY"])
def test_no_method_that_may_change_something_comes_from_elsewhere(browser, method):
    headers = {"sec-fetch-site": "cross-site"}
    assert browser.client.request(method, "/", headers=headers).status_code == 403


def test_a_form_without_its_token_is_refused_although_it_comes_from_our_page(browser):
    assert browser.client.post("/language", data={"language": "en"}).status_code == 403


def test_the_token_of_somebody_else_is_refused(browser, web_city):
    other = web_city.browser()
    form = {"token": other.token, "language": "en"}
    assert browser.client.post("/language", data=form).status_code == 403


def test_a_token_in_the_address_is_none(browser):
    assert browser.client.post(f"/language?token={browser.token}", data={}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
)
def test_another_site_cannot_load_a_page_as_a_part_of_its_own(browser, headers):
    assert browser.client.get("/", headers=headers).status_code == 403


def test_a_link_from_another_site_opens_a_page(browser):
    headers = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
    }
    assert browser.client.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1:8000", "samma-dag.exempelstad.example:8443", "", "a, b"],
)
def test_a_name_that_is_not_ours_is_not_answered(browser, host):
    answer = browser.client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "Agneta" not in answer.text


def test_the_usual_port_may_stand_in_the_settings_though_browsers_leave_it_out(city):
    web_city = WebCity(city, base_url=BASE + ":443")
    assert web_city.stranger().get("/").status_code == 303


# Headers


def test_nothing_on_a_page_runs_but_our_own_files(browser):
    policy = browser.get("/").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "base-uri 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/no-such-page", "/sign-in", "/static/sammadag.css"])
def test_headers_of_safety_stand_on_everything(browser, path):
    headers = browser.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["strict-transport-security"].startswith("max-age=")


def test_pages_are_kept_nowhere_and_files_are_asked_for_again(browser):
    assert browser.get("/").headers["cache-control"] == "no-store"
    assert browser.get("/static/sammadag.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/static/nothing.js"]
)
def test_only_files_that_are_meant_for_browsers_are_given_out(browser, path):
    assert browser.get(path).status_code == 404


# Sizes


def test_a_form_of_two_million_bytes_is_too_large_and_is_not_read(browser):
    answer = browser.post("/language", text="x" * MOST_BYTES)
    assert answer.status_code == 413
    assert "för stort" in answer.text
    assert "too large" in answer.text


def test_a_form_that_does_not_say_how_large_it_is_is_read_no_further_than_the_limit(browser):
    taken = 0

    def pieces():
        nonlocal taken
        for _ in range(1000):
            taken += 10_000
            yield b"x" * 10_000

    answer = browser.client.post(
        "/language",
        content=pieces(),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
    assert "för stort" in text_of(answer)


@pytest.mark.parametrize("length", ["-1", "1e3", "x", "²", "9" * 5000])
def test_a_length_that_is_no_number_is_refused(browser, length):
    headers = {"content-length": length.encode()}
    status = browser.client.post("/language", content=b"", headers=headers).status_code
    assert status in (400, 413)


def test_a_form_with_very_many_fields_is_refused(browser):
    fields = {f"field{number}": "x" for number in range(1001)}
    assert browser.post("/language", **fields).status_code == 400


def test_a_form_that_nobody_can_read_is_refused(browser):
    answer = browser.client.post(
        "/language", content=b"--nothing", headers={"content-type": "multipart/form-data"}
    )
    assert answer.status_code == 400


def test_a_null_byte_in_a_form_reaches_no_page(web_city):
    seen = []
    page = Page(
        path="/seen",
        name="seen",
        method="POST",
        answer=lambda ask: seen.append(ask.form["text"]) or ask.go_on("/"),
    )
    from bot.web.app import Front, WebApp

    entry = web_city.web.entry
    web_city.asgi = WebApp(web_city.web.house, entry, Front(base_url=BASE), pages=[page]).asgi
    web_city.browser().post("/seen", text="a\0b\r\nc")
    assert seen == ["ab\nc"]


# Slowness


def served(guard, receive):
    """Run one request through a guard; return what it raised, or None."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": [(b"host", b"here"), (b"sec-fetch-site", b"same-origin")],
    }

    async def send(message):
        pass

    async def run():
        try:
            await guard(scope, receive, send)
        except TooSlow as error:
            return error
        return None

    return asyncio.run(run())


async def reads_all(scope, receive, send):
    while (await receive()).get("more_body"):
        pass


def test_whoever_sends_a_form_too_slowly_is_cut_off():
    async def drips():
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    guard = Guard(reads_all, hosts=frozenset({"here"}), encrypted=True, longest_s=0.1)
    assert isinstance(served(guard, drips), TooSlow)


def test_a_page_may_take_longer_than_a_form():
    async def app(scope, receive, send):
        await receive()
        await receive()  # waits for the browser to go away, as long as it takes

    messages = iter([{"type": "http.request", "body": b"x"}, {"type": "http.disconnect"}])

    async def receive():
        message = next(messages)
        if message["type"] == "http.disconnect":
            await asyncio.sleep(0.1)
        return message

    guard = Guard(app, hosts=frozenset({"here"}), encrypted=True, longest_s=0.05)
    assert served(guard, receive) is None


def test_two_megabytes_have_time_on_a_slow_line():
    assert MOST_BYTES * 8 / LONGEST_S < 300_000  # bits a second


# Errors


def test_an_error_of_ours_shows_nothing_of_its_cause(web_city):
    def fails(_ask):
        raise ValueError("19121212-1212 Karin Lund")

    from starlette.testclient import TestClient

    from bot.web.app import Front, WebApp

    page = Page(path="/fails", name="fails", answer=fails)
    app = WebApp(web_city.web.house, web_city.web.entry, Front(base_url=BASE), pages=[page])
    client = TestClient(app.asgi, base_url=BASE, raise_server_exceptions=False)
    client.cookies = web_city.browser().client.cookies
    answer = client.get("/fails")
    assert answer.status_code == 500
    assert "Något gick fel hos oss" in text_of(answer)
    assert "Karin" not in answer.text


@pytest.mark.parametrize("path", ["/no-such-page", "/language", "/admin.php", "/cases/x/y/z/q"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_a_stranger_cannot_tell_which_addresses_there_are(web_city, path, method):
    answer = web_city.stranger().request(method, path)
    known = web_city.stranger().request(method, "/")
    assert answer.status_code == known.status_code
    assert answer.headers.get("allow") is None
    assert answer.text == known.text


def test_an_address_with_a_slash_too_many_leads_nowhere(browser):
    assert browser.get("/language/").status_code == 404


def test_head_is_answered_as_get_without_the_page(browser):
    answer = browser.client.head("/")
    assert (answer.status_code, answer.text) == (200, "")
