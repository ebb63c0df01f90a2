"""A plan before the rules: what fired and why, what could not be asked, and how to say so.

A report never says that a plan is in order. It says that no rule fired, and of which rules.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shared_core.kernel import i18n
from shared_core.kernel.findings import Finding
from shared_core.kernel.i18n import N_
from shared_core.kernel.tomlfile import KeyPath, dotted, line_of
from shared_core.plan.lint import asia, china, china_trade, everywhere, west
from shared_core.plan.lint.catalogue import JURISDICTIONS, LintRule, RuleSet, rule_set
from shared_core.plan.lint.evidence import (
    NEEDS,
    SEVERITIES,
    Case,
    Hit,
    LintSeverity,
    Measured,
    Need,
    RuleTest,
    ShopText,
)
from shared_core.plan.schema.plan import Jurisdiction, Plan

TESTS: Mapping[str, RuleTest] = {
    **china.TESTS,
    **china_trade.TESTS,
    **west.TESTS,
    **asia.TESTS,
    **everywhere.TESTS,
}
"""Rule id -> its computation."""
SEVERITY_WORDS: Mapping[LintSeverity, str] = {
    "block": N_("stops the plan"),
    "override": N_("stops the plan unless somebody answers for it"),
    "warn": N_("be careful"),
    "info": N_("good to know"),
}
FIRED = N_("{count} finding(s), rule set v{version}, {date}.")
SILENT = N_("No rule fired, rule set v{version}, {date}.")
UNASKED = N_("Not evaluated: {rule} needs to know {need}.")
SOURCE = N_("Source: {source} (confidence {confidence})")


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One rule that fired, at one key of the plan or one line of a text; `fact` is a template filled with `params`."""

    rule: LintRule
    severity: LintSeverity
    path: KeyPath
    fact: str
    params: Mapping[str, object]
    file: str = ""
    line: int | None = None
    notes: tuple[LintRule, ...] = ()

    @property
    def key(self) -> str:
        """The key as people write it: "shares[3]"."""
        return dotted(self.path)

    @property
    def place(self) -> str:
        """Where to look: file, line and key, as far as they are known."""
        spot = self.file + (f":{self.line}" if self.line else "")
        return " ".join(part for part in (spot, self.key) if part)

    def fact_text(self, locale: str) -> str:
        """What was computed, for readers of `locale`."""
        return i18n.translations(locale).gettext(self.fact).format(**self.params)

    def finding(self, locale: str) -> Finding:
        """For `check`, among findings of other kinds: never an error, for a shop may run as a trial."""
        remedy = self.rule.remedy.in_locale(locale) if self.rule.remedy else ""
        return Finding(
            code=self.rule.id,
            message="{statement} ({fact})",
            remedy="{remedy}",
            severity="info" if self.severity == "info" else "warning",
            file=self.file,
            line=self.line,
            key=self.key,
            params={
                "statement": self.rule.statement.in_locale(locale),
                "fact": self.fact_text(locale),
                "remedy": remedy,
            },
        )


@dataclass(frozen=True, slots=True)
class Unasked:
    """A rule that could not be asked, for want of something to know."""

    rule: LintRule
    need: Need

    def text(self, locale: str) -> str:
        translate = i18n.translations(locale).gettext
        return translate(UNASKED).format(rule=self.rule.id, need=translate(NEEDS[self.need]))


