"""Commands of a supply hub: make one, run it, decide whom it supplies, bring goods in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl import output
from platformctl.cli.exchange import ColumnMap, FeedFile, FeedFormat, SupplyRatio, columns_of, tell
from platformctl.cli.options import AsJson, DryRun, Host, percent
from platformctl.failures import FINDINGS, INTERRUPTED
from platformctl.messages import translate as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from platformctl.tenants import Wanted
    from shared_core.supply import tenancy

LOOPBACK = "127.0.0.1"
HUB_PORT = 8100

hub = typer.Typer(help=_("Run a supply hub: one stock for many storefronts."), no_args_is_help=True)
tenant = typer.Typer(help=_("The storefronts a hub supplies."), no_args_is_help=True)
key = typer.Typer(help=_("The keys with which a storefront calls the hub."), no_args_is_help=True)

InHub = Annotated[Path, typer.Option("--dir", "-C", help=_("The hub's folder; the current one by default."))]
Code = Annotated[str, typer.Argument(help=_("The storefront's code: small letters, digits and hyphens."))]
Actor = Annotated[str, typer.Option("--by", help=_("Who decides this; it is written down."))]
Reason = Annotated[str, typer.Option(help=_("Why; it is written down."))]
Fee = Annotated[str, typer.Option(help=_('Part of every sale that is the hub\'s, such as "2%".'))]
Credit = Annotated[str, typer.Option(help=_('How much it may come to owe; "0": it pays in advance; "none": no limit.'))]
OpenHolds = Annotated[int, typer.Option(min=0, help=_("How many unpaid orders may hold goods at a time."))]
UnpaidPerSku = Annotated[int, typer.Option(min=0, help=_("How many pieces of one SKU they may hold."))]
Tier = Annotated[str, typer.Option(help=_('Whose price list it is supplied by; "default": the goods\' own prices.'))]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(hub, name="hub")
    hub.command("init", help=_("Make a hub in an empty folder."))(init)
    hub.command("serve", help=_("Serve the hub in this folder."))(serve)
    hub.command("worker", help=_("Run the hub's background worker as a process of its own."))(worker)
    hub.command("migrate", help=_("Bring the hub's database to the newest schema."))(migrate)
    hub.command("restored", help=_("Its database was put back from a backup: go on from there."))(restored)
    hub.command("import", help=_("Goods of a product feed, or of a supplier's own sheet."))(take_in)
    hub.command("prices", help=_("A price list for the storefronts of a tier: CSV."))(prices)
    hub.command("goods", help=_("Find goods by words, or by how a SKU or barcode begins."))(goods)
    hub.command("seed", help=_("Put sample goods into the hub's database."))(seed)
    hub.command("books", help=_("Prove that the hub's books and its stock add up."))(books)
    hub.add_typer(tenant, name="tenant")
    tenant.command("add", help=_("Supply one more storefront; prints its key, once."))(add)
    tenant.command("list", help=_("All storefronts, their terms and what they owe."))(list_all)
    tenant.command("terms", help=_("Agree on other terms."))(terms)
    tenant.command("suspend", help=_("No new orders; what is under way is finished."))(suspend)
    tenant.command("resume", help=_("Orders are taken again."))(resume)
    tenant.add_typer(key, name="key")
    key.command("new", help=_("One more key, to change over to; printed once."))(new_key)
    key.command("list", help=_("A storefront's keys; never the keys themselves."))(list_keys)
    key.command("revoke", help=_("A key is worth nothing from now on."))(revoke)


def enter(folder: Path, *, migrated: bool = True) -> None:
    """Go into the hub; its database must be up to date."""
    from platformctl import hubs

    hubs.HubFolder.find(folder).enter()
    if migrated:
        hubs.require_current()


def init(
    destination: Annotated[Path, typer.Argument(help=_("Where to make it; empty or not there yet."))],
    name: Annotated[str, typer.Option(help=_("The hub's name; the folder's by default."))] = "",
    locale: Annotated[str, typer.Option(help=_("Language, like zh-CN or en."))] = "zh-CN",
    currency: Annotated[str, typer.Option(help=_("In which storefronts are supplied."))] = "CNY",
    zone: Annotated[str, typer.Option(help=_("Time zone whose days count."))] = "Asia/Shanghai",
    as_json: AsJson = False,
) -> None:
    """All of it or nothing."""
    from platformctl import hubs

    made = hubs.init(destination, name=name or destination.absolute().name, locale=locale, currency=currency, zone=zone)
    if as_json:
        output.say_json({"ok": True, "folder": str(made)})
        return
    output.say("Made: {folder}", folder=made)
    output.say("Next: cd {folder} && platformctl hub serve", folder=destination)


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help=_("Port to listen on."))] = HUB_PORT,
    host: Host = LOOPBACK,
    folder: InHub = Path(),
) -> None:
    """Until it is stopped by SIGTERM or Ctrl-C."""
    enter(folder)
    from platformctl import hubs

    hubs.serve(host, port)
    raise typer.Exit(INTERRUPTED)  # only Ctrl-C ends it well


def worker(folder: InHub = Path()) -> None:
    """Until it is stopped by SIGTERM or Ctrl-C."""
    enter(folder)
    from platformctl import hubs

    hubs.work()


def migrate(folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Each migration is one transaction."""
    enter(folder, migrated=False)
    from platformctl import hubs

    applied = hubs.migrate()
    if as_json:
        output.say_json({"ok": True, "applied": applied})
    elif applied:
        output.say("Applied: {names}", names=", ".join(applied))
    else:
        output.say("The database is up to date.")


