"""Money between a hub and its storefronts and suppliers: payments, statements, and two books side by side."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from platformctl import output
from platformctl.exporting import target
from platformctl.failures import BadAnswer, SuppliesItself
from platformctl.messages import N_, language, translate
from shared_core import hub, storefront
from shared_core.kernel.csvfile import cell
from shared_core.kernel.database import Database
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.money import Money, decimal_text, parse_money
from shared_core.kernel.settings import read, read_settings
from shared_core.supply import settlement

BRAND = Path("brand")
KINDS = {
    settlement.LineKind.CHARGE: N_("goods"),
    settlement.LineKind.WITHDRAWAL: N_("goods given back"),
    settlement.LineKind.MOVED: N_("goods that another supplier sends"),
    settlement.LineKind.PAYMENT: N_("payment"),
    settlement.LineKind.REVERSAL: N_("payment taken back"),
    settlement.LineKind.CREDIT: N_("credit"),
    settlement.LineKind.OTHER: N_("other"),
}
VERDICTS = {
    settlement.Verdict.SAME: N_("the same"),
    settlement.Verdict.MISSING: N_("not in this shop's book"),
    settlement.Verdict.DIFFERENT: N_("different"),
}
STYLE = (
    "body{font:15px/1.5 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;margin:2rem auto;"
    "max-width:52rem;padding:0 1rem;color:#1d1d1b}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid #ddd}"
    ".n{text-align:right;font-variant-numeric:tabular-nums}thead{display:table-header-group}tr{break-inside:avoid}"
)


# --- payments -------------------------------------------------------------------------------------------------------


def hub_pays(kind: str, code: str, amount: str, *, number: str, actor: str) -> settlement.PaymentView:
    """What a storefront has paid the hub in this folder, or it has paid a supplier or carrier. Raises BadAnswer."""
    config = hub.load_config().hub
    with hub_books() as (session, at):
        party = settlement.Party(settlement.PartyKind(kind), code)
        paid = amount_of(amount, settlement.currency_of(session, party) or config.currency)
        return settlement.record_payment(session, party, paid, number=number, actor=actor, at=at)


def hub_unpays(number: str, *, reason: str, actor: str) -> settlement.PaymentView:
    with hub_books() as (session, at):
        return settlement.reverse_payment(session, number, reason=reason, actor=actor, at=at)


def hub_payments() -> list[settlement.PaymentView]:
    with hub_books() as (session, _):
        return settlement.payments(session)


def shop_pays(amount: str, *, number: str, actor: str) -> settlement.PaymentView:
    """What the shop in this folder has paid its hub. Raises SuppliesItself, BadAnswer."""
    brand = storefront.load_brand(BRAND)
    if brand.supply.mode != "hub":
        raise SuppliesItself(file=BRAND / "brand.toml")
    paid = amount_of(amount, brand.shop.currency)
    with shop_books() as (session, at):
        return settlement.record_payment(session, settlement.THE_HUB, paid, number=number, actor=actor, at=at)


def shop_unpays(number: str, *, reason: str, actor: str) -> settlement.PaymentView:
    with shop_books() as (session, at):
        return settlement.reverse_payment(session, number, reason=reason, actor=actor, at=at)


def payment_as_dict(each: settlement.PaymentView) -> dict[str, object]:
    """For machines; amounts as decimal text."""
    undone = each.reversal
    return {
        "ok": True,
        "party": each.party.kind.value,
        "code": each.party.code,
        "number": each.number,
        "amount": decimal_text(each.amount),
        "currency": each.amount.currency,
        "by": each.actor,
        "at": each.at.isoformat(),
        "reversed": None if undone is None else {"reason": undone.reason, "by": undone.actor, "at": undone.at},
    }


def tell_payment(each: settlement.PaymentView) -> None:
    who = f"{each.party.kind.value} {each.party.code}".rstrip()
    undone = "" if each.reversal is None else f"  {translate(N_('taken back'))}: {each.reversal.reason}"
    print(f"{each.at.date().isoformat()}  {each.number}  {who}  {each.amount}{undone}")


# --- statements -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A statement and whom it is for."""

    hub: str
    party: settlement.Party
    zone: str
    statement: settlement.Statement

    def write(self, file: TextIO, form: str) -> None:
        {"csv": self._csv, "json": self._json, "html": self._html, "text": self._text}[form](file)

    def _csv(self, file: TextIO) -> None:
        file.write(settlement.statement_csv(self.statement))

    def _json(self, file: TextIO) -> None:
        said = self.statement
        lines = [
            {
                "at": at,
                "kind": kind,
                "reference": reference,
                "amount": decimal_text(amount),
                "balance": decimal_text(owed),
            }
            for at, kind, reference, amount, owed in self.statement.rows()
            if amount is not None
        ]
        document = {
            "party": self.party.kind.value,
            "code": self.party.code,
            "month": said.month,
            "closed": said.closed,
            "currency": said.opening.currency,
            "opening": decimal_text(said.opening),
            "lines": lines,
            "closing": decimal_text(said.closing),
        }
        file.write(json.dumps(document, ensure_ascii=False, indent=2, default=cell) + "\n")

    def _html(self, file: TextIO) -> None:
        """A page to print or to keep as PDF, with the fonts of the machine that shows it."""
        title = f"{self.hub} · {self.party.code} · {self.statement.month}"
        heads = (N_("when"), N_("what"), N_("reference"), N_("amount"), N_("owed"))
        rows = "".join(
            "<tr>"
            + "".join(f"<td>{escape(text)}</td>" for text in texts[:3])
            + "".join(f'<td class="n">{escape(text)}</td>' for text in texts[3:])
            + "</tr>"
            for texts in self._texts()
        )
        names = "".join(
            f"<th{' class=n' if at > 2 else ''}>{escape(translate(head))}</th>" for at, head in enumerate(heads)
        )
        file.write(
            f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1><p>{escape(self._standing())}</p>"
            f"<table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table></body></html>\n"
        )

    def _text(self, file: TextIO) -> None:
        file.write(f"{self.party.code}  {self.statement.month}  {self._standing()}\n")
        for at, kind, reference, amount, owed in self._texts():
            file.write(f"{at:<16}  {amount:>14}  {owed:>14}  {kind}  {reference}".rstrip() + "\n")

    def _standing(self) -> str:
        closed = translate(N_("closed")) if self.statement.closed else translate(N_("not closed yet"))
        return f"{self.statement.opening.currency}, {closed}"

    def _texts(self) -> Iterator[tuple[str, str, str, str, str]]:
        names = {kind.value: translate(name) for kind, name in KINDS.items()}
        names |= {"opening": translate(N_("opening")), "closing": translate(N_("closing"))}
        for at, kind, reference, amount, owed in self.statement.rows():
            when = "" if at is None else f"{at.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"
            yield when, names[kind], reference, "" if amount is None else decimal_text(amount), decimal_text(owed)