@dataclass(frozen=True, slots=True)
class Report:
    """Findings worst first, and the rules that were not evaluated."""

    findings: tuple[LintFinding, ...]
    unasked: tuple[Unasked, ...]
    asked: tuple[str, ...]
    rules: RuleSet = field(default_factory=rule_set)

    def located(self, file: str, lines: Mapping[KeyPath, int]) -> "Report":
        """The same with the file and the line of every key; texts keep their own."""
        found = [
            each if each.file else replace(each, file=file, line=line_of(each.path, lines)) for each in self.findings
        ]
        return replace(self, findings=tuple(found))

    def of_severity(self, *severities: LintSeverity) -> list[LintFinding]:
        return [each for each in self.findings if each.severity in severities]

    @property
    def worst(self) -> dict[str, LintSeverity]:
        """Rule id -> the heaviest severity with which it fired, the worst rule first."""
        heaviest: dict[str, LintSeverity] = {}
        for each in self.findings:
            heaviest.setdefault(each.rule.id, each.severity)
        return heaviest

    def headline(self, locale: str) -> str:
        """One sentence about the whole."""
        template = i18n.translations(locale).gettext(FIRED if self.findings else SILENT)
        return template.format(count=len(self.findings), version=self.rules.version, date=self.rules.dated.isoformat())

    def text(self, locale: str) -> str:
        """The report on paper: headline, every finding, what was not evaluated."""
        parts = [self.headline(locale), *(finding_text(each, locale) for each in self.findings)]
        return "\n".join([*parts, *(each.text(locale) for each in self.unasked)])

    def as_dict(self) -> dict[str, object]:
        """For machines and for the records; facts in English, statements in both languages."""
        return {
            "rule_set": self.rules.version,
            "rule_set_date": self.rules.dated.isoformat(),
            "asked": list(self.asked),
            "findings": [_as_dict(each) for each in self.findings],
            "not_evaluated": [{"rule": each.rule.id, "needs": each.need} for each in self.unasked],
        }


def review(
    plan: Plan,
    *,
    jurisdictions: Sequence[Jurisdiction] | None = None,
    measured: Measured | None = None,
    copy: Sequence[ShopText] = (),
) -> Report:
    """Ask every rule that applies where the plan says its people are; a plan that names no place is asked all of them.

    `jurisdictions` asks for other places, `copy` are the shop's texts, `measured` what books or a simulation showed.
    """
    places = {*(plan.jurisdictions if jurisdictions is None else jurisdictions)} or {*JURISDICTIONS}
    case = Case(plan, measured or Measured(), tuple(copy))
    findings: list[LintFinding] = []
    unasked: list[Unasked] = []
    rules = rule_set()
    asked = [rule for rule in rules.rules if rule.where in {"all", *places, *plan.surfaces} and not rule.attached_to]
    for rule in asked:
        notes = tuple(each for each in rules.rules if each.attached_to == rule.id)
        for answer in TESTS[rule.id](case):
            if isinstance(answer, Hit):
                findings.append(_finding(rule, answer, notes))
            else:
                unasked.append(Unasked(rule, answer))
    ordered = sorted(findings, key=lambda each: SEVERITIES.index(each.severity))
    return Report(tuple(ordered), tuple(unasked), tuple(rule.id for rule in asked), rules)


def _finding(rule: LintRule, hit: Hit, notes: tuple[LintRule, ...]) -> LintFinding:
    severity = hit.severity or rule.severities[0]
    assert severity in rule.severities, f"{rule.id} never weighs {severity}"
    file, line = (hit.text.file, hit.text.line) if hit.text else ("", None)
    return LintFinding(rule, severity, hit.path, hit.fact, hit.params, file, line, notes)


def finding_text(finding: LintFinding, locale: str) -> str:
    """One finding in a few lines."""
    translate = i18n.translations(locale).gettext
    rule = finding.rule
    parts = [
        f"{rule.id}  {translate(SEVERITY_WORDS[finding.severity])}: {rule.statement.in_locale(locale)}",
        f"  {finding.place}: {finding.fact_text(locale)}" if finding.place else f"  {finding.fact_text(locale)}",
        *(f"  {note.statement.in_locale(locale)}" for note in finding.notes),
        *([f"  {rule.remedy.in_locale(locale)}"] if rule.remedy else []),
        "  " + translate(SOURCE).format(source=rule.source, confidence=rule.confidence),
    ]
    return "\n".join(parts)


def _as_dict(finding: LintFinding) -> dict[str, object]:
    rule = finding.rule
    return {
        "rule": rule.id,
        "severity": finding.severity,
        "where": rule.where,
        "key": finding.key,
        "file": finding.file,
        "line": finding.line,
        "fact": finding.fact_text(i18n.SOURCE_LOCALE),
        "statement": {"zh": rule.statement.zh, "en": rule.statement.en},
        "remedy": {"zh": rule.remedy.zh, "en": rule.remedy.en} if rule.remedy else None,
        "source": rule.source,
        "confidence": rule.confidence,
        "notes": [each.id for each in finding.notes],
    }


def fired(report: Report) -> Iterator[tuple[str, LintSeverity]]:
    """Every (rule id, severity) that fired, once."""
    return iter(dict.fromkeys((each.rule.id, each.severity) for each in report.findings))
