from __future__ import annotations

import io
import json

import pytest
import structlog

from bot.logging_setup import configure
from tests.plain_logs import log_plainly


@pytest.fixture
def stream():
    yield io.StringIO()
    log_plainly()


def logged(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail_with(text):
    raise ValueError(text)


def test_an_exception_is_logged_by_its_class_and_place_and_never_by_its_text(stream):
    configure(style="json", stream=stream)
    try:
        fail_with("Karin Lund skrev: vi ber om anstånd")
    except ValueError:
        structlog.get_logger().exception("round_failed")
    (line,) = logged(stream)
    assert line["exception"] == "ValueError"
    assert any(place.startswith("fail_with:") for place in line["at"])
    assert "Karin" not in stream.getvalue()


def test_a_personal_number_that_slips_into_a_field_is_masked(stream):
    configure(style="json", stream=stream)
    structlog.get_logger().info("something_happened", field="för 19900101-2384 gäller")
    assert "2384" not in stream.getvalue()


def test_less_important_lines_than_asked_for_are_left_out(stream):
    configure(style="json", level="warning", stream=stream)
    structlog.get_logger().info("unimportant")
    structlog.get_logger().warning("important")
    assert [line["event"] for line in logged(stream)] == ["important"]


@pytest.mark.parametrize(("style", "is_json"), [("auto", True), ("json", True), ("columns", False)])
def test_lines_are_json_unless_a_person_reads_along(stream, style, is_json):
    configure(style=style, stream=stream)
    structlog.get_logger().info("something_happened")
    assert stream.getvalue().startswith("{") is is_json


def test_columns_show_no_text_of_an_exception_either(stream):
    configure(style="columns", stream=stream)
    try:
        fail_with("Karin Lund skrev")
    except ValueError:
        structlog.get_logger().exception("round_failed")
    assert "ValueError" in stream.getvalue()
    assert "Karin" not in stream.getvalue()
