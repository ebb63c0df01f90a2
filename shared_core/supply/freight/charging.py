"""What suppliers charge for sending the goods of a hold."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from shared_core.supply.freight.freight_models import FreightTemplateRow
from shared_core.supply.freight.freight_rules import (
    ChargedBy,
    FreightTemplate,
    Goods,
    freight_of,
    rules_from_json,
)
from shared_core.supply.models import Product, Supplier, Variant

COLUMNS = (
    Supplier.code.label("supplier"),
    Supplier.freight_minor,
    Variant.weight_grams,
    FreightTemplateRow.code.label("template"),
    FreightTemplateRow.charged_by,
    FreightTemplateRow.rules.label("freight_rules"),
    FreightTemplateRow.excluded,
)
"""What must be known of a variant to charge for sending it."""
TEMPLATE = and_(
    FreightTemplateRow.supplier_id == Supplier.id,
    or_(
        FreightTemplateRow.id == Product.freight_template_id,
        and_(
            or_(Product.freight_template_id.is_(None), Product.supplier_id != Supplier.id),
            FreightTemplateRow.standard,
        ),
    ),
)
"""The template by which a supplier sends a product: the product's own, else that supplier's standard one."""


@dataclass(frozen=True, slots=True)
class Carried:
    """How one variant is charged for."""

    supplier: str
    flat_minor: int
    grams: int | None
    template: FreightTemplate | None

    def goes_to(self, region: str) -> bool:
        """Whether the supplier takes it there."""
        return self.template is None or self.template.rule_for(region) is not None


def carried_by(
    session: Session, skus: Collection[str], *, suppliers: Collection[str]
) -> dict[tuple[str, str], Carried]:
    """How each of these suppliers, by code, would send each of these SKUs."""
    query = (
        select(Variant.sku, *COLUMNS)
        .join(Product, Product.id == Variant.product_id)
        .join(Supplier, Supplier.code.in_(suppliers))
        .outerjoin(FreightTemplateRow, TEMPLATE)
        .where(Variant.sku.in_(skus))
    )
    return {(row.sku, row.supplier): carried(row) for row in session.execute(query)}


def carried(offer: Row[Any]) -> Carried:
    """Of a row with COLUMNS."""
    template = None
    if offer.template is not None:
        template = FreightTemplate(
            offer.template,
            ChargedBy(offer.charged_by),
            rules_from_json(offer.freight_rules),
            frozenset(offer.excluded),
        )
    return Carried(offer.supplier, offer.freight_minor, offer.weight_grams, template)


def freights(parts: Iterable[tuple[Carried, Goods]], *, region: str) -> dict[str, int]:
    """What each supplier charges for its part, in minor units, by code. Raises NotDelivered."""
    of: dict[str, list[Goods]] = {}
    flats: dict[str, int] = {}
    for each, goods in parts:
        of.setdefault(each.supplier, []).append(replace(goods, template=each.template))
        flats[each.supplier] = each.flat_minor
    return {code: freight_of(of[code], flat_minor=flats[code], region=region) for code in sorted(of)}
