"""Trying everything: the least that any sale leaves, found by the function that pays and by nothing cleverer."""

import itertools
from collections.abc import Iterator

from shared_core.kernel.money import Money
from shared_core.plan import CHANNELS, LineFacts, Offered, Parties, Party, Payee, Plan, SaleTerms, share_line

CHAINS: tuple[tuple[Payee, ...], ...] = (("seller", "inviter", "second_inviter"), ("host", "host_inviter"))


def everybody(tested: Plan) -> Iterator[Parties]:
    """All people who may take part: each chain's beginnings, every rank, some of them the same, the buyer among them.

    Of people who are the same all ranks are the same. Chains and ranks without a rule for them are tried like others.
    """
    paid = {rule.payee for rule in tested.shares}
    chains = [[payee for payee in chain if paid & set(chain)] for chain in CHAINS]
    referrers: list[list[Payee]] = [[], ["traffic_referrer"]] if "traffic_referrer" in paid else [[]]
    for low, high, third in itertools.product(range(len(chains[0]) + 1), range(len(chains[1]) + 1), referrers):
        there = [*chains[0][:low], *chains[1][:high], *third]
        for ranks in itertools.product(tested.places, repeat=len(there)):
            yield from _persons(there, ranks)


def _persons(there: list[Payee], ranks: tuple[str, ...]) -> Iterator[Parties]:
    alone = {payee: Party(number, rank) for number, (payee, rank) in enumerate(zip(there, ranks, strict=True), 1)}
    yield Parties(alone)
    for mine, yours in itertools.combinations(there, 2):
        if alone[mine].rank == alone[yours].rank:
            yield Parties({**alone, yours: alone[mine]}, buyer_id=alone[there[-1]].member_id)
            yield Parties({**alone, yours: alone[mine]})


def fees(goods: int, terms: SaleTerms) -> int:
    """Both, each rounded up."""
    return sum((goods * bps + 9_999) // 10_000 for bps in (terms.rail_fee_bps, terms.platform_fee_bps))


def least_left(tested: Plan, offered: Offered, terms: SaleTerms) -> int:
    """The minimum over people, channels and quantities, in minor units."""
    return min(least_left_of(tested, offered, terms, quantity) for quantity in range(1, terms.quantity_max + 1))


def least_of_orders(tested: Plan, items: list[Offered], terms: SaleTerms) -> int:
    """The minimum over every order of one or several of these SKUs, its parcels paid."""
    lefts = [{n: least_left_of(tested, each, terms, n) for n in range(1, terms.quantity_max + 1)} for each in items]
    pieces = itertools.product(range(terms.quantity_max + 1), repeat=len(items))
    return min(_order_left(items, lefts, counts, terms) for counts in pieces if any(counts))


def _order_left(items: list[Offered], lefts: list[dict[int, int]], counts: tuple[int, ...], terms: SaleTerms) -> int:
    bought = [(item, left[n], n) for item, left, n in zip(items, lefts, counts, strict=True) if n]
    goods = sum(item.price.minor * n for item, _, n in bought)
    charged = terms.freight_charged.minor if terms.freight_charged else 0
    if terms.free_over is not None and goods >= terms.free_over.minor:
        charged = 0
    parcels = {item.supplier: item.freight.minor if item.freight else 0 for item, _, _ in bought}
    let_off = terms.let_off.minor if terms.let_off else 0
    rail = (charged * terms.rail_fee_bps + 9_999) // 10_000
    return sum(left for _, left, _ in bought) + charged - rail - sum(parcels.values()) - let_off


def least_left_of(tested: Plan, offered: Offered, terms: SaleTerms, quantity: int) -> int:
    """The minimum over people and channels of so many pieces."""
    everyone = list(everybody(tested))
    return min(_left(tested, offered, terms, quantity, channel, who) for channel in CHANNELS for who in everyone)


def _left(tested: Plan, offered: Offered, terms: SaleTerms, quantity: int, channel: str, who: Parties) -> int:
    assert offered.supply_price is not None
    goods, supply = offered.price.minor * quantity, offered.supply_price.minor * quantity
    facts = LineFacts(
        Money(goods, tested.currency),
        Money(goods - supply, tested.currency),
        channel,  # type: ignore[arg-type]
        offered.brand,
        offered.category,
        offered.product,
        offered.sku,
        quantity,
    )
    return goods - supply - fees(goods, terms) - sum(share.amount.minor for share in share_line(tested, facts, who))
