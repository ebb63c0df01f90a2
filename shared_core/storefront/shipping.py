"""`[shipping]` of brand.toml: what customers pay for delivery, and where nothing is sent."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared_core.kernel import tomlfile
from shared_core.kernel.i18n import N_
from shared_core.kernel.regions import REGIONS, province_of

Regions = Annotated[tuple[str, ...], Field(strict=False, max_length=len(REGIONS))]
AmountText = Annotated[str, Field(max_length=20)]


class Section(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class RegionShipping(Section):
    regions: Annotated[Regions, Field(min_length=1)]
    flat: AmountText
    free_over: AmountText | None = None


class ShippingSection(Section):
    flat: AmountText = "0"
    free_over: AmountText | None = None
    """Goods worth this much or more travel free. Unset: never free (unless `flat` is 0)."""
    excluded: Regions = ()
    """Where nothing is sent: provinces by name or code, other countries by code."""
    region: Annotated[tuple[RegionShipping, ...], Field(strict=False, max_length=len(REGIONS))] = ()
    """What a parcel costs the customer elsewhere: other regions at another price."""


def region_called(name: str) -> str:
    """The code of a region by its code or name; empty where there is none."""
    return name if name in REGIONS else province_of(name)


def check_regions(section: ShippingSection) -> None:
    """Every region is known, and told once. Raises what a validator of brand.toml raises."""
    told: dict[str, str] = {}
    lists: dict[tuple[str | int, ...], tuple[str, ...]] = {("shipping", "excluded"): section.excluded}
    for place, each in enumerate(section.region):
        lists["shipping", "region", place, "regions"] = each.regions
    for path, names in lists.items():
        for name in names:
            code = region_called(name)
            if not code:
                unknown = N_("{region} is no region: name a province of China, or a country by its code")
                raise tomlfile.fault_at(path, names, unknown, region=name)
            if code in told:
                twice = N_("{region} has a price already, as {other}")
                raise tomlfile.fault_at(path, names, twice, region=name, other=told[code])
            told[code] = name
