"""What a check found: one shape for configuration errors, `check`, `doctor` and the lint of a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared_core.kernel.errors import PlatformError, Translate, fill

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """`code` is stable; `message` and `remedy` are English templates filled with `params`; `line` counts from 1."""

    code: str
    message: str
    remedy: str = ""
    severity: Severity = "error"
    file: str = ""
    line: int | None = None
    key: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, translate: Translate) -> str:
        """One line for a person: where, what, and what to do."""
        place = self.file + (f":{self.line}" if self.line else "")
        head = ": ".join(part for part in (place, self.key) if part)
        body = fill(self.message, self.params, translate)
        remedy = fill(self.remedy, self.params, translate) if self.remedy else ""
        return f"{head + ': ' if head else ''}{body}{' ' + remedy if remedy else ''}"

    def as_dict(self) -> dict[str, object]:
        """For machines; texts in English."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "key": self.key,
            "message": fill(self.message, self.params, str),
            "remedy": fill(self.remedy, self.params, str),
        }


class ConfigError(PlatformError):
    """A configuration file cannot be used; `findings` say why, all of them at once."""

    code = "config_error"
    status = 500
    message = "The configuration has {count} error(s):\n{details}"

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        details = "\n".join(finding.text(str) for finding in findings)
        super().__init__(count=len(findings), details=details)

    def text(self, translate: Translate) -> str:
        details = "\n".join(finding.text(translate) for finding in self.findings)
        return translate(self.message).format(count=len(self.findings), details=details)
