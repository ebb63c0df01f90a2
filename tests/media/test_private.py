"""Documents that only some may see: told by their bytes, kept whole, apart from pictures."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from shared_core import media
from shared_core.media import private
from tests.media.photographs import photograph, told_too_much

PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def test_a_pdf_is_kept_as_it_came() -> None:
    made = media.read_document(PDF)
    assert (made.content, made.suffix, made.digest) == (PDF, "pdf", hashlib.sha256(PDF).hexdigest())


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_picture_is_written_anew_large_enough_to_be_read(format: str) -> None:
    made = media.read_document(photograph(size=(2400, 3000), format=format))
    with Image.open(BytesIO(made.content)) as opened:
        assert (made.suffix, opened.format, opened.size) == ("jpg", "JPEG", (2400, 3000))


def test_of_a_picture_nothing_but_the_pixels_is_kept() -> None:
    made = media.read_document(told_too_much(orientation=6))
    assert b"SecretCam" not in made.content and b"at home" not in made.content
    with Image.open(BytesIO(made.content)) as opened:
        assert not opened.getexif() and opened.size == (32, 64)


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\n" + PDF,
        PDF.replace(b"%%EOF", b""),
        b"\xff\xd8\xff nonsense",
        photograph()[:200],
        photograph(format="WEBP"),
        photograph(format="GIF"),
        b"PK\x03\x04",
    ],
)
def test_what_is_none_of_these_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(media.NotADocument):
        media.read_document(content)


def test_what_is_too_heavy_is_refused_before_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "DOCUMENT_BYTES_MAX", len(PDF) - 1)
    with pytest.raises(media.DocumentTooHeavy):
        media.read_document(PDF)


def test_many_at_once_leave_one_file_that_nobody_else_may_read(tmp_path: Path) -> None:
    store, made = media.PrivateStore(tmp_path / "private"), media.read_document(PDF)
    assert store.find(made.digest, made.suffix) is None
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda _: store.keep(made), range(16)))
    found = store.find(made.digest, made.suffix)
    assert found is not None and found.read_bytes() == PDF
    assert [each.name for each in found.parent.iterdir()] == [f"{made.digest}.pdf"]
    assert store.folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "private").write_text("a file")
    with pytest.raises(OSError):
        media.PrivateStore(tmp_path / "private").keep(media.read_document(PDF))


def test_a_document_is_no_picture_that_is_given_to_everybody(tmp_path: Path) -> None:
    made = media.read_document(photograph())
    media.PrivateStore(tmp_path / "private").keep(made)
    assert media.PictureStore(tmp_path).find(made.digest, 480) is None
