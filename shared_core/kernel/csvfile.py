"""Tables other people made: CSV text whose columns are found by name, each row with the line it stands on."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from shared_core.kernel.errors import Invalid
from shared_core.kernel.i18n import N_

ENCODINGS = ("utf-8-sig", "gb18030")
BYTES_MAX = 512_000_000


class FileUnreadable(Invalid):
    """The file as a whole makes no sense; a single bad row is reported by who reads the rows."""

    code = "file_unreadable"
    message = "{file}, line {line}: {reason}"


def read_text(path: Path) -> str:
    """The text of a file in UTF-8 or GB18030. Raises FileUnreadable."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileUnreadable(file=path.name, line=0, reason=error.strerror or str(error)) from error
    if len(content) > BYTES_MAX:
        raise FileUnreadable(file=path.name, line=0, reason=f"larger than {BYTES_MAX} bytes")
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileUnreadable(file=path.name, line=1, reason=N_("this is not text in UTF-8 or GB18030"))


def rows(
    path: Path, *, required: Sequence[str], optional: Sequence[str] = (), columns: Mapping[str, str] | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by our column names; `columns` maps ours to the file's. A cell a ragged row lacks is empty.

    Raises FileUnreadable for a missing column, broken quoting or a file without a header.
    """
    mapping = dict(columns or {})
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        places = {}
        for name in (*required, *optional):
            wanted = mapping.get(name, name).strip().lower()
            if wanted in header:
                places[name] = header.index(wanted)
            elif name in required or name in mapping:
                reason = f"there is no column {wanted!r}; the columns are: {', '.join(header)}"
                raise FileUnreadable(file=path.name, line=1, reason=reason)
        for cells in reader:
            if cells:
                yield (
                    reader.line_num,
                    {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()},
                )
    except csv.Error as error:
        raise FileUnreadable(file=path.name, line=reader.line_num, reason=str(error)) from error
