"""Freight templates from a file: TOML, checked as a whole; a template is put as it stands there, others stay."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shared_core.kernel.database import lock
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import Money, decimal_text, exponent, parse_money
from shared_core.kernel.regions import REGIONS, province_of
from shared_core.kernel.tomlfile import KeyPath, dotted, key_lines, line_of, load, loads
from shared_core.supply.errors import UnknownFreightTemplate
from shared_core.supply.freight.freight_models import FreightTemplateRow
from shared_core.supply.freight.freight_rules import (
    AMOUNT_MINOR_MAX,
    UNITS_MAX,
    ChargedBy,
    FreightRule,
    FreightTemplate,
    rules_as_json,
)
from shared_core.supply.gateway import CODE_PATTERN
from shared_core.supply.inventory import shelves, stock
from shared_core.supply.models import PRODUCT_CODE_LENGTH_MAX, TEXT_LENGTH_MAX, Product, Supplier

TEMPLATES_MAX = 1_000
RULES_MAX = 100
PRODUCTS_MAX = 100_000
Code = Annotated[str, Field(pattern=rf"^{CODE_PATTERN}$")]
Amount = Annotated[str, Field(max_length=20)]
Units = Annotated[int, Field(ge=1, le=UNITS_MAX)]
Regions = Annotated[list[str], Field(max_length=len(REGIONS))]


class _Written(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class RuleWritten(_Written):
    """`first` and `further` are pieces, or grams; amounts are of the supplier's currency."""

    amount: Amount
    regions: Regions = []
    first: Units = 1
    further: Units = 1
    further_amount: Amount = "0"
    free_from_pieces: Units | None = None
    free_from_amount: Amount | None = None


class TemplateWritten(_Written):
    supplier: Code
    code: Code
    by: Annotated[ChargedBy, Field(strict=False)]
    rule: Annotated[list[RuleWritten], Field(min_length=1, max_length=RULES_MAX)]
    name: Annotated[str, Field(max_length=TEXT_LENGTH_MAX)] = ""
    standard: bool = False
    excluded: Regions = []
    products: Annotated[
        list[Annotated[str, Field(max_length=PRODUCT_CODE_LENGTH_MAX)]], Field(max_length=PRODUCTS_MAX)
    ] = []


class FreightWritten(_Written):
    template: Annotated[list[TemplateWritten], Field(min_length=1, max_length=TEMPLATES_MAX)]


@dataclass(frozen=True, slots=True)
class FreightReport:
    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class FreightTemplateView:
    """`products`: the codes of those that have it as their own."""

    supplier: str
    currency: str
    code: str
    name: str
    standard: bool
    template: FreightTemplate
    products: tuple[str, ...]


class _Reading:
    """What is wrong with a file is gathered, so that it is told at once."""

    def __init__(self, text: str, file: str) -> None:
        self.lines, self.file = key_lines(text), file
        self.findings: list[Finding] = []

    def wrong(self, path: KeyPath, message: str, **params: object) -> None:
        line = line_of(path, self.lines)
        self.findings.append(
            Finding("bad_freight", message, file=self.file, line=line, key=dotted(path), params=params)
        )

    def regions(self, written: list[str], path: KeyPath) -> frozenset[str]:
        """Codes of what is written: a code of ours, or a name of a province."""
        found = {each: each if each in REGIONS else province_of(each) for each in written}
        for each, code in found.items():
            if not code:
                self.wrong(
                    path, N_("{region} is no region: write a province of China, or the code of a country"), region=each
                )
        return frozenset(filter(None, found.values()))

    def minor(self, written: str | None, currency: str, path: KeyPath) -> int | None:
        if written is None:
            return None
        fine = re.fullmatch(r"\d{1,15}(\.\d+)?", written, re.ASCII)
        if not fine or len(written.partition(".")[2]) > exponent(currency):
            self.wrong(path, N_("{amount} is no amount of {currency}"), amount=written, currency=currency)
            return 0
        minor = parse_money(written, currency).minor
        if minor > AMOUNT_MINOR_MAX:
            self.wrong(path, N_("{amount} is too much"), amount=written)
        return minor

    def rule(self, written: RuleWritten, currency: str, path: KeyPath) -> FreightRule:
        rule = FreightRule(
            regions=self.regions(written.regions, (*path, "regions")),
            first_units=written.first,
            first_minor=self.minor(written.amount, currency, (*path, "amount")) or 0,
            further_units=written.further,
            further_minor=self.minor(written.further_amount, currency, (*path, "further_amount")) or 0,
            free_pieces=written.free_from_pieces,
            free_minor=self.minor(written.free_from_amount, currency, (*path, "free_from_amount")),
        )
        if not rule.joins:
            self.wrong(
                (*path, "further_amount"),
                N_("as many further units as the first ones must not cost more, or two parcels are cheaper"),
            )
        return rule


