"""Tables to take away, as CSV in UTF-8."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi.responses import Response


def taken_away(name: str, rows: Iterable[Sequence[str]]) -> Response:
    """The rows as the file `name`; the first names the columns."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    shown = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=shown)
