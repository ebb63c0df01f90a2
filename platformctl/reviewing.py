"""A shop's plan and its texts before the rules of law, as files say them; no database."""

from pathlib import Path

from shared_core import plan, storefront
from shared_core.kernel.tomlfile import key_lines

PLAN_FILE = "brand/plan.toml"


def review(growth: plan.Plan, brand: Path) -> plan.Report:
    """The report on the plan in `brand`, each finding with its line."""
    lines = key_lines((brand / "plan.toml").read_text("utf-8-sig"))
    report = plan.review(growth, copy=storefront.shop_texts(brand))
    return report.located(PLAN_FILE, lines)
