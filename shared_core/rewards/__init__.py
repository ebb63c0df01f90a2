"""Rewards: ranks that members reach, shares that they earn, and how earned money gets into their pockets.

Everything happens when other rooms announce something; `listeners` says what is to be registered.
"""

from shared_core.rewards.earnings import SWEEP_ORDERS_MAX, line_facts, mature_due
from shared_core.rewards.errors import (
    NoStatementYet,
    PayoutAboveAvailable,
    PayoutBelowMinimum,
    PayoutBySamePerson,
    PayoutCodeReused,
    PayoutEvidenceUsed,
    PayoutNeedsApproval,
    PayoutSettled,
    PlanNotPayable,
    RedPacketOpen,
    SaleAtLoss,
    UnknownEarning,
    UnknownPayout,
)
from shared_core.rewards.events import PayoutChanged, RankChanged
from shared_core.rewards.explaining import Clawback, Explanation, explain
from shared_core.rewards.kept_plans import plans_of
from shared_core.rewards.ladder import review
from shared_core.rewards.models import Earning, Payout, PayoutStep, RankStep, RefusedShare, Sale
from shared_core.rewards.payouts import (
    approve_payout,
    mark_payout_failed,
    mark_payout_paid,
    payout_steps,
    red_packet_until,
    request_payout,
    send_red_packet,
)
from shared_core.rewards.people import parties, quotes, ranks_of
from shared_core.rewards.people import quote_line as quote
from shared_core.rewards.reads import (
    Climb,
    OwnTrade,
    TakenOut,
    Wallet,
    all_earnings,
    climb_of,
    earnings_of,
    earnings_on,
    list_payouts,
    metrics,
    own_trade,
    payout,
    payout_by_code,
    payouts_of,
    rank_of,
    rank_steps,
    taken_out,
    wallet,
)
from shared_core.rewards.rules import EarningState, PayoutState, needs_two
from shared_core.rewards.statements import Entry, Statement, StatementLine, statement
from shared_core.rewards.tax import Earlier, Withholding, withhold
from shared_core.rewards.telling import tell
from shared_core.rewards.trial import TrialGate, never_on_trial, refused_shares
from shared_core.rewards.wiring import Rewards, listeners

__all__ = [
    "SWEEP_ORDERS_MAX",
    "Clawback",
    "Climb",
    "Earlier",
    "Earning",
    "EarningState",
    "Entry",
    "Explanation",
    "NoStatementYet",
    "OwnTrade",
    "Payout",
    "PayoutAboveAvailable",
    "PayoutBelowMinimum",
    "PayoutBySamePerson",
    "PayoutChanged",
    "PayoutCodeReused",
    "PayoutEvidenceUsed",
    "PayoutNeedsApproval",
    "PayoutSettled",
    "PayoutState",
    "PayoutStep",
    "PlanNotPayable",
    "RankChanged",
    "RankStep",
    "RedPacketOpen",
    "RefusedShare",
    "Rewards",
    "Sale",
    "SaleAtLoss",
    "Statement",
    "StatementLine",
    "TakenOut",
    "TrialGate",
    "UnknownEarning",
    "UnknownPayout",
    "Wallet",
    "Withholding",
    "all_earnings",
    "approve_payout",
    "climb_of",
    "earnings_of",
    "earnings_on",
    "explain",
    "line_facts",
    "list_payouts",
    "listeners",
    "mark_payout_failed",
    "mark_payout_paid",
    "mature_due",
    "metrics",
    "needs_two",
    "never_on_trial",
    "own_trade",
    "parties",
    "payout",
    "payout_by_code",
    "payout_steps",
    "payouts_of",
    "plans_of",
    "quote",
    "quotes",
    "rank_of",
    "rank_steps",
    "ranks_of",
    "red_packet_until",
    "refused_shares",
    "request_payout",
    "review",
    "send_red_packet",
    "statement",
    "taken_out",
    "tell",
    "wallet",
    "withhold",
]
