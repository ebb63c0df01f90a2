"""Pictures as files, by content: once there, a picture never changes, so whoever has seen it keeps it for ever."""

import os
import shutil
import tempfile
from pathlib import Path

from shared_core.media import images, rules

FOLDER_MODE = 0o755


class PictureStore:
    """A folder of pictures, shared by all processes of an app.

    `ab/abcd…/480.webp`: a folder for each picture, which is there with all of its files or not at all.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, digest: str) -> bool:
        return self._file(digest, images.MASTER).is_file()

    def keep(self, picture: images.Rendered) -> None:
        """Write it, all or nothing; nothing happens where it is there already."""
        place = self._folder(picture.digest)
        if self.has(picture.digest):
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".building-", dir=self.folder))
        try:
            for name, content in picture.files.items():
                _write(building / name, content)
            building.chmod(FOLDER_MODE)
            building.rename(place)
        except OSError:
            shutil.rmtree(building, ignore_errors=True)
            if not self.has(picture.digest):  # nobody else was faster
                raise

    def find(self, digest: str, width: int, *, webp: bool = True) -> Path | None:
        """The file of a picture at a width, as WebP or for whoever cannot show that; None where it is not kept."""
        if not rules.is_digest(digest):
            return None
        name = f"{rules.kept_width(width)}.webp" if webp else images.FALLBACK
        file = self._file(digest, name)
        return file if file.is_file() else None

    def _folder(self, digest: str) -> Path:
        assert rules.is_digest(digest), "a picture is named by its content"
        return self.folder / digest[:2] / digest

    def _file(self, digest: str, name: str) -> Path:
        return self._folder(digest) / name


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
