"""An Exchange server of our own, with one mailbox to begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ews.house import House
from tests.ews.server import EwsServer


@pytest.fixture
def house() -> Iterator[House]:
    made = House(EwsServer())
    made.add("info")
    yield made
    made.close()
