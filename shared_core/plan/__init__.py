"""The growth plan as data: what plan.toml may say, and what follows from it. Pure: no database, web, clock or dice."""

from shared_core.plan.ceiling import WorstCase, worst_case
from shared_core.plan.check import INVITER_PAYEES, Fault, faults, percent
from shared_core.plan.claims import choose_seller
from shared_core.plan.loading import load, loads
from shared_core.plan.quoting import Quote, quote, quote_code, quotes
from shared_core.plan.ranks import Metrics, evaluate_rank, holds, next_rank, progress
from shared_core.plan.refunds import reversal_target
from shared_core.plan.schema.ladder import AMOUNT_METRICS, Criterion, Metric, MetricKey, Rank
from shared_core.plan.schema.network import Binding, Claim, Invites
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule
from shared_core.plan.schema.terms import CHANNELS, PAYEES, Basis, Channel, Payee, Words, window_days
from shared_core.plan.shares import LineFacts, Parties, Party, Share, share_line, share_lines
from shared_core.plan.starters import DEFAULT, PresetInfo, UnknownPreset, preset, presets
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
    "Share",
    "ShareRule",
    "UnknownPreset",
    "Words",
    "WorstCase",
    "choose_seller",
    "evaluate_rank",
    "faults",
    "holds",
    "json_schema",
    "load",
    "loads",
    "next_rank",
    "percent",
    "preset",
    "presets",
    "progress",
    "quote",
    "quote_code",
    "quotes",
    "reference",
    "reversal_target",
    "share_line",
    "share_lines",
    "version_at",
    "window_days",
    "worst_case",
]
