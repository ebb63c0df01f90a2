"""What a feed comes in: a file, a compressed one, an archive or a folder of tables. Told from the content."""

import gzip
import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from shared_core.kernel.csvfile import FileUnreadable, load
from shared_core.kernel.i18n import N_
from shared_core.supply.catalogue.feeds import workbook

BYTES_MAX = 64_000_000
FILES_MAX = 100
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_TABLE_SUFFIXES = {".csv", ".tsv", ".txt", ".tab"}


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one file, unpacked, and the name that messages call it by."""

    file: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """Several tables that belong together."""

    file: str
    members: tuple[Content, ...]


def open_feed(source: Path | bytes, *, bytes_max: int) -> Content | Bundle:
    """Raises FileUnreadable."""
    if isinstance(source, Path) and source.is_dir():
        return _folder(source, bytes_max)
    file, data = load(source, bytes_max, "table")
    if data.startswith(_GZIP):
        data = _gunzipped(file, data, bytes_max)
    if data.startswith(_ZIP):
        return _unzipped(file, data, bytes_max)
    return Content(file, data)


def is_workbook(content: Content) -> bool:
    return content.data.startswith(_ZIP)


def _folder(folder: Path, bytes_max: int) -> Bundle:
    paths = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in _TABLE_SUFFIXES)
    _few_enough(folder.name, len(paths), sum(path.stat().st_size for path in paths), bytes_max)
    return Bundle(folder.name, tuple(Content(path.name, path.read_bytes()) for path in paths))


def _gunzipped(file: str, data: bytes, bytes_max: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as opened:
            unpacked = opened.read(bytes_max + 1)
    except (OSError, EOFError, zlib.error):
        raise FileUnreadable(file, None, N_("the archive is damaged; pack it again")) from None
    _few_enough(file, 1, len(unpacked), bytes_max)
    return unpacked


def _unzipped(file: str, data: bytes, bytes_max: int) -> Content | Bundle:
    """A workbook stays as it is: it is an archive that only its own reader understands."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if workbook.is_workbook(archive):
                _few_enough(file, 1, workbook.unpacked_size(archive), workbook.UNPACKED_BYTES_MAX)
                return Content(file, data)
            members = [each for each in archive.infolist() if Path(each.filename).suffix.lower() in _TABLE_SUFFIXES]
            _few_enough(file, len(members), sum(each.file_size for each in members), bytes_max)
            return Bundle(file, tuple(Content(Path(each.filename).name, archive.read(each)) for each in members))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise FileUnreadable(file, None, N_("the archive is damaged or locked; pack it again")) from None


def _few_enough(file: str, files: int, size: int, bytes_max: int) -> None:
    if files > FILES_MAX:
        raise FileUnreadable(file, None, N_("it holds more than {most} files; give fewer"), most=FILES_MAX)
    if size > bytes_max:
        raise FileUnreadable(
            file, None, N_("it is larger than {most} bytes; split it into several files"), most=bytes_max
        )
