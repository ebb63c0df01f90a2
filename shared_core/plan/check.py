"""What a well-formed plan can still get wrong: contradictions that would make it say one thing and do another."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shared_core.kernel.errors import Phrase
from shared_core.kernel.findings import Finding
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import BPS_WHOLE, Money
from shared_core.kernel.tomlfile import KeyPath, dotted, line_of
from shared_core.plan.ceiling import worst_case
from shared_core.plan.chains import CHAINS
from shared_core.plan.inviting import may_invite
from shared_core.plan.reach import skipped_by, unreachable
from shared_core.plan.schema.plan import Plan
from shared_core.plan.schema.sharing import ShareRule
from shared_core.plan.schema.terms import Payee

LIVE_PAYEES: frozenset[Payee] = frozenset({"host", "host_inviter", "traffic_referrer"})
INVITER_PAYEES: frozenset[Payee] = frozenset({"inviter", "second_inviter", "host_inviter"})


@dataclass(frozen=True, slots=True)
class Fault:
    """A contradiction at `path`; `message` and `remedy` are templates filled with `params`."""

    code: str
    path: KeyPath
    message: str
    remedy: str
    params: dict[str, object] = field(default_factory=dict)

    def finding(self, file: str, lines: dict[KeyPath, int]) -> Finding:
        """The fault as shown to people, with its line."""
        return Finding(
            code=self.code,
            message=self.message,
            remedy=self.remedy,
            file=file,
            line=line_of(self.path, lines),
            key=dotted(self.path),
            params=self.params,
        )


def faults(plan: Plan) -> list[Fault]:
    """Every contradiction in the plan; an empty list means it can run. Says nothing about what is lawful."""
    found = [*_duplicates(plan), *_rungs(plan), *_unknown_ranks(plan), *_share_rules(plan), *_dead_shares(plan)]
    found += [*_other_currency(plan), *_joining(plan), *_binding(plan), *_period_cap(plan)]
    if found:
        return found
    return [*_unreachable_ranks(plan), *_too_generous(plan)]


def _duplicates(plan: Plan) -> Iterator[Fault]:
    tables: tuple[tuple[str, Iterable[str]], ...] = (
        ("roles", [role.id for role in plan.roles]),
        ("ranks", [rank.id for rank in plan.ranks]),
        ("shares", [rule.id for rule in plan.shares]),
    )
    for table, ids in tables:
        seen: Counter[str] = Counter()
        for place, each in enumerate(ids):
            seen[each] += 1
            if seen[each] == 2:
                yield Fault(
                    "duplicate_id",
                    (table, place, "id"),
                    N_("{name!r} is used twice in {table}."),
                    N_("Give each its own id."),
                    {"name": each, "table": table},
                )


def _rungs(plan: Plan) -> Iterator[Fault]:
    if plan.ranks[0].criteria:
        yield Fault(
            "first_rank_has_criteria",
            ("ranks", 0, "criteria"),
            N_("The first rank is where everybody starts, so it cannot ask for anything."),
            N_("Put a rank without criteria before it."),
        )
    for place, rank in enumerate(plan.ranks[1:], start=1):
        if not rank.criteria:
            yield Fault(
                "rank_without_criteria",
                ("ranks", place),
                N_("The rank {rank!r} asks for nothing, so nobody would ever stand on a lower one."),
                N_("Give it criteria."),
                {"rank": rank.id},
            )


def _unknown_ranks(plan: Plan) -> Iterator[Fault]:
    named: list[tuple[KeyPath, str | None]] = [
        *((("roles", n, "from_rank"), role.from_rank) for n, role in enumerate(plan.roles)),
        (("binding", "from_rank"), plan.binding.from_rank),
        *(
            (("ranks", n, "criteria", m, "rank"), criterion.rank)
            for n, rank in enumerate(plan.ranks)
            for m, criterion in enumerate(rank.criteria)
        ),
        *((("shares", n, "ranks"), rank) for n, rule in enumerate(plan.shares) for rank in rule.ranks),
    ]
    for path, rank_id in named:
        if rank_id is not None and rank_id not in plan.places:
            yield Fault(
                "unknown_rank",
                path,
                N_("There is no rank {rank!r}."),
                N_("Known ranks: {known}."),
                {"rank": rank_id, "known": ", ".join(plan.places)},
            )


def _share_rules(plan: Plan) -> Iterator[Fault]:
    yield from _same_conditions(plan)
    yield from _mixed_differences(plan)
    payees = {rule.payee for rule in plan.shares}
    for place, rule in enumerate(plan.shares):
        if rule.payee == "second_inviter" and "inviter" not in payees:
            yield Fault(
                "second_inviter_without_inviter",
                ("shares", place, "payee"),
                N_("The inviter's inviter would earn, but the inviter would not."),
                N_("Add a share for the inviter or remove this one."),
            )
        if rule.payee == "team_fund" and rule.ranks:
            yield Fault(
                "fund_with_rank",
                ("shares", place, "ranks"),
                N_("A team fund has no rank."),
                N_("Remove `ranks`."),
            )
        limit = plan.caps.line if rule.payee == "team_fund" else min(plan.caps.person, plan.caps.line)
        if rule.basis == "price" and (rule.rate or 0) > limit:
            yield Fault(
                "rate_above_cap",
                ("shares", place, "rate"),
                N_("The rate {rate} is never paid in full: [caps] allow {limit}."),
                N_("Lower the rate or raise the cap."),
                {"rate": percent(rule.rate or 0), "limit": percent(limit)},
            )


def _binding(plan: Plan) -> Iterator[Fault]:
    """Fans who were bound are not new any more, so that nothing takes them over."""
    if plan.binding.whom == "new" and plan.binding.rebind != "after_expiry":
        yield Fault(
            "rebind_of_nobody",
            ("binding", "rebind"),
            N_("Only new people are bound, so no other link ever takes a fan over."),
            N_('Leave it out, or set binding.whom to "everyone".'),
        )


def _period_cap(plan: Plan) -> Iterator[Fault]:
    """A limit under which nobody earns, or some share is never paid in full."""
    cap = plan.caps.period
    if cap is None:
        return
    if cap.at_most == 0:
        yield Fault(
            "period_cap_of_nothing",
            ("caps", "period", "at_most"),
            N_("A limit of nothing would leave nobody any share."),
            N_("Write what one person is paid at most, or remove [caps.period]."),
        )
        return
    for place, rule in enumerate(plan.shares):
        if rule.payee != "team_fund" and rule.trigger == "order" and (rule.fixed or 0) > cap.at_most:
            yield Fault(
                "fixed_above_cap",
                ("shares", place, "fixed"),
                N_("The amount {fixed} is never paid in full: [caps.period] allows {limit}."),
                N_("Lower the amount or raise the cap."),
                {"fixed": Money(rule.fixed or 0, plan.currency), "limit": Money(cap.at_most, plan.currency)},
            )


def _same_conditions(plan: Plan) -> Iterator[Fault]:
    seen: dict[tuple[object, ...], str] = {}
    for place, rule in enumerate(plan.shares):
        named = (rule.ranks, rule.channels, rule.brands, rule.categories, rule.products, rule.skus)
        key = (rule.payee, rule.trigger, *(frozenset(each) for each in named))
        if key in seen:
            yield Fault(
                "same_conditions",
                ("shares", place),
                N_("{rule!r} and {other!r} say different things about the same sales."),
                N_("Remove one, or name what tells them apart: ranks, channels, brands, categories, products, skus."),
                {"rule": rule.id, "other": seen[key]},
            )
        seen.setdefault(key, rule.id)


def _mixed_differences(plan: Plan) -> Iterator[Fault]:
    for chain in CHAINS:
        rules = [(n, rule) for n, rule in enumerate(plan.shares) if rule.payee in chain and rule.trigger == "order"]
        if not any(rule.differential for _, rule in rules):
            continue
        bases = {rule.basis for _, rule in rules}
        for place, rule in rules:
            if rule.fixed is not None or len(bases) > 1:
                yield Fault(
                    "mixed_differences",
                    ("shares", place),
                    N_("A difference can only be taken between rates of the same basis: {payees}."),
                    N_("Use rates of one basis for all of them."),
                    {"payees": ", ".join(chain)},
                )
                return


def _dead_shares(plan: Plan) -> Iterator[Fault]:
    for place, rule in enumerate(plan.shares):
        reason = _never_paid(plan, rule)
        if reason and (rule.rate or rule.fixed):
            yield Fault(
                "dead_share",
                ("shares", place),
                N_("This share would never be paid: {reason}."),
                N_("Remove it or switch on what it needs."),
                {"reason": reason},
            )


def _never_paid(plan: Plan, rule: ShareRule) -> Phrase | None:
    if not plan.live.enabled and (rule.payee in LIVE_PAYEES or rule.channels == ("live",)):
        return Phrase(N_("{setting} is {value}"), setting="live.enabled", value="false")
    if plan.invites.mode == "closed" and rule.payee in INVITER_PAYEES and plan.invites.inviter_is == "code":
        return Phrase(N_("{setting} is {value}"), setting="invites.mode", value='"closed"')
    if plan.binding.by == "nobody" and rule.payee in INVITER_PAYEES and plan.invites.inviter_is == "lock":
        return Phrase(N_("{setting} is {value}"), setting="binding.by", value='"nobody"')
    return None


def _other_currency(plan: Plan) -> Iterator[Fault]:
    if plan.tax.withholding == "cn-labour" and plan.currency != "CNY":
        yield Fault(
            "tax_currency",
            ("tax", "withholding"),
            N_("The tax rule {rule!r} reckons in CNY, this shop in {currency}."),
            N_('Write "by_jurisdiction" or "none".'),
            {"rule": plan.tax.withholding, "currency": plan.currency},
        )


def _joining(plan: Plan) -> Iterator[Fault]:
    """Ways in that nobody can go, and keys that do nothing."""
    how, invites = plan.join.how, plan.invites
    if how == "invite_code" and invites.mode == "closed":
        yield Fault(
            "nobody_joins",
            ("join", "how"),
            N_("An invitation is the only way in, but nobody invites."),
            N_('Set invites.mode to "open" or "code", or join.how to "sign_up".'),
        )
    if how == "spend" and plan.join.spend == 0:
        yield Fault(
            "spend_nothing",
            ("join", "spend"),
            N_("Purchases make a member, but join.spend does not say for how much."),
            N_('Set join.spend, or join.how to "first_order".'),
        )
    if how != "spend" and plan.join.spend > 0:
        yield Fault(
            "spend_without_effect",
            ("join", "spend"),
            N_("Nobody has to buy for join.spend while join.how is {how!r}."),
            N_('Remove it, or set join.how to "spend".'),
            {"how": how},
        )
    if invites.mode == "code":
        yield from _quota(plan)


def _quota(plan: Plan) -> Iterator[Fault]:
    """Quotas out of which no code ever comes."""
    rules = plan.invites
    if rules.own_sales_per_code == 0:
        yield Fault(
            "codes_for_nothing",
            ("invites", "own_sales_per_code"),
            N_("A code that no sales are needed for would be earned without end."),
            N_("Write what a code takes, or leave the key out."),
        )
    elif rules.codes_max == 0 or (rules.base == 0 and rules.own_sales_per_code is None):
        yield Fault(
            "no_codes",
            ("invites", "codes_max" if rules.codes_max == 0 else "base"),
            N_("Only codes invite, but nobody ever has one."),
            N_("Set invites.base or invites.own_sales_per_code, and codes_max above 0."),
        )
    elif not any(may_invite(plan, rank.id) for rank in plan.ranks):
        yield Fault(
            "nobody_may_invite",
            ("roles", 0, "can_invite"),
            N_("Only codes invite, but no role may invite."),
            N_("Give a role can_invite = true, or set invites.mode."),
        )


def _unreachable_ranks(plan: Plan) -> Iterator[Fault]:
    for rank_id, reason in unreachable(plan).items():
        yield Fault(
            "unreachable_rank",
            ("ranks", plan.places[rank_id], "criteria"),
            N_("Nobody can ever reach {rank!r}: {reason}."),
            N_("Ask for something that can happen, at ranks below this one."),
            {"rank": rank_id, "reason": reason},
        )
    for rank_id, upper_id in skipped_by(plan).items():
        yield Fault(
            "skipped_rank",
            ("ranks", plan.places[rank_id], "criteria"),
            N_("Nobody ever stands on {rank!r}: whoever meets its criteria already meets those of {upper!r}."),
            N_("Ask more of the higher rank or less of the lower one."),
            {"rank": rank_id, "upper": upper_id},
        )


def _too_generous(plan: Plan) -> Iterator[Fault]:
    worst = worst_case(plan)
    if worst.total_bps <= BPS_WHOLE:
        return
    parts = [f"{due.payee} {percent(due.rate_bps)} ({due.rule.id})" for due in worst.dues if due.rate_bps]
    places = [n for n, rule in enumerate(plan.shares) if rule.id == worst.dues[0].rule.id]
    yield Fault(
        "shares_above_price",
        ("shares", places[0]),
        N_("On one sale in the channel {channel} the shares could come to {total}: {parts}."),
        N_("Lower the rates until the worst case is below 100%, with room for what the goods cost."),
        {"channel": worst.goods.channel, "total": percent(worst.total_bps), "parts": ", ".join(parts)},
    )


def percent(bps: int) -> str:
    """Basis points as people read them: "12.5%"."""
    whole, rest = divmod(bps, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"
