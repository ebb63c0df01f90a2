"""Reading a plan: the file, the shop's currency, every fault with its line; and all versions of a shop's plan."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from shared_core.kernel import tomlfile
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.i18n import N_
from shared_core.plan.check import faults
from shared_core.plan.schema.plan import Plan

FILE = "plan.toml"
FOLDER = "plans"
"""Beside the file: other versions of it, former ones and those to come, one a file."""


def load(path: Path, *, currency: str) -> Plan:
    """The plan in a file, amounts read in `currency`. Raises ConfigError with every fault, its line and its remedy."""
    plan = tomlfile.load(path, Plan, context={"currency": currency})
    return _without_faults(plan, path.read_text(encoding="utf-8-sig"), str(path))


def loads(text: str, *, currency: str, file: str = FILE) -> Plan:
    """The same for TOML text; `file` names it in messages."""
    plan = tomlfile.loads(text, Plan, file=file, context={"currency": currency})
    return _without_faults(plan, text, file)


def load_versions(folder: Path, *, currency: str) -> tuple[Plan, ...]:
    """Every version in a brand folder: plan.toml and what lies in plans/, the oldest first.

    Raises ConfigError with the faults of all of them, and where two of them cannot stand beside each other.
    """
    found: list[Plan] = []
    wrong: list[Finding] = []
    for path in (folder / FILE, *sorted((folder / FOLDER).glob("*.toml"))):
        try:
            found.append(load(path, currency=currency))
        except ConfigError as error:
            wrong += error.findings
    wrong += _clashes(found)
    if wrong:
        raise ConfigError(wrong)
    return tuple(sorted(found, key=lambda plan: plan.effective_from))


def _without_faults(plan: Plan, text: str, file: str) -> Plan:
    found = faults(plan)
    if found:
        lines = tomlfile.key_lines(text)
        raise ConfigError([fault.finding(file, lines) for fault in found])
    plan.keep_file(file)
    return plan


def _clashes(plans: Sequence[Plan]) -> Iterator[Finding]:
    """The first of two files that say the same day, or call different contents the same version, is `plan.toml`."""
    for place, plan in enumerate(plans):
        for other in plans[:place]:
            if plan.effective_from == other.effective_from:
                yield _clash(
                    "same_day",
                    "effective_from",
                    plan,
                    N_("{file} begins on {value}, too."),
                    N_("Give each version its own day."),
                    file=other.file,
                    value=plan.effective_from.isoformat(),
                )
            if (plan.name, plan.version) == (other.name, other.version):
                yield _clash(
                    "same_version",
                    "version",
                    plan,
                    N_("{file} is called version {value}, too."),
                    N_("Give each version its own name; it is kept on every earning."),
                    file=other.file,
                    value=plan.version,
                )


def _clash(code: str, key: str, plan: Plan, message: str, remedy: str, **params: object) -> Finding:
    lines = tomlfile.key_lines(Path(plan.file).read_text(encoding="utf-8-sig"))
    line = tomlfile.line_of((key,), lines)
    return Finding(code=code, message=message, remedy=remedy, file=plan.file, line=line, key=key, params=params)
