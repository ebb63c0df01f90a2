"""Whether the shop's goods, at the prices in its database, can be sold without ever losing money."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from platformctl.messages import N_
from shared_core import catalog, migrations, plan, storefront
from shared_core.kernel.database import Database
from shared_core.kernel.findings import Finding, Severity
from shared_core.kernel.money import Money
from shared_core.storefront import BrandConfig
from shared_core.supply import tenancy

TOLD_MAX = 20
"""So many SKUs are named one by one; the rest are counted."""


def findings(brand_dir: Path, brand: BrandConfig, growth_plan: plan.Plan, url: str) -> Iterator[Finding]:
    """Nothing without a migrated database. Goods that lose money are errors, or warnings where the shop says so."""
    if migrations.pending(url, brand=brand_dir):
        return
    severity: Severity = "error" if brand.pricing.unsound == "unlist" else "warning"
    fee_bps, offers = _supplied(url)
    prover = plan.Prover(growth_plan, storefront.sale_terms(brand, platform_fee_bps=fee_bps))
    proof = prover.prove(offers)
    for sale in proof.losses[:TOLD_MAX]:
        yield _loss(sale, prover.price_needed(sale.offered), severity)
    for item in proof.unproven[:TOLD_MAX]:
        yield _about("cost_unknown", N_("{sku} has no supply price, so it cannot be sold."), "", {"sku": item.sku})
    for order in proof.freight_losses[:TOLD_MAX]:
        yield _freight_loss(order)
    more = sum(max(len(each) - TOLD_MAX, 0) for each in (proof.losses, proof.unproven, proof.freight_losses))
    if more:
        yield _about("more_unsound", N_("{count} more SKUs could lose money or have no cost."), "", {"count": more})
    if not proof.freight_losses and proof.basket_least is not None and proof.basket_least.minor < 0:
        yield _basket_loss(-proof.basket_least)


def _supplied(url: str) -> tuple[int, list[plan.Offered]]:
    """The platform fee in ten-thousandths, and the goods on offer."""
    database = Database(url)
    try:
        with database.reading() as session:
            hub = tenancy.connection(session)
            fee_bps = storefront.EMBEDDED_FEE_BPS if hub is None else hub.platform_fee_bps
            return fee_bps, [storefront.offered(each) for each in catalog.proposals(session)]
    finally:
        database.dispose()


def _loss(sale: plan.WorstSale, needed: Money | None, severity: Severity) -> Finding:
    return _about(
        "price_at_loss",
        N_(
            "At {price} apiece a sale of {quantity} × {sku} ({channel}) could lose {loss}: of {goods} go {supply} to "
            "the supply, {fees} to fees and {shares} to people ({people})."
        ),
        N_("Ask {needed} or more.") if needed else N_("No price makes it safe: lower shares or fees."),
        storefront.told_of(sale) | {"needed": needed},
        severity,
    )


def _freight_loss(order: plan.WorstOrder) -> Finding:
    costs = N_(
        "An order of {quantity} × {sku} leaves {left} and {charged} of the freight charged; its parcel costs {freight}."
    )
    and_tail = N_(
        "An order of {quantity} × {sku} leaves {left} and {charged} of the freight charged; its parcel costs "
        "{freight}, and up to {let_off} are let off so that its amount is unique."
    )
    return _about(
        "freight_at_loss",
        and_tail if order.let_off else costs,
        N_("Charge more under [shipping], or ask a higher price."),
        {
            "sku": order.offered.sku,
            "quantity": order.quantity,
            "left": order.left_of_line,
            "charged": order.freight_kept,
            "freight": order.freight,
            "let_off": order.let_off,
        },
    )


def _basket_loss(loss: Money) -> Finding:
    return _about(
        "baskets_at_loss",
        N_("An order of goods from several suppliers could cost up to {loss} more for parcels than it leaves."),
        N_("Charge more under [shipping], or let carriage be free from a higher amount on."),
        {"loss": loss},
    )


def _about(
    code: str, message: str, remedy: str, params: Mapping[str, object], severity: Severity = "warning"
) -> Finding:
    return Finding(code=code, message=message, remedy=remedy, severity=severity, params=params)
