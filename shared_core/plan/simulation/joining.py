"""Who becomes a promoter, invited by whom, and what the plan pays or charges for it."""

import numpy as np

from shared_core.kernel.money import BPS_WHOLE
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule, Trigger
from shared_core.plan.table import ABSENT, Flags, Numbers


class Promoters:
    """The second edge. Once joined, an inviter stays."""

    def __init__(self, plan: Plan, members: int) -> None:
        self.plan = plan
        self.joined = np.zeros(members, dtype=bool)
        self.joined_on = np.full(members, ABSENT, dtype=np.int16)
        self.inviter = np.full(members, ABSENT, dtype=np.int32)
        self.codes_used = np.zeros(members, dtype=np.int32)
        self._has_invited = np.zeros(members, dtype=bool)

    def enrol(self, members: Numbers, inviters: Numbers, day: int) -> Numbers:
        """Those who newly join; an inviter is nobody where the plan is closed, and where a loop would close."""
        new = ~self.joined[members]
        members, inviters = members[new], inviters[new]
        closed = self.plan.invites.mode == "closed"
        inviters = np.where((inviters == members) | closed, ABSENT, inviters)
        self._has_invited[inviters[inviters != ABSENT]] = True
        risky = self._has_invited[members]
        self.inviter[members[~risky]] = inviters[~risky]
        for member, inviter in zip(members[risky].tolist(), inviters[risky].tolist(), strict=True):
            if not self._is_below(inviter, member):
                self.inviter[member] = inviter
        self.joined[members], self.joined_on[members] = True, day
        return members

    def with_code(self, inviters: Numbers, may: Flags, sold: Numbers) -> Flags:
        """Who gets in with a code of the promoter whose link they followed, if that one may invite; codes run out.

        `sold` is what every member has sold so far. Who found the shop alone gets in while there are no promoters.
        """
        first = (inviters == ABSENT) & ~self.joined.any()
        may = may.copy()
        turns = np.flatnonzero(may)[np.argsort(inviters[may], kind="stable")]
        asked = inviters[turns]
        turn = np.arange(len(asked)) - np.searchsorted(asked, asked)
        may[turns] = turn < self._codes(asked, sold)
        np.add.at(self.codes_used, inviters[may], 1)
        return np.asarray(may | first)

    def _codes(self, members: Numbers, sold: Numbers) -> Numbers:
        """Unused codes of these members."""
        invites = self.plan.invites
        if invites.mode != "code":
            return np.full(len(members), len(self.joined))
        earned = sold[members] // invites.own_sales_per_code if invites.own_sales_per_code else 0
        unused = invites.base + earned - self.codes_used[members]
        return np.asarray(unused if invites.codes_max is None else np.minimum(unused, invites.codes_max))

    def _is_below(self, member: int, wanted: int) -> bool:
        while member not in (wanted, ABSENT):
            member = int(self.inviter[member])
        return member == wanted


def entry_fee(plan: Plan) -> int:
    """What getting in costs in the first year, without what is given back and without goods."""
    return plan.join.fee + plan.join.subscription


def bounties(plan: Plan, trigger: Trigger, uplines: Numbers, places: Numbers) -> Numbers:
    """What [inviter, second inviter] of each person get because that person joined, rose or used an invitation.

    A rate is taken of the fee; rules that name goods or channels give nothing, for nothing was sold.
    """
    amounts = np.zeros(uplines.shape, dtype=np.int64)
    rules = [rule for rule in plan.shares if rule.trigger == trigger]
    for row, payee in enumerate(("inviter", "second_inviter")):
        for rule in (each for each in rules if each.payee == payee):
            fits = np.array([not rule.ranks or rank.id in rule.ranks for rank in plan.ranks])
            given = fits[places[row]] & (uplines[row] != ABSENT)
            amounts[row] += np.where(given, _bounty(rule, entry_fee(plan)), 0)
    return amounts


def _bounty(rule: ShareRule, fee: int) -> int:
    amount = rule.fixed if rule.fixed is not None else fee * (rule.rate or 0) // BPS_WHOLE
    return amount if rule.at_most is None else min(amount, rule.at_most)
