"""What the plan and the brand mean for the rooms: the ports that lower rooms leave open, and who listens to what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shared_core import catalog, invites, livestream, members, orders, plan, rewards, supply
from shared_core.kernel.database import Database
from shared_core.kernel.errors import Forbidden
from shared_core.kernel.listeners import Listeners
from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.fares import freight_rule
from shared_core.storefront.hookspecs import Hooks


class NoExit(Forbidden):
    code = "no_exit"
    message = "Leaving is not possible in this shop; please write to us."


@dataclass(frozen=True)
class FromRank:
    """Whose links bind where that takes a rank: those who hold it, or a higher one, now."""

    growth: plan.Plan
    rank: str

    def __call__(self, session: Session, member_ids: Collection[int]) -> Collection[int]:
        places, held = self.growth.places, rewards.ranks_of(session, self.growth, member_ids)
        return {member_id for member_id, rank in held.items() if places[rank] >= places[self.rank]}


@dataclass(frozen=True)
class PlanBook:
    """All versions of the shop's plan."""

    versions: tuple[plan.Plan, ...]
    brand: BrandConfig

    def at(self, at: datetime) -> plan.Plan:
        """The version in force at `at`. Raises NoPlanYet."""
        return plan.version_at(self.versions, at, zone=self.brand.zone)

    def counting(self, at: datetime) -> plan.Plan:
        """The version by which history counts: the one in force, for what is older than all of them the first."""
        try:
            return self.at(at)
        except plan.NoPlanYet:
            return min(self.versions, key=lambda each: each.effective_from)

    def binding_policy(self, at: datetime) -> members.BindingPolicy:
        """How links bind at `at`."""
        return self._policy(self.at(at))

    def click_policy(self, at: datetime) -> members.BindingPolicy | None:
        """The same for who follows a link; None when links bind nobody."""
        growth = self.at(at)
        return None if growth.binding.by == "nobody" else self._policy(growth)

    def _policy(self, growth: plan.Plan) -> members.BindingPolicy:
        """A plan that asks for consent binds at sign-up, where the person agrees to it."""
        rules = growth.binding
        protected = {"after_expiry": None, "after_protection": rules.protected_days, "always": 0}[rules.rebind]
        moment: members.Moment = "click"
        if rules.by in ("sign_up", "first_order"):
            moment = rules.by
        elif rules.by == "click" and rules.consent:
            moment = "sign_up"
        return members.BindingPolicy(
            on=moment,
            days=rules.days,
            protected_days=protected,
            who_may_lock="anyone" if rules.lockers == "everyone" else "promoters",
            zone=self.brand.shop.zone,
            only_new=rules.whom == "new",
            qualified=None if rules.from_rank is None else FromRank(growth, rules.from_rank),
        )

    def binds(self, at: datetime) -> bool:
        """Whether links bind anybody at all."""
        return self.at(at).binding.by != "nobody"

    def require_exit(self, at: datetime) -> None:
        """Raises NoExit where the plan does not let fans leave."""
        if not self.at(at).binding.exit:
            raise NoExit

    def enrol(self, session: Session, member_id: int, *, invited_by: int | None, at: datetime) -> None:
        """Make somebody a promoter, invited by whom the plan says."""
        invites.enrol(session, self.at(at), member_id, invited_by=invited_by, at=at)

    def return_days(self, at: datetime) -> int:
        return self.at(at).returns.days

    def seller(self, session: Session, purchase: orders.Purchase, at: datetime) -> orders.Seller | None:
        """Who sells this purchase, by the plan's precedence among link, room and lock.

        Where the plan binds at the first order, the link that was followed first binds now, so that it counts. Where
        buyers earn too, a promoter who buys is the seller. Who has not joined sells nothing where that takes more
        than signing up.
        """
        rules, policy = self.at(at), self.binding_policy(at)
        if self.binds(at):
            members.bind_first_link(session, purchase.buyer_id, moment="first_order", policy=policy, at=at)
        claims: dict[plan.Claim, int] = {}
        for claim in ("link", "room"):
            if purchase.claims and claim in purchase.claims:
                claims[claim] = purchase.claims[claim]
        if claims.get("link") == purchase.buyer_id and rules.self_purchase.pays != "everybody":
            del claims["link"]
        sponsor_id = members.sponsor_of(session, purchase.buyer_id, at=at)
        if sponsor_id is not None:
            claims["lock"] = sponsor_id
        if plan.sells_by_joining_only(rules):
            joined = members.promoters(session, claims.values())
            claims = {claim: member_id for claim, member_id in claims.items() if member_id in joined}
        noted = {str(claim): member_id for claim, member_id in claims.items()}
        if rules.self_purchase.pays == "everybody" and members.promoters(session, [purchase.buyer_id]):
            return orders.Seller(purchase.buyer_id, "own", {"own": purchase.buyer_id, **noted})
        chosen = plan.choose_seller(rules, claims)
        return None if chosen is None else orders.Seller(chosen[1], chosen[0], noted)

    def room(self, session: Session, purchase: orders.Purchase, at: datetime) -> orders.InRoom | None:
        """The room this purchase is made in. What is ordered in another channel is not."""
        if not self.at(at).live.enabled or purchase.channel != "shop":
            return None
        return livestream.came_by(session, purchase.buyer_id, skus=[sku for sku, _ in purchase.lines], at=at)


