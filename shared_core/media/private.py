"""Documents that only some may see: made safe when they come, and kept apart from the pictures."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared_core.media import images, rules
from shared_core.media.errors import DocumentTooHeavy, NotADocument

DOCUMENT_BYTES_MAX = 10 * 2**20
PDF_BEGINS: Final = b"%PDF-"
PDF_ENDS: Final = b"%%EOF"
TAIL = 1024
"""Within so many bytes of its end a PDF says that it is over."""
PDF: Final = "pdf"
PICTURE: Final = "jpg"
FOLDER_MODE = 0o700


@dataclass(frozen=True, slots=True)
class PrivateFile:
    """What is kept: a PDF as it came, or a picture that was written anew. `digest`: the SHA-256 of `content`."""

    digest: str
    suffix: str
    content: bytes


def read_document(content: bytes) -> PrivateFile:
    """A PDF, JPEG or PNG, told by its bytes and never by its name; of pictures nothing but the pixels is kept.

    Raises DocumentTooHeavy, TooManyPixels, NotADocument.
    """
    if len(content) > DOCUMENT_BYTES_MAX:
        raise DocumentTooHeavy(maximum=DOCUMENT_BYTES_MAX // 2**20)
    if content.startswith(PDF_BEGINS):
        if PDF_ENDS not in content[-TAIL:]:
            raise NotADocument
        return _file(PDF, content)
    return _file(PICTURE, images.page(content))


class PrivateStore:
    """A folder that nobody but the app reads: `ab/abcd….pdf`. A file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, file: PrivateFile) -> None:
        """Nothing happens where it is there already."""
        place = self._place(file.digest, file.suffix)
        if place.is_file():
            return
        place.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        self.folder.chmod(FOLDER_MODE)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".building-") as building:
            written = Path(building) / place.name
            with written.open("wb") as opened:
                opened.write(file.content)
                opened.flush()
                os.fsync(opened.fileno())
            written.replace(place)

    def find(self, digest: str, suffix: str) -> Path | None:
        """None where it is not kept: it belongs into the backup."""
        place = self._place(digest, suffix)
        return place if place.is_file() else None

    def _place(self, digest: str, suffix: str) -> Path:
        assert rules.is_digest(digest) and suffix in (PDF, PICTURE), "a file is named by its content"
        return self.folder / digest[:2] / f"{digest}.{suffix}"


def _file(suffix: str, content: bytes) -> PrivateFile:
    return PrivateFile(hashlib.sha256(content).hexdigest(), suffix, content)
