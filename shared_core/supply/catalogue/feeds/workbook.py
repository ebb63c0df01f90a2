"""Excel workbooks as tables: the first sheet that has a header we know, its cells as a person sees them."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Context
from numbers import Real
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from shared_core.kernel.csvfile import FileUnreadable, Table, table_below
from shared_core.kernel.i18n import N_

UNPACKED_BYTES_MAX = 128_000_000
COLUMNS_MAX = 256
SHEETS_MAX = 20
SHEET_ROWS_MAX = 1_048_576
"""As many as Excel has."""
HEADER_ROWS_MAX = 20
"""So far down may the header stand, below a title and whatever greets the reader."""
DIGITS = 15
"""So many digits of a number are Excel's own; the others are noise of its binary numbers."""
_MARK = "xl/workbook.xml"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, KeyError, ValueError, TypeError, IndexError,
    AttributeError, EOFError, OSError, NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip
"""What the library raises on a file that was cut, changed or locked with a password."""

Cells = list[str]


def is_workbook(archive: zipfile.ZipFile) -> bool:
    return _MARK in archive.namelist()


def unpacked_size(archive: zipfile.ZipFile) -> int:
    """What its members say they take; none gives more than it says."""
    return sum(member.file_size for member in archive.infolist())


def read_table(file: str, content: bytes, *, rows_max: int, is_header: Callable[[Sequence[str]], bool]) -> Table:
    """The rows below the header. Raises FileUnreadable."""
    records: list[tuple[int, Cells]] | None = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and charts, which nobody reads here
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            for sheet in book.worksheets[:SHEETS_MAX]:
                found = _records(file, sheet, rows_max)
                start = next((n for n, (_, cells) in enumerate(found[:HEADER_ROWS_MAX]) if is_header(cells)), None)
                if start is not None:
                    records = found[start:]
                    break
                records = records or found
    except FileUnreadable:
        raise
    except _BROKEN:
        raise FileUnreadable(
            file, None, N_("the workbook is damaged or locked; save it again without a password")
        ) from None
    if not records:
        raise FileUnreadable(file, None, N_("it is empty"))
    line, header = records[0]
    while header and not header[-1]:
        header.pop()
    rows = ((number, (cells + [""] * len(header))[: len(header)]) for number, cells in records[1:])
    return table_below(file, (line, header), rows, rows_max=rows_max)


def _records(file: str, sheet: Any, rows_max: int) -> list[tuple[int, Cells]]:
    """Rows that hold anything, by their number in the sheet."""
    found: list[tuple[int, Cells]] = []
    sheet.reset_dimensions()  # what a sheet claims of its size is not to be trusted
    for number, values in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX + 1, values_only=True), 1):
        if values.count(None) < len(values):
            cells = [_text(value) for value in values]
            if cells[COLUMNS_MAX:] and cells[COLUMNS_MAX]:
                raise FileUnreadable(file, number, N_("there are more than {most} columns"), most=COLUMNS_MAX)
            found += [(number, cells[:COLUMNS_MAX])] if any(cells) else []
        if len(found) > rows_max + HEADER_ROWS_MAX or number > SHEET_ROWS_MAX:
            raise FileUnreadable(
                file, number, N_("there are more than {most} rows; split the file into several"), most=rows_max
            )
    return found


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Real):
        number = Context(prec=DIGITS).create_decimal(str(value))
        return f"{number.normalize():f}" if number.is_finite() else str(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()
