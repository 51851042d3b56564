import structlog


def test_a_traceback_in_a_test_shows_no_local_variables(capsys):
    large = ["drawn in full"] * 1000
    try:
        raise ValueError(len(large))
    except ValueError:
        structlog.get_logger().exception("something_failed")
    said = capsys.readouterr().out
    assert "ValueError: 1000" in said
    assert "drawn in full" not in said
