"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from platformctl.failures import BadAnswer
from platformctl.messages import translate as _

PORT_DEFAULT = 8000


class Language(StrEnum):
    CHINESE = "zh"
    ENGLISH = "en"


AsJson = Annotated[bool, typer.Option("--json", help=_("Print one JSON document instead of text."))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Say what would happen and change nothing."))]
InFolder = Annotated[Path, typer.Option("--dir", "-C", help=_("The shop's folder; the current one by default."))]
Port = Annotated[int, typer.Option(min=1, max=65535, help=_("Port to listen on."))]
Host = Annotated[str, typer.Option(help=_("Address to listen on; 0.0.0.0 lets other machines in."))]


def percent(key: str, text: str) -> int | None:
    """ "60%" as basis points, None when nothing was given. A bare 0.6 may mean either. Raises BadAnswer."""
    if not text:
        return None
    whole, _dot, fraction = text.strip().removesuffix("%").partition(".")
    if not whole.isdecimal() or len(fraction) > 2 or (fraction and not fraction.isdecimal()):
        raise BadAnswer(key=key, value=text, reason=_('write a percentage such as "60%"'))
    bps = int(whole) * 100 + int(fraction.ljust(2, "0") or 0)
    if not 0 < bps <= 10_000:
        raise BadAnswer(key=key, value=text, reason=_("it lies between 0 and 100 percent"))
    if bps < 100 and "%" not in text:
        raise BadAnswer(key=key, value=text, reason=_('write a percentage such as "60%"'))
    return bps
