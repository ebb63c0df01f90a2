"""What the plan's proof means for prices: which SKUs may be listed, and why a price is refused."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from shared_core import catalog, orders, plan
from shared_core.kernel.errors import Invalid
from shared_core.kernel.money import Money, decimal_text
from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.fares import freight_rule

SIGNATURE_LENGTH = 16


class PriceAtLoss(Invalid):
    code = "price_at_loss"
    message = (
        "At {price} apiece a sale of {quantity} × {sku} could lose {loss}: of {goods} go {supply} to the supply, "
        "{fees} to fees and {shares} to people ({people}). It is safe from {needed} on."
    )


class NoSafePrice(Invalid):
    code = "no_safe_price"
    message = (
        "At {price} apiece a sale of {quantity} × {sku} could lose {loss}: of {goods} go {supply} to the supply, "
        "{fees} to fees and {shares} to people ({people}). No price makes it safe; shares or fees must be lower."
    )


def sale_terms(brand: BrandConfig, *, platform_fee_bps: int) -> plan.SaleTerms:
    """What sales cost this shop beside goods and shares; of delivery it counts on no more than everybody pays."""
    least = freight_rule(brand).least
    return plan.SaleTerms(
        rail_fee_bps=brand.payment.fee,
        platform_fee_bps=platform_fee_bps,
        quantity_max=orders.QUANTITY_MAX,
        lines_max=orders.LINES_MAX,
        freight_charged=least.flat,
        free_over=least.free_over,
        let_off=orders.tail_max(brand.shop.currency) if brand.payment.match == "tail" else None,
    )


@dataclass(frozen=True)
class Solvency:
    """Implements `catalog.PriceCheck` by all versions of the shop's plan.

    `strict`: what could lose money leaves the window.
    """

    plans: tuple[plan.Plan, ...]
    terms: plan.SaleTerms
    strict: bool

    @cached_property
    def signature(self) -> str:
        content = f"{[each.model_dump_json() for each in self.plans]}{self.terms}{self.strict}"
        return hashlib.sha256(content.encode()).hexdigest()[:SIGNATURE_LENGTH]

    @cached_property
    def provers(self) -> tuple[plan.Prover, ...]:
        return tuple(plan.Prover(each, self.terms) for each in self.plans)

    def lists(self, proposed: catalog.Proposed) -> bool:
        return not self.strict or all(prover.is_solvent(offered(proposed)) for prover in self.provers)

    def require(self, proposed: catalog.Proposed) -> None:
        """Raises PriceAtLoss or NoSafePrice."""
        refusal = self.refusal(proposed)
        if refusal is not None:
            raise refusal

    def refusal(self, proposed: catalog.Proposed) -> Invalid | None:
        """Why the SKU should not be sold at this price, its worst sale spelled out; None when no sale loses money."""
        item = offered(proposed)
        refusing = next((prover for prover in self.provers if not prover.is_solvent(item)), None)
        if refusing is None:
            return None
        needed, told = refusing.price_needed(item), told_of(refusing.worst_sale(item))
        return NoSafePrice(**told) if needed is None else PriceAtLoss(**told, needed=needed)


def offered(proposed: catalog.Proposed) -> plan.Offered:
    """A listing as the plan sees it."""
    return plan.Offered(
        sku=proposed.sku,
        price=proposed.price,
        supply_price=proposed.supply_price,
        brand=proposed.brand,
        category=proposed.category,
        product=proposed.product_code,
        supplier=proposed.supplier,
        freight=proposed.freight,
    )


def told_of(worst: plan.WorstSale) -> dict[str, object]:
    """A sale spelled out: what is paid, who gets what of it by which rule, and what is missing."""
    people = [
        f"{share.payee} {share.rank} {share.rule_id} {decimal_text(share.amount)}".replace("  ", " ")
        for share in worst.shares
    ]
    return {
        "sku": worst.offered.sku,
        "price": worst.offered.price,
        "quantity": worst.quantity,
        "channel": worst.channel,
        "goods": worst.goods,
        "supply": worst.supply,
        "rail_fee": worst.rail_fee,
        "platform_fee": worst.platform_fee,
        "fees": worst.rail_fee + worst.platform_fee,
        "shares": Money(sum(share.amount.minor for share in worst.shares), worst.left.currency),
        "people": ", ".join(people) or "–",
        "left": worst.left,
        "loss": -worst.left,
    }
