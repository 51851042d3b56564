import time

import pytest


@pytest.fixture
def seconds_for():
    """Return how long a call takes at best of three."""

    def measure(function, *arguments):
        spans = []
        for _ in range(3):
            start = time.perf_counter()
            function(*arguments)
            spans.append(time.perf_counter() - start)
        return min(spans)

    return measure