def price_rule(brand: BrandConfig, check: catalog.PriceCheck) -> catalog.PriceRule:
    """How the shop makes prices of the supply side's offers, and which it may ask."""
    pricing = brand.pricing
    return catalog.PriceRule(
        basis=catalog.PriceBasis(pricing.rule),
        markup_bps=pricing.markup,
        rounding=catalog.Rounding(pricing.rounding),
        check=check,
    )


def manual_rail(brand: BrandConfig) -> orders.ManualRail:
    """Transfers to the shop's collectors who take new orders."""
    return orders.ManualRail(tuple(each.name for each in brand.payment.taking), orders.Match(brand.payment.match))


def counter(database: Database, gateway: supply.SupplyGateway, plans: PlanBook) -> orders.Counter:
    """Where purchases become orders, by this shop's freight, plan and way of paying."""
    return orders.Counter(
        database=database,
        gateway=gateway,
        rail=manual_rail(plans.brand),
        freight=freight_rule(plans.brand),
        currency=plans.brand.shop.currency,
        return_days=plans.return_days,
        seller=plans.seller,
        room=plans.room,
    )


def listen(
    built: Listeners, plans: PlanBook, hooks: Hooks, *, terms: plan.SaleTerms, on_trial: rewards.TrialGate
) -> None:
    """Who hears what in this shop; `on_trial` says whether a plan earns within the limits of a trial only."""
    built.listen(members.VisitorMerged, _hand_over_cart)
    built.listen(members.VisitorMerged, _hand_over_visits)
    zone = plans.brand.shop.zone
    rewards.listeners(plans.versions, zone, terms=terms, on_trial=on_trial).subscribe(built)
    invites.Invites(plans.counting).subscribe(built)
    hooks.subscribe(built)


def _hand_over_cart(session: Session, event: members.VisitorMerged) -> None:
    orders.hand_over_cart(session, from_id=event.visitor_id, to_id=event.member_id)


def _hand_over_visits(session: Session, event: members.VisitorMerged) -> None:
    livestream.merge_visits(session, visitor_id=event.visitor_id, member_id=event.member_id)


def join_by_purchase(database: Database, plans: PlanBook) -> None:
    """Where a version of the plan makes promoters of buyers, have it told of what they bought."""
    if any(plan.purchases_admit(each) or each.join.required_purchase for each in plans.versions):
        invites.JoinByPurchase(database, plans.counting).subscribe(database.listeners)