def put_freight(session: Session, source: Path | str, *, only: str = "") -> FreightReport:
    """Take the templates of a file in; the same again changes nothing. `products` are all that have it as their own.

    Where `only` is given, those of other suppliers are refused. Raises ConfigError, with every fault and its line;
    nothing is changed then.
    """
    written, reading = _opened(source)
    codes = {each.supplier for each in written}
    lock(session, "supply-freight")
    suppliers = {row.code: row for row in session.scalars(select(Supplier).where(Supplier.code.in_(codes)))}
    wanted = [_read(session, reading, place, each, suppliers) for place, each in enumerate(written)]
    _check_once(reading, written)
    for place, each in enumerate(written):
        if only and each.supplier != only:
            reading.wrong(("template", place, "supplier"), N_("this is not {supplier}"), supplier=only)
    if reading.findings:
        raise ConfigError(reading.findings)
    for supplier_id in sorted({suppliers[each.supplier].id for each in written if each.standard}):
        standard = update(FreightTemplateRow).where(FreightTemplateRow.supplier_id == supplier_id)
        named = [each.code for each in written if each.standard and suppliers[each.supplier].id == supplier_id]
        session.execute(standard.where(FreightTemplateRow.code.not_in(named)).values(standard=False))
    done = [_put(session, each) for each in wanted if each is not None]
    return FreightReport(*(done.count(each) for each in ("created", "updated", "unchanged")))


def drop_freight(session: Session, *, supplier: str, code: str) -> None:
    """Forget a template; its products go by the supplier's standard one again. Raises UnknownFreightTemplate."""
    named = (FreightTemplateRow.code == code, Supplier.code == supplier)
    row = session.scalars(select(FreightTemplateRow).join(Supplier).where(*named)).one_or_none()
    if row is None:
        raise UnknownFreightTemplate(template=code, supplier=supplier)
    _touch(session, row)
    session.execute(update(Product).where(Product.freight_template_id == row.id).values(freight_template_id=None))
    session.execute(delete(FreightTemplateRow).where(FreightTemplateRow.id == row.id))


def freight_templates(session: Session, *, supplier: str = "") -> list[FreightTemplateView]:
    """All of them, or those of one supplier, by supplier and code."""
    query = select(FreightTemplateRow, Supplier).join(Supplier).order_by(Supplier.code, FreightTemplateRow.code)
    rows = session.execute(query.where(Supplier.code == supplier) if supplier else query).all()
    own = select(Product.freight_template_id, Product.code).where(Product.freight_template_id.is_not(None))
    products: dict[int | None, list[str]] = {}
    for template_id, code in session.execute(own.order_by(Product.code)):
        products.setdefault(template_id, []).append(code)
    return [
        FreightTemplateView(
            of.code, of.currency, row.code, row.name, row.standard, row.template, tuple(products.get(row.id, ()))
        )
        for row, of in rows
    ]


def freight_toml(views: Iterable[FreightTemplateView]) -> str:
    """Templates as `put_freight` takes them."""
    return "\n".join(line for view in views for line in _template_lines(view))


def _template_lines(view: FreightTemplateView) -> Iterator[str]:
    def amount(minor: int) -> str:
        return _quoted(decimal_text(Money(minor, view.currency)))

    yield from ("[[template]]", f"supplier = {_quoted(view.supplier)}", f"code = {_quoted(view.code)}")
    yield from (f"name = {_quoted(view.name)}", f"by = {_quoted(view.template.charged_by.value)}")
    yield from ["standard = true"] if view.standard else []
    yield from [f"excluded = {_quoted(sorted(view.template.excluded))}"] if view.template.excluded else []
    yield from [f"products = {_quoted(view.products)}"] if view.products else []
    for rule in view.template.rules:
        yield from ("", "[[template.rule]]")
        yield from [f"regions = {_quoted(sorted(rule.regions))}"] if rule.regions else []
        yield from (f"first = {rule.first_units}", f"amount = {amount(rule.first_minor)}")
        yield from (f"further = {rule.further_units}", f"further_amount = {amount(rule.further_minor)}")
        yield from [f"free_from_pieces = {rule.free_pieces}"] if rule.free_pieces is not None else []
        yield from [f"free_from_amount = {amount(rule.free_minor)}"] if rule.free_minor is not None else []
    yield ""


