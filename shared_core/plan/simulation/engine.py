"""A population lives under a plan, day by day.

The morning closes return windows, lets shares mature and gives goods back; then people come and follow links, sign up
and join, order and pay; in the evening of the last day of a month (or week) money is taken out. Inside one of these
steps everything only adds to what is counted, so it does not matter who comes first.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shared_core.plan.claims import sells_by_joining_only
from shared_core.plan.inviting import may_invite
from shared_core.plan.roles import may
from shared_core.plan.schema.ladder import MetricKey
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import Trigger
from shared_core.plan.schema.terms import Payee, window_days
from shared_core.plan.simulation.counts import Counts, Sold
from shared_core.plan.simulation.history import Columns, History, draw
from shared_core.plan.simulation.joining import Promoters, bounties, entry_fee
from shared_core.plan.simulation.locks import Locks
from shared_core.plan.simulation.population import Population
from shared_core.plan.simulation.standings import Standings
from shared_core.plan.simulation.trade import ByDay, Trade
from shared_core.plan.table import ABSENT, FUND, Flags, Numbers

WEEK = 7


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it. `daily`: minor units by day (see `trade.DAILY`), and how many stand on each rank, [rank, day].

    `members`: by member: place (the rank in the end), joined_on, sponsor, lock_until (its last day), inviter; money:
    pending, available, taken, retail, network, where the last row is the team fund's. `reached`: the first day on
    each rank, [rank, member], ABSENT: never.
    """

    plan: Plan
    history: History
    daily: Columns
    members: Columns
    reached: Numbers
    goods_by_article: Numbers


def simulate(
    plan: Plan, population: Population, *, seed: int, each_day: Callable[[int], None] = lambda day: None
) -> Run:
    """Let the population of this seed live under the plan. `each_day` hears of every day that has passed.

    Raises PopulationUnusable.
    """
    return live(plan, draw(population, seed=seed), each_day=each_day)


def live(plan: Plan, history: History, *, each_day: Callable[[int], None] = lambda day: None) -> Run:
    """Let a history happen under the plan."""
    life = _Life(plan, history)
    for day in range(history.population.days):
        life.pass_day(day)
        each_day(day)
    return life.run()


