"""The growth plan as data: what plan.toml may say, and what follows from it. Pure: no database, web, clock or dice."""

from shared_core.plan.ceiling import WorstCase, worst_case
from shared_core.plan.check import INVITER_PAYEES, Fault, faults, percent
from shared_core.plan.claims import choose_seller
from shared_core.plan.lint import derived
from shared_core.plan.lint.catalogue import LintRule, RuleSet, rule_set
from shared_core.plan.lint.evidence import LintSeverity, Measured, ShopText
from shared_core.plan.lint.report import LintFinding, Report, Unasked, finding_text, fired, review
from shared_core.plan.loading import load, loads
from shared_core.plan.quoting import Quote, quote, quote_code
from shared_core.plan.ranks import Metrics, evaluate_rank, holds, next_rank, progress
from shared_core.plan.refunds import reversal_target
from shared_core.plan.schema.ladder import AMOUNT_METRICS, Criterion, Metric, MetricKey, Rank
from shared_core.plan.schema.network import Binding, Claim, Invites
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule
from shared_core.plan.schema.terms import CHANNELS, PAYEES, Basis, Channel, Payee, Words, window_days
from shared_core.plan.shares import LineFacts, Parties, Party, Share, share_line
from shared_core.plan.starters import DEFAULT, PresetInfo, UnknownPreset, preset, presets, publishable
from shared_core.plan.versions import NoPlanYet, version_at
from shared_core.plan.vocabulary import Key, json_schema, reference

__all__ = [
    "AMOUNT_METRICS",
    "CHANNELS",
    "DEFAULT",
    "INVITER_PAYEES",
    "PAYEES",
    "Basis",
    "Binding",
    "Channel",
    "Claim",
    "Criterion",
    "Fault",
    "Invites",
    "Key",
    "LineFacts",
    "LintFinding",
    "LintRule",
    "LintSeverity",
    "Measured",
    "Metric",
    "MetricKey",
    "Metrics",
    "NoPlanYet",
    "Parties",
    "Party",
    "Payee",
    "Plan",
    "PresetInfo",
    "Quote",
    "Rank",
    "Report",
    "RuleSet",
    "Share",
    "ShareRule",
    "ShopText",
    "Unasked",
    "UnknownPreset",
    "Words",
    "WorstCase",
    "choose_seller",
    "derived",
    "evaluate_rank",
    "faults",
    "finding_text",
    "fired",
    "holds",
    "json_schema",
    "load",
    "loads",
    "next_rank",
    "percent",
    "preset",
    "presets",
    "progress",
    "publishable",
    "quote",
    "quote_code",
    "reference",
    "reversal_target",
    "review",
    "rule_set",
    "share_line",
    "version_at",
    "window_days",
    "worst_case",
]
