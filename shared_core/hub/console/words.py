"""What states are called, and the tone in which a page says it (the class of a tag)."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared_core import supply
from shared_core.kernel.i18n import N_
from shared_core.supply import sales, settlement, tenancy


@dataclass(frozen=True)
class Said:
    """`label` is a msgid."""

    label: str
    tone: str


TENANT: Mapping[tenancy.TenantState, Said] = {
    tenancy.TenantState.ACTIVE: Said(N_("active"), "good"),
    tenancy.TenantState.SUSPENDED: Said(N_("suspended"), "bad"),
}
SUPPLIER: Mapping[supply.SupplierState, Said] = {
    supply.SupplierState.APPLIED: Said(N_("applied"), "warn"),
    supply.SupplierState.DOCUMENTS: Said(N_("documents are there"), "warn"),
    supply.SupplierState.TERMS: Said(N_("terms are agreed"), "warn"),
    supply.SupplierState.FIRST_FEED: Said(N_("first goods are in"), "warn"),
    supply.SupplierState.SAMPLE_ORDER: Said(N_("sample order arrived"), "warn"),
    supply.SupplierState.LIVE: Said(N_("live"), "good"),
    supply.SupplierState.SUSPENDED: Said(N_("suspended"), "bad"),
    supply.SupplierState.ENDED: Said(N_("ended"), ""),
}
ORDER: Mapping[str, Said] = {
    "placed": Said(N_("placed"), "warn"),
    "accepted": Said(N_("taken on"), "live"),
    "shipped": Said(N_("on its way"), "live"),
    "delivered": Said(N_("delivered"), "good"),
    "cancelled": Said(N_("cancelled"), ""),
}
SALE: Mapping[sales.SaleState, Said] = {
    sales.SaleState.PLANNED: Said(N_("planned"), "warn"),
    sales.SaleState.PREVIEW: Said(N_("announced"), "live"),
    sales.SaleState.RUNNING: Said(N_("running"), "good"),
    sales.SaleState.ENDED: Said(N_("over"), ""),
    sales.SaleState.WITHDRAWN: Said(N_("ended early"), "bad"),
}
OBJECTION: Mapping[settlement.ObjectionState, Said] = {
    settlement.ObjectionState.OPEN: Said(N_("open"), "warn"),
    settlement.ObjectionState.ANSWERED: Said(N_("answered"), "live"),
    settlement.ObjectionState.ACCEPTED: Said(N_("accepted"), "good"),
    settlement.ObjectionState.REJECTED: Said(N_("rejected"), ""),
}
LINE: Mapping[str, str] = {
    settlement.LineKind.CHARGE: N_("goods"),
    settlement.LineKind.WITHDRAWAL: N_("goods given back"),
    settlement.LineKind.MOVED: N_("goods that another supplier sends"),
    settlement.LineKind.PAYMENT: N_("payment"),
    settlement.LineKind.REVERSAL: N_("payment taken back"),
    settlement.LineKind.CREDIT: N_("credit"),
    settlement.LineKind.OTHER: N_("other"),
}
PARTY: Mapping[settlement.PartyKind, str] = {
    settlement.PartyKind.TENANT: N_("from a storefront"),
    settlement.PartyKind.SUPPLIER: N_("to a supplier"),
    settlement.PartyKind.CARRIER: N_("for carriage"),
}
TERM: Mapping[str, str] = {
    "name": N_("name"),
    "currency": N_("currency"),
    "platform_fee_bps": N_("platform fee"),
    "credit_limit_minor": N_("credit limit"),
    "open_holds_max": N_("unpaid orders"),
    "unpaid_units_per_sku_max": N_("unpaid pieces of one SKU"),
    "lines_per_hold_max": N_("lines of one order"),
    "quantity_per_line_max": N_("pieces of one line"),
    "open_holds_per_customer_max": N_("unpaid orders of one customer"),
    "tier": N_("price list"),
    "ttl_max_seconds": N_("seconds a hold may last"),
}
"""Terms of a tenant, as its history names them."""
COLUMN: Mapping[str, str] = {
    "title": N_("title"),
    "product": N_("product code"),
    "sku": N_("SKU"),
    "barcode": N_("barcode"),
    "price": N_("retail price"),
    "cost": N_("what the supplier gets"),
    "supply_price": N_("what storefronts pay"),
    "quantity": N_("pieces in stock"),
    "options": N_("options, such as size"),
    "brand": N_("brand"),
    "category": N_("category"),
    "description": N_("description"),
    "images": N_("addresses of pictures"),
    "active": N_("on sale: yes or no"),
    "currency": N_("currency"),
}
"""What the columns of a supplier's sheet can be."""
COLUMNS_NEEDED = frozenset({"title", "product", "sku", "barcode", "price", "cost", "supply_price", "quantity"})
"""Those of which a sheet needs some; the others come beside them."""
UNIT: Mapping[str, str] = {
    supply.feeds.MAJOR: N_("with decimals, as in 12.50"),
    supply.feeds.MINOR: N_("in the smallest unit, 1250 for 12.50"),
}