def hub_statement(code: str, month: str, *, supplier: bool) -> Told:
    """The month of a storefront or supplier of the hub in this folder; months that are due are closed first."""
    config = hub.load_config().hub
    party = settlement.Party(settlement.PartyKind.SUPPLIER if supplier else settlement.PartyKind.TENANT, code)
    with hub_books() as (session, at):
        settlement.close_months(session, zone=config.zone, at=at)
        return Told(
            config.name, party, config.zone, settlement.statement(session, party, month, zone=config.zone, at=at)
        )


def write(told: Told, form: str, out: Path | None) -> None:
    """Raises CannotWrite."""
    with target(out) as file:
        told.write(file, form)


def compared(month: str) -> tuple[settlement.Statement, list[settlement.Compared]]:
    """The hub's statement of this shop's month, held against the shop's own book. Raises SuppliesItself."""
    brand, settings = storefront.load_brand(BRAND), read_settings()
    if brand.supply.mode != "hub":
        raise SuppliesItself(file=BRAND / "brand.toml")
    gateway = storefront.hub_gateway(brand, settings)
    try:
        said = gateway.statement(month)
    finally:
        gateway.close()
    with shop_books() as (session, _):
        return said, settlement.compare(session, said)


def compared_as_dict(said: settlement.Statement, found: list[settlement.Compared]) -> dict[str, object]:
    """For machines; amounts as decimal text."""
    return {
        "ok": all(each.verdict is settlement.Verdict.SAME for each in found),
        "month": said.month,
        "closed": said.closed,
        "currency": said.opening.currency,
        "opening": decimal_text(said.opening),
        "closing": decimal_text(said.closing),
        "lines": [
            {
                "kind": each.kind.value,
                "reference": each.reference,
                "theirs": decimal_text(each.theirs),
                "ours": None if each.ours is None else decimal_text(each.ours),
                "verdict": each.verdict.value,
            }
            for each in found
        ],
    }


def tell_compared(said: settlement.Statement, found: list[settlement.Compared]) -> None:
    """A line for each matter on which the two books differ."""
    standing = translate(N_("closed")) if said.closed else translate(N_("not closed yet"))
    print(f"{said.month}  {said.opening} → {said.closing}  ({standing})")
    wrong = [each for each in found if each.verdict is not settlement.Verdict.SAME]
    for each in wrong:
        ours = "-" if each.ours is None else decimal_text(each.ours)
        names = translate(KINDS[each.kind]), translate(VERDICTS[each.verdict])
        print(f"✗ {names[0]}  {each.reference}  {decimal_text(each.theirs)} / {ours}  {names[1]}")
    output.say("{same} of {count} are the same in both books.", same=len(found) - len(wrong), count=len(found))


@contextmanager
def hub_books() -> Iterator[tuple[Session, datetime]]:
    with _books(read(hub.HubSettings).database_url) as books:
        yield books


@contextmanager
def shop_books() -> Iterator[tuple[Session, datetime]]:
    with _books(read_settings().database_url) as books:
        yield books


@contextmanager
def _books(url: str) -> Iterator[tuple[Session, datetime]]:
    """A transaction, and the present."""
    database = Database(url)
    try:
        with database.transaction() as session:
            yield session, datetime.now(UTC)
    finally:
        database.dispose()


def amount_of(text: str, currency: str) -> Money:
    try:
        return parse_money(text, currency)
    except PlatformError as error:
        raise BadAnswer(key="amount", value=text, reason=error.text(translate)) from error