class _Life:
    def __init__(self, plan: Plan, history: History) -> None:
        members = len(history.people["came"])
        self.plan, self.history, self.size = plan, history, members
        self.locks, self.promoters = Locks(plan, members), Promoters(plan, members)
        self.standings, self.counts, self.trade = Standings(plan, members), Counts(plan, members), Trade(plan, history)
        self.sold = Sold.room_for(len(history.orders["day"]))
        self.sale_of = np.full(len(history.orders["day"]), ABSENT, dtype=np.int32)
        self.heads = _Heads(members, room=members + len(history.visits["day"]))
        self.link = np.full(members, ABSENT, dtype=np.int32)
        self.known = np.zeros(members, dtype=bool)
        self.own_sales = np.zeros(members, dtype=np.int64)
        self.bought = np.zeros(members, dtype=np.int64)
        self.reached = np.full((len(plan.ranks), members), ABSENT, dtype=np.int16)
        self.standing = np.zeros((len(plan.ranks), history.population.days), dtype=np.int32)
        self._come, self._visits = ByDay(history.people["came"]), ByDay(history.visits["day"])
        self._signs = ByDay(np.where(history.people["signs_up"] == ABSENT, 2**14, history.people["signs_up"]))
        self._orders = ByDay(history.orders["day"])
        self.hosting = np.array([may(plan, "host", rank=rank.id) for rank in plan.ranks])
        self.inviting = np.array([may_invite(plan, rank.id) for rank in plan.ranks])
        self.months = history.population.months_begin
        self.day, self.month_began, self.here = 0, 0, 0

    def pass_day(self, day: int) -> None:
        """Everything that happens on one day, in the order in which the shop lets it happen."""
        self.day, is_first = day, day in self.months
        if is_first and day and self.plan.ladder.policy == "requalify":
            self.standings.review(self.here, self._count_before)
        self.month_began = day if is_first else self.month_began
        self.counts.turn(day, self.month_began)
        self.trade.turn(day, self.month_began)
        self._complete()
        self.trade.mature(day)
        self._give_back()
        self._follow_links()
        self._sign_up()
        self._order()
        weekly = self.plan.settlement.schedule == "weekly" and day % WEEK == WEEK - 1
        if weekly or (self.plan.settlement.schedule != "weekly" and day + 1 in self.months):
            self.trade.pay_out(day)
        self.standing[:, day] = np.bincount(self.standings.places[: self.here], minlength=len(self.plan.ranks))

    def run(self) -> Run:
        wallets = self.trade.wallets
        members = {
            "place": self.standings.places,
            "joined_on": self.promoters.joined_on,
            "sponsor": self.locks.sponsor,
            "lock_until": self.locks.last_day,
            "inviter": self.promoters.inviter,
            **{name: getattr(wallets, name) for name in ("pending", "available", "taken", "retail", "network")},
        }
        daily = {**self.trade.daily, "standing": self.standing}
        return Run(self.plan, self.history, daily, members, self.reached, self.trade.goods_by_article())

    # --- the morning: what time brings ---

    def _complete(self) -> None:
        orders, goods, packs = self.trade.complete(self.day)
        seller, buyer = self.trade.seller[orders], self.history.orders["buyer"][orders]
        start, self.sold.count = self.sold.count, self.sold.count + len(orders)
        rows = np.arange(start, self.sold.count)
        self.sale_of[orders] = rows
        by_fan = (seller != ABSENT) & (self.heads.sponsor[buyer] == seller)
        self.sold.live[rows], self.sold.by_fan[rows] = self.trade.live[orders], by_fan
        for column, values in (("seller", seller), ("buyer", buyer), ("day", self.day)):
            getattr(self.sold, column)[rows] = values
        concerned = self._count_sales(rows, goods, packs)
        self._climb(concerned)
        self._join_buyers(buyer)

    def _give_back(self) -> None:
        orders, goods, packs = self.trade.refund(self.day)
        counted = self.sale_of[orders] != ABSENT
        self._count_sales(self.sale_of[orders[counted]], -goods[counted], -packs[counted])

    def _count_sales(self, rows: Numbers, goods: Numbers, packs: Numbers) -> Numbers:
        """Completed sales count more, or less after a refund, on the day of their completion; who may rise."""
        self.sold.goods[rows] += goods
        self.sold.packs[rows] += packs
        seller, buyer, days = self.sold.seller[rows], self.sold.buyer[rows], self.sold.day[rows]
        np.add.at(self.bought, buyer, goods)
        if self.plan.invites.counts_self_purchase:
            np.add.at(self.own_sales, buyer, goods)
        self.counts.add("purchases", buyer, goods, days)
        concerned = [buyer] if self.counts.asks("purchases") else []
        there = seller != ABSENT
        seller, own, days = seller[there], (seller == buyer)[there], days[there]
        live = ~own & self.sold.live[rows][there]
        goods, packs = goods[there], packs[there]
        self.counts.add("self", seller[own], goods[own], days[own])
        self.counts.add("retail", seller[~own], goods[~own], days[~own])
        self.counts.add("live", seller[live], goods[live], days[live])
        self.counts.add("packs", seller[~own], packs[~own], days[~own])
        np.add.at(self.own_sales, seller[~own], goods[~own])
        concerned.append(seller)
        if self.counts.asks("team"):
            spreads = ~own | self.plan.self_purchase.counts
            for level, above in self.standings.uplines(seller):
                counts = spreads[level]
                self.counts.add("team", above[counts], goods[level][counts], days[level][counts])
                concerned.append(above)
        return np.concatenate(concerned)

    # --- the day: what people do ---

    def _follow_links(self) -> None:
        come, visits = self._come.on(self.day), self._visits.on(self.day)
        self.here += len(come)
        self._note_ranks(come)
        links = self.history.people["link"][come]
        self.link[:] = ABSENT
        for new, fans, sponsors in (
            (True, come[links != ABSENT], links[links != ABSENT]),
            (False, self.history.visits["fan"][visits], self.history.visits["sponsor"][visits]),
        ):
            self.link[fans] = sponsors
            joined, places = self.promoters.joined, self.standings.places
            bound = self.locks.follow(
                fans, sponsors, self.day, known=self.known[fans], joined=joined, places=places, new=new
            )  # fmt: skip
            self._count_heads(bound[self.known[bound]])

    def _sign_up(self) -> None:
        new = self._signs.on(self.day)
        self.known[new] = True
        self._count_heads(new[self.locks.holder(new, self.day) != ABSENT])
        self._count_heads(self.locks.reach("sign_up", new, self.day, joined=self.promoters.joined))
        how, invited_by = self.plan.join.how, self._inviters(self.link[new])
        if how == "invite_code" or self.plan.invites.mode == "code":
            coded = self.promoters.with_code(self.link[new], self._may_invite(self.link[new]), self.own_sales)
            invited_by = np.where(coded, invited_by, ABSENT)
            new, invited_by = (new[coded], invited_by[coded]) if how == "invite_code" else (new, invited_by)
        if how in ("sign_up", "invite_code"):
            self._join(new, invited_by)
        self._join_buyers(new)

    def _order(self) -> None:
        orders = self._orders.on(self.day)
        buyers = self.history.orders["buyer"][orders]
        some = np.unique(buyers)
        self._count_heads(self.locks.reach("first_order", some, self.day, joined=self.promoters.joined))
        host = self._hosts(orders, buyers)
        referrer = self.history.orders["referrer"][orders]
        brought = (host != ABSENT) & (referrer != host) & (referrer != buyers)
        takers = self._takers(self._sellers(buyers, host), host, np.where(brought, referrer, ABSENT))
        places = np.where(takers >= 0, self.standings.places[takers], 0)
        self.trade.place(self.day, orders, takers, places, host != ABSENT)

    def _hosts(self, orders: Numbers, buyers: Numbers) -> Numbers:
        """In whose room each order is made, ABSENT: in nobody's. Promoters host whose rank may; nobody buys from it."""
        host = self.history.orders["host"][orders]
        may = (host != ABSENT) & (host != buyers) & self.promoters.joined[host]
        return np.where(may & self.hosting[self.standings.places[host]], host, ABSENT)

    def _sellers(self, buyers: Numbers, host: Numbers) -> Numbers:
        """Who sells to each buyer, by the plan's precedence."""
        link = self.link[buyers]
        if self.plan.self_purchase.pays != "everybody":
            link = np.where(link == buyers, ABSENT, link)
        claims = {"link": link, "room": host, "lock": self.locks.holder(buyers, self.day)}
        seller = np.full(len(buyers), ABSENT, dtype=np.int32)
        for claim in reversed(self.plan.claims.seller):
            claimed = self._earning(claims[claim])
            seller = np.where(claimed != ABSENT, claimed, seller)
        if self.plan.self_purchase.pays == "everybody":
            seller = np.where(self.promoters.joined[buyers], buyers, seller)
        return seller

    def _earning(self, members: Numbers) -> Numbers:
        """Those of the members who may earn; ABSENT for the others."""
        if not sells_by_joining_only(self.plan):
            return members
        return np.where((members != ABSENT) & self.promoters.joined[members], members, ABSENT)

    def _takers(self, seller: Numbers, host: Numbers, referrer: Numbers) -> Numbers:
        """[payee, order]; only those who can earn under the plan are looked for."""

        def taker(payee: Payee) -> Numbers:
            if payee == "team_fund":
                return np.full(len(seller), FUND)
            direct = {"seller": seller, "host": host, "traffic_referrer": referrer}.get(payee)
            if direct is None:
                direct = self._above(host if payee == "host_inviter" else seller)
                direct = self._above(direct) if payee == "second_inviter" else direct
            return self._earning(direct)

        return np.stack([taker(payee) for payee in self.trade.payees])

    def _above(self, members: Numbers) -> Numbers:
        """Whom the plan takes for each member's inviter today."""
        if self.plan.invites.inviter_is == "lock":
            return self.locks.holder(members, self.day)
        return np.where(members != ABSENT, self.promoters.inviter[members], ABSENT)

    # --- what follows from it ---

    def _join_buyers(self, buyers: Numbers) -> None:
        """Whoever of these is known and has bought enough, where that makes a promoter."""
        join = self.plan.join
        if join.how in ("first_order", "spend"):
            least = join.spend if join.how == "spend" else 1
            enough = np.unique(buyers[self.known[buyers] & (self.bought[buyers] >= least)])
            self._join(enough, np.full(len(enough), ABSENT))

    def _join(self, members: Numbers, invited_by: Numbers) -> None:
        by_lock, only_codes = self.plan.invites.inviter_is == "lock", self.plan.invites.mode == "code"
        fans = ((invited_by == ABSENT) & (not only_codes)) | by_lock
        inviters = np.where(fans, self._inviters(self.locks.holder(members, self.day)), invited_by)
        new = self.promoters.enrol(members, inviters, self.day)
        self.trade.charge(self.day, entry_fee(self.plan) * len(new))
        invited = new[self.promoters.inviter[new] != ABSENT]
        if not by_lock:
            self._climb(self.standings.tie(invited, self.promoters.inviter[invited]))
        self._reward("member_joined", new)
        self._reward("invite_used", invited)

    def _inviters(self, members: Numbers) -> Numbers:
        """Those of the members who may bring others in; ABSENT for the others. A lock asks for no such role."""
        by_lock = self.plan.invites.inviter_is == "lock"
        return members if by_lock else np.where(self.inviting[self.standings.places[members]], members, ABSENT)

    def _may_invite(self, members: Numbers) -> Flags:
        promoters = (members != ABSENT) & self.promoters.joined[members]
        return np.asarray(promoters & self.inviting[self.standings.places[members]])

    def _count_heads(self, fans: Numbers) -> None:
        """Fans who are known and bound count for their sponsor, each once."""
        sponsors = self.locks.sponsor[fans]
        new = self.heads.add(fans, sponsors)
        fans, sponsors = fans[new], sponsors[new]
        above = self.standings.tie(fans, sponsors) if self.plan.invites.inviter_is == "lock" else fans[:0]
        self.counts.add("fans", sponsors, np.ones_like(sponsors), np.full(len(fans), self.day))
        self._climb(np.concatenate([sponsors, above]))

    def _climb(self, concerned: Numbers) -> None:
        if len(self.plan.ranks) > 1:
            risen = self.standings.climb(concerned, self._count)
            self._note_ranks(risen)
            self._reward("rank_up", risen)

    def _note_ranks(self, members: Numbers) -> None:
        """Note the first day of these members on their rank."""
        places = self.standings.places[members]
        first = self.reached[places, members] == ABSENT
        self.reached[places[first], members[first]] = self.day

    def _reward(self, trigger: Trigger, members: Numbers) -> None:
        if any(rule.trigger == trigger for rule in self.plan.shares):
            inviter = self._above(members)
            uplines = np.stack([inviter, self._above(inviter)])
            places = np.where(uplines != ABSENT, self.standings.places[uplines], 0)
            self.trade.give(self.day, uplines, bounties(self.plan, trigger, uplines, places))

    def _count(self, members: Numbers) -> dict[MetricKey, Numbers]:
        return self._count_until(members, self.day)

    def _count_before(self, members: Numbers) -> dict[MetricKey, Numbers]:
        """As counted until yesterday: the windows have not been turned yet."""
        return self._count_until(members, self.day - 1)

    def _count_until(self, members: Numbers, last: int) -> dict[MetricKey, Numbers]:
        metrics = self.counts.of(members)
        for key in self.plan.metric_keys:
            if key.metric in ("active_fans", "pack_buyers", "repeat_buyers"):
                length = window_days(key.window)
                first = self.month_began if key.window == "month" else 0 if length is None else last - length + 1
                metrics[key] = self.sold.buyers(key, members, self.size, first, last)
        return metrics


class _Heads:
    """Who was counted as whose fan: each pair once; `sponsor` is whose fan each was counted as last."""

    def __init__(self, members: int, *, room: int) -> None:
        self.sponsor = np.full(members, ABSENT, dtype=np.int32)
        self._newest = np.full(members, ABSENT, dtype=np.int32)
        self._sponsors = np.zeros(2 * room, dtype=np.int32)
        self._before = np.zeros(2 * room, dtype=np.int32)
        self._count = 0

    def add(self, fans: Numbers, sponsors: Numbers) -> Numbers:
        """Which of these pairs are new."""
        new, row = np.ones(len(fans), dtype=bool), self._newest[fans]
        while (row != ABSENT).any():
            new &= (row == ABSENT) | (self._sponsors[row] != sponsors)
            row = np.where(row != ABSENT, self._before[row], ABSENT)
        rows = np.arange(self._count, self._count + int(new.sum()))
        self._count += len(rows)
        self._sponsors[rows], self._before[rows] = sponsors[new], self._newest[fans[new]]
        self._newest[fans[new]] = rows
        self.sponsor[fans[new]] = sponsors[new]
        return new