def restored(by: Actor = "platformctl", folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Stop the hub before. Its storefronts are refused until each has run `platformctl supply resume`."""
    enter(folder)
    from platformctl import resuming

    line = resuming.restored(by=by)
    assert line.goes_on_from is not None, "a backup has a last instant"
    known = line.goes_on_from.isoformat(timespec="seconds")
    if as_json:
        output.say_json({"ok": True, "timeline": line.code, "goes_on_from": known})
        return
    output.say("What happened after {since} is forgotten here. Storefronts know it.", since=known)
    output.say("Count the stock, start the hub, then in each storefront: platformctl supply resume")


def take_in(
    file: FeedFile,
    supplier: Annotated[str, typer.Option(help=_("Code of the supplier who ships them."))],
    format: FeedFormat = None,
    supply_ratio: SupplyRatio = "",
    columns: ColumnMap = None,
    flash_days: Annotated[
        int, typer.Option(min=0, max=7, help=_("Flash sales of so many days from today become sale events."))
    ] = 0,
    by: Actor = "platformctl",
    dry_run: DryRun = False,
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Importing the same feed again changes nothing. A table of SKUs with prices or stock changes just these."""
    enter(folder)
    from platformctl import feeding

    name = None if format is None else format.value
    ratio = percent("supply_ratio", supply_ratio)
    wanted = feeding.Feeding(file, name, supplier, columns_of(columns), ratio, dry_run, flash_days=flash_days, actor=by)
    tell(feeding.into_hub(wanted), as_json=as_json)


def prices(
    tier: Annotated[str, typer.Argument(help=_('The tier: small letters, digits and hyphens; "default": everybody.'))],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, resolve_path=True, help=_("The list: CSV."))],
    dry_run: DryRun = False,
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Columns sku, supply_price, suggested, floor; what is empty goes by the goods' own. Again: nothing changes."""
    enter(folder)
    from platformctl import pricing

    tell(pricing.put(tier, file, dry_run=dry_run), as_json=as_json)


def goods(
    words: Annotated[list[str] | None, typer.Argument(help=_("All of these; the newest goods without any."))] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help=_("Products at most."))] = 20,
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """The best first: words in titles and codes, then in brands, then elsewhere."""
    enter(folder)
    from platformctl import hubs

    hubs.tell_goods(hubs.find_goods(" ".join(words or []), limit=limit), as_json=as_json)


