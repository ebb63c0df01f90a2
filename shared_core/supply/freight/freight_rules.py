"""What the parcels of one supplier cost: values in, values out. Amounts are minor units of the supplier's currency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared_core.supply.errors import NotDelivered

GRAMS_UNKNOWN = 1_000
"""What a piece weighs of which nobody said it."""
UNITS_MAX = 10**9
AMOUNT_MINOR_MAX = 10**9
PARCEL_MINOR_MAX = 10**12
"""However many units are in it, nothing dearer than this can be written down."""


class ChargedBy(StrEnum):
    PIECE = "piece"
    WEIGHT = "weight"
    PARCEL = "parcel"
    """The same for every parcel."""


@dataclass(frozen=True, slots=True)
class FreightRule:
    """The first `first_units` (pieces or grams) cost `first_minor`, each begun `further_units` more `further_minor`.

    Nothing from `free_pieces` pieces or `free_minor` of supply value on; None: never. No `regions`: everywhere.
    """

    regions: frozenset[str] = frozenset()
    first_units: int = 1
    first_minor: int = 0
    further_units: int = 1
    further_minor: int = 0
    free_pieces: int | None = None
    free_minor: int | None = None

    @property
    def joins(self) -> bool:
        """Whether one parcel never costs more than two: further units instead of first ones save or cost the same."""
        return self.further_minor * -(-self.first_units // self.further_units) <= self.first_minor


@dataclass(frozen=True, slots=True)
class FreightTemplate:
    """The first of `rules` that names the region counts, else the first that names none; nothing goes to `excluded`."""

    code: str
    charged_by: ChargedBy
    rules: tuple[FreightRule, ...]
    excluded: frozenset[str] = frozenset()

    def rule_for(self, region: str) -> FreightRule | None:
        """None where nothing is delivered. A region that is not known is charged like all that are not named."""
        if region in self.excluded:
            return None
        named = (each for each in self.rules if region in each.regions)
        return next(named, next((each for each in self.rules if not each.regions), None))


@dataclass(frozen=True, slots=True)
class Goods:
    """Pieces of one SKU; `grams` a piece, None: not known. Without a template the supplier's flat amount counts."""

    sku: str
    quantity: int
    grams: int | None
    supply_minor: int
    template: FreightTemplate | None = None


def flat(minor: int) -> FreightTemplate:
    """What a supplier without templates charges: the same for each parcel, everywhere."""
    return FreightTemplate("", ChargedBy.PARCEL, (FreightRule(first_minor=minor),))


def freight_of(goods: Iterable[Goods], *, flat_minor: int, region: str) -> int:
    """What one supplier charges for these goods: the goods of each template are a parcel. Raises NotDelivered.

    The order of the goods does not matter. More pieces never cost less until they travel free, and one parcel of a
    template never costs more than its pieces in two, where its rules join.
    """
    parcels: dict[str, list[Goods]] = {}
    templates: dict[str, FreightTemplate] = {}
    for each in goods:
        template = each.template or flat(flat_minor)
        templates[template.code] = template
        parcels.setdefault(template.code, []).append(each)
    rules = {code: _rule(templates[code], parcels[code], region) for code in sorted(parcels)}
    return sum(_charge(rule, templates[code].charged_by, parcels[code]) for code, rule in rules.items())


def dearest(template: FreightTemplate, *, grams: int | None) -> int:
    """What one piece alone costs at most, wherever it goes."""
    piece = Goods("", 1, grams, 0)
    return max(
        (_charge(rule, template.charged_by, [piece]) for rule in template.rules),
        default=0,
    )


def _rule(template: FreightTemplate, goods: list[Goods], region: str) -> FreightRule:
    rule = template.rule_for(region)
    if rule is None:
        raise NotDelivered(skus=", ".join(sorted({each.sku for each in goods})), region=region)
    return rule


def _charge(rule: FreightRule, charged_by: ChargedBy, goods: list[Goods]) -> int:
    pieces = sum(each.quantity for each in goods)
    if rule.free_pieces is not None and pieces >= rule.free_pieces:
        return 0
    if rule.free_minor is not None and sum(each.supply_minor for each in goods) >= rule.free_minor:
        return 0
    further = max(_units(charged_by, goods, pieces) - rule.first_units, 0)
    return min(rule.first_minor + rule.further_minor * -(-further // rule.further_units), PARCEL_MINOR_MAX)


def _units(charged_by: ChargedBy, goods: list[Goods], pieces: int) -> int:
    if charged_by is ChargedBy.PARCEL:
        return 0
    if charged_by is ChargedBy.PIECE:
        return pieces
    return sum((GRAMS_UNKNOWN if each.grams is None else each.grams) * each.quantity for each in goods)


def rules_as_json(template: FreightTemplate) -> list[dict[str, object]]:
    """Its rules as a row keeps them."""
    return [
        {
            "regions": sorted(each.regions),
            "first_units": each.first_units,
            "first_minor": each.first_minor,
            "further_units": each.further_units,
            "further_minor": each.further_minor,
            "free_pieces": each.free_pieces,
            "free_minor": each.free_minor,
        }
        for each in template.rules
    ]


def rules_from_json(kept: Iterable[Mapping[str, object]]) -> tuple[FreightRule, ...]:
    return tuple(FreightRule(**{**each, "regions": frozenset(_names(each["regions"]))}) for each in kept)  # type: ignore[arg-type]


def _names(kept: object) -> list[str]:
    assert isinstance(kept, list), "a list of codes"
    return [str(each) for each in kept]
