"""The growth plan as data: what plan.toml may say, and what follows from it. Pure: no database, web, clock or dice."""

from shared_core.plan import simulation
from shared_core.plan.ceiling import WorstCase, worst_case
from shared_core.plan.check import INVITER_PAYEES, Fault, faults, percent
from shared_core.plan.claims import choose_seller, sells_by_joining_only
from shared_core.plan.earning import RankEarns, what_ranks_earn
from shared_core.plan.inviting import asks_for_code, code_admits, may_invite, purchases_admit, purchases_suffice
from shared_core.plan.lint import derived
from shared_core.plan.lint.catalogue import LintRule, RuleSet, rule_set
from shared_core.plan.lint.evidence import LintSeverity, Measured, ShopText
from shared_core.plan.lint.policy import NOBODY, Decision, Lifted, Objection, Override, Policy, decide, load_policy
from shared_core.plan.lint.report import SEVERITY_WORDS, LintFinding, Report, Unasked, finding_text, fired, review
from shared_core.plan.loading import FILE, FOLDER, load, load_versions, loads
from shared_core.plan.parcels import WorstOrder
from shared_core.plan.periods import paid_in_turn
from shared_core.plan.quoting import Quote, quote, quote_code, quotes
from shared_core.plan.ranks import Metrics, evaluate_rank, holds, next_rank, progress
from shared_core.plan.refunds import reversal_target
from shared_core.plan.roles import Ability, host_age_min, may
from shared_core.plan.schema.ladder import AMOUNT_METRICS, Criterion, Metric, MetricKey, Rank
from shared_core.plan.schema.network import Binding, Claim, Invites
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import PeriodCap, ShareRule
from shared_core.plan.schema.terms import CHANNELS, NAME_MAX, PAYEES, Basis, Channel, Payee, Words, window_days
from shared_core.plan.selling import Offered, SaleTerms, WorstSale, line_left
from shared_core.plan.shares import LineFacts, Parties, Party, Share, share_line, share_lines
from shared_core.plan.solvency import Proof, Prover, prove
from shared_core.plan.starters import DEFAULT, PresetInfo, UnknownPreset, preset, presets, publishable
from shared_core.plan.trial import TRIAL_MEMBERS_MAX, TRIAL_MONTH_MINOR_MAX, TRIAL_REASONS, trial_refusal
from shared_core.plan.unbuilt import unbuilt
from shared_core.plan.versions import (
    Dated,
    NoPlanYet,
    Stands,
    UnknownVersion,
    canonical,
    content_hash,
    not_past,
    pick,
    restore,
    timeline,
    version_at,
    whole_hash,
)
from shared_core.plan.vocabulary import Key, json_schema, reference
from shared_core.plan.words import (
    SEPARATOR,
    Chapter,
    Table,
    describe,
    period_in_words,
    rule_in_words,
    version_in_words,
)
from shared_core.plan.working import Cut, PeriodLimit, Promise, Working, promises, show_working

__all__ = [
    "AMOUNT_METRICS",
    "CHANNELS",
    "DEFAULT",
    "FILE",
    "FOLDER",
    "INVITER_PAYEES",
    "NAME_MAX",
    "NOBODY",
    "PAYEES",
    "SEPARATOR",
    "SEVERITY_WORDS",
    "TRIAL_MEMBERS_MAX",
    "TRIAL_MONTH_MINOR_MAX",
    "TRIAL_REASONS",
    "Ability",
    "Basis",
    "Binding",
    "Channel",
    "Chapter",
    "Claim",
    "Criterion",
    "Cut",
    "Dated",
    "Decision",
    "Fault",
    "Invites",
    "Key",
    "Lifted",
    "LineFacts",
    "LintFinding",
    "LintRule",
    "LintSeverity",
    "Measured",
    "Metric",
    "MetricKey",
    "Metrics",
    "NoPlanYet",
    "Objection",
    "Offered",
    "Override",
    "Parties",
    "Party",
    "Payee",
    "PeriodCap",
    "PeriodLimit",
    "Plan",
    "Policy",
    "PresetInfo",
    "Promise",
    "Proof",
    "Prover",
    "Quote",
    "Rank",
    "RankEarns",
    "Report",
    "RuleSet",
    "SaleTerms",
    "Share",
    "ShareRule",
    "ShopText",
    "Stands",
    "Table",
    "Unasked",
    "UnknownPreset",
    "UnknownVersion",
    "Words",
    "Working",
    "WorstCase",
    "WorstOrder",
    "WorstSale",
    "asks_for_code",
    "canonical",
    "choose_seller",
    "code_admits",
    "content_hash",
    "decide",
    "derived",
    "describe",
    "evaluate_rank",
    "faults",
    "finding_text",
    "fired",
    "holds",
    "host_age_min",
    "json_schema",
    "line_left",
    "load",
    "load_policy",
    "load_versions",
    "loads",
    "may",
    "may_invite",
    "next_rank",
    "not_past",
    "paid_in_turn",
    "percent",
    "period_in_words",
    "pick",
    "preset",
    "presets",
    "progress",
    "promises",
    "prove",
    "publishable",
    "purchases_admit",
    "purchases_suffice",
    "quote",
    "quote_code",
    "quotes",
    "reference",
    "restore",
    "reversal_target",
    "review",
    "rule_in_words",
    "rule_set",
    "sells_by_joining_only",
    "share_line",
    "share_lines",
    "show_working",
    "simulation",
    "timeline",
    "trial_refusal",
    "unbuilt",
    "version_at",
    "version_in_words",
    "what_ranks_earn",
    "whole_hash",
    "window_days",
    "worst_case",
]
