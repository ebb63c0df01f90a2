"""Pictures as files: whole or not there, under the name of their content."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared_core import media
from tests.media.photographs import photograph


def test_what_is_kept_is_found_at_the_width_that_is_asked_for(store: media.PictureStore) -> None:
    made = media.render(photograph(size=(2000, 2000)))
    assert not store.has(made.digest) and store.find(made.digest, 480) is None
    store.keep(made)
    names = {width: (store.find(made.digest, width) or Path()).name for width in (1, 480, 481, 960, 1600, 9999)}
    assert names == {
        1: "480.webp", 480: "480.webp", 481: "960.webp", 960: "960.webp", 1600: "1600.webp", 9999: "1600.webp"
    }  # fmt: skip
    assert (store.find(made.digest, 480, webp=False) or Path()).name == "960.jpg"


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "g" * 64, "a" * 63, "a" * 64 + "\n"])
def test_what_names_no_content_is_not_looked_for(store: media.PictureStore, name: str) -> None:
    assert store.find(name, 480) is None


def test_many_at_once_leave_one_picture_and_nothing_half_done(store: media.PictureStore) -> None:
    made = media.render(photograph())
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda _: store.keep(made), range(16)))
    assert store.has(made.digest)
    assert [each.name for each in store.folder.iterdir()] == [made.digest[:2]]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file")
    with pytest.raises(OSError):
        media.PictureStore(tmp_path / "media").keep(media.render(photograph()))
