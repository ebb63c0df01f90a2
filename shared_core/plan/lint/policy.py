"""Who answers for a finding: overrides, and whether a plan may be published with them.

What a rule stops with "override" one named person lifts, with a reason and until a day. What it stops with "block" only
the core team's policy lifts, by two people, and with a legal reference. A shop keeps its own overrides in policy.toml.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from shared_core.kernel import tomlfile
from shared_core.kernel.i18n import N_
from shared_core.plan.lint.catalogue import rule_set
from shared_core.plan.lint.evidence import LintSeverity
from shared_core.plan.lint.report import Report
from shared_core.plan.schema.terms import Section, Several, Word

REASON_MAX = 1_000
BLOCK_PERSONS_MIN = 2


def _known(rule_id: str) -> str:
    ids = [rule.id for rule in rule_set().rules]
    if rule_id not in ids:
        near = difflib.get_close_matches(rule_id, ids, n=1)
        raise ValueError(f"there is no such rule; did you mean {near[0]!r}?" if near else "there is no such rule")
    return rule_id


class Override(Section):
    """Somebody answers for one rule until a day, that day included."""

    rule: Annotated[str, AfterValidator(_known)]
    persons: Several[Word] = Field(min_length=1)
    reason: str = Field(min_length=1, max_length=REASON_MAX)
    legal_reference: str = Field(default="", max_length=REASON_MAX)
    expires: date

    @property
    def people(self) -> frozenset[str]:
        """Different people among `persons`: case and spaces make nobody another."""
        return frozenset("".join(name.split()).casefold() for name in self.persons) - {""}


class Policy(Section):
    """A policy file."""

    overrides: Several[Override] = ()


NOBODY = Policy()
"""Lifts nothing."""


def load_policy(path: Path) -> Policy:
    """The policy in a file. Raises ConfigError with every fault, its line and its remedy."""
    return tomlfile.load(path, Policy)


@dataclass(frozen=True, slots=True)
class Lifted:
    """A rule that fired and is answered for; `granted_by` is "shop" or "core"."""

    rule: str
    severity: LintSeverity
    override: Override
    granted_by: str

    def as_dict(self) -> dict[str, object]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "granted_by": self.granted_by,
            **self.override.model_dump(mode="json", exclude={"rule"}),
        }


@dataclass(frozen=True, slots=True)
class Objection:
    """A rule that stops the plan, and why nothing lifts it (an English template and its blanks)."""

    rule: str
    severity: LintSeverity
    why: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a plan may be published."""

    stopped_by: tuple[Objection, ...]
    lifted: tuple[Lifted, ...]

    @property
    def may_publish(self) -> bool:
        return not self.stopped_by

    @property
    def valid_until(self) -> date | None:
        """The last day on which somebody answers for everything; None when nothing needs answering."""
        return min((each.override.expires for each in self.lifted), default=None)


def decide(report: Report, *, shop: Policy, core: Policy, today: date) -> Decision:
    """Every rule that stops the plan: answered for, or standing."""
    judged = [
        _judge(rule_id, severity, shop, core, today)
        for rule_id, severity in report.worst.items()
        if severity in ("block", "override")
    ]
    return Decision(
        tuple(each for each in judged if isinstance(each, Objection)),
        tuple(each for each in judged if isinstance(each, Lifted)),
    )


def _judge(rule_id: str, severity: LintSeverity, shop: Policy, core: Policy, today: date) -> Objection | Lifted:
    offered = [("core", each) for each in core.overrides if each.rule == rule_id]
    own = [each for each in shop.overrides if each.rule == rule_id]
    if severity == "block":
        whys = [_lacking(each, today, persons=BLOCK_PERSONS_MIN, referenced=True) for _, each in offered]
        whys += [(N_("a shop's own policy cannot lift what stops a plan"), {}) for _ in own]
    else:
        offered += [("shop", each) for each in own]
        whys = [_lacking(each, today, persons=1, referenced=False) for _, each in offered]
    for (granted_by, override), why in zip(offered, whys, strict=False):
        if why is None:
            return Lifted(rule_id, severity, override, granted_by)
    reason, params = next((why for why in whys if why), (N_("nobody answers for it"), {}))
    return Objection(rule_id, severity, reason, params)


def _lacking(
    override: Override, today: date, *, persons: int, referenced: bool
) -> tuple[str, dict[str, object]] | None:
    """What an override lacks; None when it holds."""
    if override.expires < today:
        return N_("the override expired on {date}"), {"date": override.expires.isoformat()}
    if len(override.people) < persons:
        return N_("{needed} different people have to answer for it"), {"needed": persons}
    if not override.reason.strip():
        return N_("the override gives no reason"), {}
    if referenced and not override.legal_reference.strip():
        return N_("the override does not name what it rests on"), {}
    return None