def _quoted(value: str | Sequence[str]) -> str:
    """JSON's texts and lists of them are TOML's too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _opened(source: Path | str) -> tuple[list[TemplateWritten], _Reading]:
    if isinstance(source, str):
        return loads(source, FreightWritten, file="").template, _Reading(source, "")
    written = load(source, FreightWritten).template
    return written, _Reading(source.read_text(encoding="utf-8-sig"), str(source))


@dataclass(frozen=True, slots=True)
class _Wanted:
    supplier_id: int
    written: TemplateWritten
    template: FreightTemplate
    products: frozenset[int]


def _read(
    session: Session, reading: _Reading, place: int, written: TemplateWritten, suppliers: Mapping[str, Supplier]
) -> _Wanted | None:
    path: KeyPath = ("template", place)
    supplier = suppliers.get(written.supplier)
    if supplier is None:
        reading.wrong((*path, "supplier"), N_("there is no supplier {supplier}"), supplier=written.supplier)
        return None
    rules = tuple(
        reading.rule(each, supplier.currency, (*path, "rule", number)) for number, each in enumerate(written.rule)
    )
    excluded = reading.regions(written.excluded, (*path, "excluded"))
    found: dict[str, int] = {}
    for code, product_id in session.execute(select(Product.code, Product.id).where(Product.supplier_id == supplier.id)):
        found[code] = product_id
    for code in written.products:
        if code not in found:
            reading.wrong(
                (*path, "products"), N_("{supplier} has no product {product}"), supplier=supplier.code, product=code
            )
    products = frozenset(found[code] for code in written.products if code in found)
    return _Wanted(supplier.id, written, FreightTemplate(written.code, written.by, rules, excluded), products)


def _check_once(reading: _Reading, written: list[TemplateWritten]) -> None:
    """Each template, each supplier's standard one and each product's own is told once."""
    seen: set[tuple[str, str, str]] = set()
    for place, each in enumerate(written):
        told = [("code", each.code), *(("products", code) for code in each.products)]
        for field, value in [*told, *([("standard", "true")] if each.standard else [])]:
            if (each.supplier, field, value) in seen:
                reading.wrong(
                    ("template", place, field),
                    N_("{value} is there twice for {supplier}"),
                    value=value,
                    supplier=each.supplier,
                )
            seen.add((each.supplier, field, value))


def _put(session: Session, wanted: _Wanted) -> str:
    named = (FreightTemplateRow.supplier_id == wanted.supplier_id, FreightTemplateRow.code == wanted.written.code)
    row = session.scalars(select(FreightTemplateRow).where(*named)).one_or_none()
    values = {
        "name": wanted.written.name,
        "charged_by": wanted.template.charged_by.value,
        "rules": rules_as_json(wanted.template),
        "excluded": sorted(wanted.template.excluded),
        "standard": wanted.written.standard,
    }
    outcome = "created" if row is None else "unchanged"
    if row is None:
        row = FreightTemplateRow(supplier_id=wanted.supplier_id, code=wanted.written.code, **values)
        session.add(row)
    elif any(getattr(row, name) != value for name, value in values.items()):
        outcome = "updated"
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    had = frozenset(session.scalars(select(Product.id).where(Product.freight_template_id == row.id)))
    if had != wanted.products:
        outcome = "created" if outcome == "created" else "updated"
        for product_ids, template_id in ((had - wanted.products, None), (wanted.products - had, row.id)):
            owned = update(Product).where(Product.id.in_(product_ids))
            session.execute(owned.values(freight_template_id=template_id))
    if outcome != "unchanged":
        _touch(session, row)
    return outcome


def _touch(session: Session, row: FreightTemplateRow) -> None:
    """What its supplier offers is offered anew: stores hear what a parcel costs."""
    stock.touch(session, session.scalars(shelves.variants_of([row.supplier_id])).all())
