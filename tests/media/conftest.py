from collections.abc import Iterator
from pathlib import Path

import pytest

from shared_core import media
from tests.media.photographs import Site, site


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> media.PictureStore:
    return media.PictureStore(tmp_path / "media")
