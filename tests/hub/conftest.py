from collections.abc import Iterator

import pytest

from tests.hub.hubs import Served, serving


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    """One server for all tests; each brings its own database."""
    with serving() as served:
        yield served
