"""Freight templates of the suppliers of the hub in the current folder."""

from dataclasses import asdict
from pathlib import Path

from platformctl import output
from platformctl.importing import Outcome, transact
from platformctl.messages import translate
from shared_core import hub, supply
from shared_core.kernel.database import Database
from shared_core.kernel.money import Money, decimal_text
from shared_core.kernel.settings import read


def put(file: Path, *, dry_run: bool) -> Outcome:
    """Take the templates in. Raises ConfigError."""
    database = Database(read(hub.HubSettings).database_url)
    try:
        report: supply.FreightReport = transact(
            database, lambda session: supply.put_freight(session, file), dry_run=dry_run
        )
    finally:
        database.dispose()
    return Outcome(asdict(report), [], dry_run)


def templates(supplier: str) -> list[supply.FreightTemplateView]:
    """Of this supplier, or of all. Raises UnknownSupplier."""
    database = Database(read(hub.HubSettings).database_url)
    try:
        with database.reading() as session:
            if supplier:
                supply.supplier_state(session, supplier=supplier)
            return supply.freight_templates(session, supplier=supplier)
    finally:
        database.dispose()


def drop(supplier: str, code: str) -> None:
    """Raises UnknownFreightTemplate."""
    database = Database(read(hub.HubSettings).database_url)
    try:
        with database.transaction() as session:
            supply.drop_freight(session, supplier=supplier, code=code)
    finally:
        database.dispose()


def tell(found: list[supply.FreightTemplateView], *, as_json: bool) -> None:
    """A line for each rule."""
    if as_json:
        output.say_json([_as_json(each) for each in found])
        return
    for each in found:
        kind = (
            translate("standard")
            if each.standard
            else translate("of {count} products").format(count=len(each.products))
        )
        print(f"{each.supplier}  {each.code}  {each.template.charged_by.value}  {kind}  {each.name}")
        for rule in each.template.rules:
            where = " ".join(sorted(rule.regions)) or translate("elsewhere")
            first, further = (
                decimal_text(Money(minor, each.currency)) for minor in (rule.first_minor, rule.further_minor)
            )
            print(f"    {where}: {rule.first_units} → {first}, +{rule.further_units} → {further} {each.currency}")
        if each.template.excluded:
            print(f"    {translate('not to')}: {' '.join(sorted(each.template.excluded))}")
    if not found:
        output.say("No supplier has a freight template.")


def _as_json(each: supply.FreightTemplateView) -> dict[str, object]:
    return {
        "supplier": each.supplier,
        "code": each.code,
        "name": each.name,
        "standard": each.standard,
        "by": each.template.charged_by.value,
        "rules": supply.rules_as_json(each.template),
        "excluded": sorted(each.template.excluded),
        "products": list(each.products),
    }
