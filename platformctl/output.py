"""Saying things: results on stdout, talk on stderr, and JSON for machines."""

import json
import sys
from collections.abc import Iterable, Mapping

from platformctl.messages import language, translate
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.findings import ConfigError, Finding

MARKS = {"error": "✗", "warning": "!", "info": "·"}


def prepare_streams() -> None:
    """A terminal that cannot show a character shows a question mark; it never ends the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def speaks_chinese() -> bool:
    """For texts that come in both languages."""
    return language() == "zh-CN"


def say(message: str = "", **params: object) -> None:
    """A line of the result."""
    print(translate(message).format(**params), flush=True)


def note(message: str, **params: object) -> None:
    """A line of talk, kept apart from the result."""
    print(translate(message).format(**params), file=sys.stderr, flush=True)


def say_json(value: Mapping[str, object] | Iterable[object]) -> None:
    """One JSON document on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str), flush=True)


def say_findings(findings: Iterable[Finding]) -> None:
    """One line each, worst first."""
    for finding in sorted(findings, key=lambda each: list(MARKS).index(each.severity)):
        print(f"{MARKS[finding.severity]} {finding.text(translate)}  [{finding.code}]", flush=True)


def report(error: PlatformError, *, as_json: bool) -> None:
    """Tell what went wrong: to people on stderr, to machines as JSON on stdout."""
    if as_json:
        findings = [each.as_dict() for each in error.findings] if isinstance(error, ConfigError) else []
        say_json({"ok": False, "error": error.code, "message": str(error), "findings": findings})
    else:
        print(error.text(translate), file=sys.stderr, flush=True)
