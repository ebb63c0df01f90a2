"""Reading a plan: the file, the shop's currency, every fault with its line."""

from pathlib import Path

from shared_core.kernel import tomlfile
from shared_core.kernel.findings import ConfigError
from shared_core.plan.check import faults
from shared_core.plan.schema.plan import Plan


def load(path: Path, *, currency: str) -> Plan:
    """The plan in a file, amounts read in `currency`. Raises ConfigError with every fault, its line and its remedy."""
    plan = tomlfile.load(path, Plan, context={"currency": currency})
    return _without_faults(plan, path.read_text(encoding="utf-8-sig"), str(path))


def loads(text: str, *, currency: str, file: str = "plan.toml") -> Plan:
    """The same for TOML text; `file` names it in messages."""
    plan = tomlfile.loads(text, Plan, file=file, context={"currency": currency})
    return _without_faults(plan, text, file)


def _without_faults(plan: Plan, text: str, file: str) -> Plan:
    found = faults(plan)
    if found:
        lines = tomlfile.key_lines(text)
        raise ConfigError([fault.finding(file, lines) for fault in found])
    return plan
