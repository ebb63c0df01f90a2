"""Your own tests. They run before every upgrade: what they say is kept."""

from pathlib import Path

from shared_core import plan
from shared_core.storefront import load_brand

BRAND = Path(__file__).parents[1]


def test_the_brand_and_the_plan_can_be_used() -> None:
    brand = load_brand(BRAND)
    assert plan.load(BRAND / "plan.toml", currency=brand.shop.currency)
