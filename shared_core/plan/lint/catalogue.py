"""The rules as data: what each says, where, how heavily, on what authority. What computes them is beside."""

from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

from pydantic import Field

from shared_core.kernel import tomlfile
from shared_core.plan.lint.evidence import LintSeverity
from shared_core.plan.schema.plan import Jurisdiction, Surface
from shared_core.plan.schema.terms import Section, Several, Word

SENTENCE_MAX = 400
JURISDICTIONS: tuple[Jurisdiction, ...] = get_args(Jurisdiction)


class Sentence(Section):
    """One sentence in both languages."""

    zh: str = Field(min_length=1, max_length=SENTENCE_MAX)
    en: str = Field(min_length=1, max_length=SENTENCE_MAX)

    def in_locale(self, locale: str) -> str:
        return self.zh if locale.lower().startswith("zh") else self.en


class LintRule(Section):
    """One rule. The first of `severities` is the usual one; `where` is a jurisdiction, a surface, or "all"."""

    id: Word
    severities: Several[LintSeverity] = Field(min_length=1)
    where: Jurisdiction | Surface | Literal["all"]
    statement: Sentence
    remedy: Sentence | None = None
    source: str = Field(min_length=1, max_length=SENTENCE_MAX)
    confidence: Literal["H", "M", "L"]
    """How sure we are of the statement: high, middling, low."""
    text_of: str = ""
    """The year of the text of the law that was read."""
    attached_to: str = ""
    """Said wherever that rule fires, never by itself."""


class RuleSet(Section):
    """All rules under one version."""

    version: str
    dated: date
    rules: Several[LintRule]

    def rule(self, rule_id: str) -> LintRule:
        """Raises KeyError for an unknown id."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)


@lru_cache(maxsize=1)
def rule_set() -> RuleSet:
    """The rules of this version of the core."""
    text = (files("shared_core.plan") / "lint" / "rules.toml").read_text(encoding="utf-8")
    return tomlfile.loads(text, RuleSet, file="rules.toml")