def seed(folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Seeding twice changes nothing."""
    enter(folder)
    from platformctl import hubs

    products = hubs.seed()
    if as_json:
        output.say_json({"ok": True, "products": products})
    else:
        output.say("{count} sample products are in the hub.", count=products)


def books(folder: InHub = Path(), as_json: AsJson = False) -> None:
    """Exit code 1 when an invariant is broken."""
    enter(folder)
    from platformctl import bookkeeping

    if not bookkeeping.conclude(bookkeeping.hub_results(), as_json=as_json):
        raise typer.Exit(FINDINGS)


def add(
    code: Code,
    name: Annotated[str, typer.Option(help=_("What the storefront is called; its code by default."))] = "",
    currency: Annotated[str, typer.Option(help=_("In which it is supplied; the hub's by default."))] = "",
    fee: Fee = "",
    credit: Credit = "",
    open_holds: OpenHolds = 0,
    unpaid_per_sku: UnpaidPerSku = 0,
    tier: Tier = "",
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Adding the same storefront again changes nothing and prints no key."""
    enter(folder)
    from platformctl import tenants

    wanted = _wanted(fee, credit, open_holds, unpaid_per_sku, tier)
    account, secret = tenants.add(code, name=name, currency=currency, wanted=wanted, actor=by)
    if as_json:
        output.say_json(account.as_dict() | {"ok": True, "key": secret})
        return
    tenants.tell(account)
    if secret is None:
        output.say("It was supplied already; a new key: platformctl hub tenant key new {code}", code=code)
    else:
        _tell_key(secret)


def list_all(folder: InHub = Path(), as_json: AsJson = False) -> None:
    """By code."""
    enter(folder)
    from platformctl import tenants

    found = tenants.accounts()
    if as_json:
        output.say_json([each.as_dict() for each in found])
        return
    for each in found:
        tenants.tell(each)
    if not found:
        output.say("No storefront yet. Add one with: platformctl hub tenant add CODE")


def terms(
    code: Code,
    fee: Fee = "",
    credit: Credit = "",
    open_holds: OpenHolds = 0,
    unpaid_per_sku: UnpaidPerSku = 0,
    tier: Tier = "",
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """What is not given stays as it is; what is held already keeps its terms."""
    enter(folder)
    from platformctl import tenants

    account = tenants.set_terms(code, _wanted(fee, credit, open_holds, unpaid_per_sku, tier), actor=by)
    output.say_json(account.as_dict() | {"ok": True}) if as_json else tenants.tell(account)


def suspend(code: Code, reason: Reason, by: Actor = "platformctl", folder: InHub = Path()) -> None:
    """Paid orders are shipped, refunds are taken back, as before."""
    enter(folder)
    from platformctl import tenants

    tenants.suspend(code, actor=by, reason=reason)
    output.say("{code} can place no new orders.", code=code)


def resume(code: Code, reason: Reason, by: Actor = "platformctl", folder: InHub = Path()) -> None:
    """The other way round."""
    enter(folder)
    from platformctl import tenants

    tenants.resume(code, actor=by, reason=reason)
    output.say("{code} can place orders again.", code=code)


def new_key(
    code: Code,
    scope: Annotated[list[str] | None, typer.Option(help=_("What it may do; all by default; repeatable."))] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3660, help=_("It ends after so many days."))] = None,
    by: Actor = "platformctl",
    folder: InHub = Path(),
    as_json: AsJson = False,
) -> None:
    """Other keys stay valid: change over, then revoke the old one."""
    enter(folder)
    from platformctl import tenants

    secret = tenants.new_key(code, scopes=scope or [], days=days, actor=by)
    output.say_json({"ok": True, "key": secret}) if as_json else _tell_key(secret)


def list_keys(code: Code, folder: InHub = Path(), as_json: AsJson = False) -> None:
    """With the day each was last used."""
    enter(folder)
    from platformctl import tenants

    print_keys(tenants.keys(code), as_json=as_json)


def print_keys(found: "Sequence[tenancy.KeyView]", *, as_json: bool) -> None:
    """A line for each."""
    from dataclasses import asdict

    if as_json:
        output.say_json([asdict(each) for each in found])
        return
    for each in found:
        used = each.last_used_at.date().isoformat() if each.last_used_at else _("never")
        state = _("revoked") if each.revoked_at else _("valid")
        print(f"{each.name}  {state}  {_('last used')} {used}  {' '.join(each.scopes)}")


def revoke(
    code: Code,
    name: Annotated[str, typer.Argument(help=_("The key's name, as `key list` shows it."))],
    by: Actor = "platformctl",
    folder: InHub = Path(),
) -> None:
    """At once."""
    enter(folder)
    from platformctl import tenants

    tenants.revoke(code, name, actor=by)
    output.say("The key {name} is worth nothing any more.", name=name)


def _wanted(fee: str, credit: str, open_holds: int, unpaid_per_sku: int, tier: str) -> "Wanted":
    from platformctl import tenants

    return tenants.Wanted(
        fee=percent("fee", fee),
        credit=credit or None,
        open_holds=open_holds or None,
        unpaid_per_sku=unpaid_per_sku or None,
        tier=tier or None,
    )


def _tell_key(secret: str) -> None:
    output.say("Its key, shown only now: {key}", key=secret)
    output.say("In the storefront: SHOP_SUPPLY_KEY={key} in .env", key=secret)
