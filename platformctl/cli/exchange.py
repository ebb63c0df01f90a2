"""Commands that bring things in and take them out: import products, referrals, orders; export tables."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platformctl import output
from platformctl.cli.entering import ready
from platformctl.cli.options import AsJson, DryRun, InFolder, percent
from platformctl.failures import BadAnswer
from platformctl.messages import translate as _

if TYPE_CHECKING:
    from platformctl.importing import Outcome

imports = typer.Typer(help=_("Bring in goods, referrals or settled orders from elsewhere."), no_args_is_help=True)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, resolve_path=True, help=_("The file to read."))]
Source = Annotated[
    str, typer.Option(help=_("The platform it comes from: the same name there is the same member or order here."))
]
ColumnMap = Annotated[
    list[str] | None, typer.Option("--map", help=_("ours=theirs: how a column is called in the file; repeatable."))
]


class Table(StrEnum):
    MEMBERS = "members"
    BINDINGS = "bindings"
    ORDERS = "orders"
    EARNINGS = "earnings"
    INVITES = "invites"
    JOURNAL = "journal"


class Shape(StrEnum):
    CSV = "csv"
    BEANCOUNT = "beancount"


class Feed(StrEnum):
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    SPREE = "spree"
    VENDURE = "vendure"
    SALEOR = "saleor"
    GOOGLE = "google"
    BMECAT = "bmecat"
    LITEMALL = "litemall"
    MALL = "mall"
    SHEET = "sheet"
    OWN = "own"


FeedFile = Annotated[
    Path, typer.Argument(exists=True, resolve_path=True, help=_("A file, or a folder with the tables of a mall."))
]
FeedFormat = Annotated[Feed | None, typer.Option(help=_("Told from the content where it is not given."))]
SupplyRatio = Annotated[
    str, typer.Option(help=_('Goods without a cost get this part of their price as cost, such as "60%".'))
]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(imports, name="import")
    imports.command("products", help=_("Goods of a product feed, or of a supplier's own sheet."))(products)
    imports.command("referrals", help=_("Who shared to whom: CSV with sharer, visitor, at."))(referrals)
    imports.command("orders", help=_("Settled order lines; they count for ranks and pay nobody again."))(orders)
    imports.command("statement", help=_("Money that came in: the CSV of a wallet, WeChat's or Alipay's."))(statement)
    app.command("export", help=_("Write a table of the shop as CSV, the journal also for beancount."))(export)


def products(
    file: FeedFile,
    format: FeedFormat = None,
    supplier: Annotated[str, typer.Option(help=_("Code of the supplier who ships them."))] = "own-stock",
    supply_ratio: SupplyRatio = "",
    columns: ColumnMap = None,
    dry_run: DryRun = False,
    folder: InFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Importing the same feed again changes nothing. A table of SKUs with prices or stock changes just these."""
    ready(folder)
    from platformctl import feeding

    ratio = percent("supply_ratio", supply_ratio)
    name = None if format is None else format.value
    wanted = feeding.Feeding(file, name, supplier, columns_of(columns), ratio, dry_run)
    tell(feeding.into_shop(wanted), as_json=as_json)


def referrals(
    file: File,
    source: Source = "import",
    columns: ColumnMap = None,
    dry_run: DryRun = False,
    folder: InFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """First link wins; a link that would lock somebody to themselves or close a loop is refused."""
    ready(folder)
    from platformctl import importing

    tell(importing.import_referrals(file, source=source, columns=columns_of(columns), dry_run=dry_run), as_json=as_json)


def orders(
    file: File,
    source: Source = "import",
    columns: ColumnMap = None,
    not_goods: Annotated[
        list[str] | None, typer.Option(help=_("A code that is no goods, such as POST; repeatable."))
    ] = None,
    dry_run: DryRun = False,
    folder: InFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Without a seller an order belongs to the member its customer was bound to at that time."""
    ready(folder)
    from platformctl import importing

    tell(
        importing.import_orders(
            file, source=source, columns=columns_of(columns), not_goods=not_goods or [], dry_run=dry_run
        ),
        as_json=as_json,
    )


def statement(
    file: File,
    collector: Annotated[str, typer.Option(help=_("Whose wallet it is; see [payment] in brand.toml."))] = "till",
    dry_run: DryRun = False,
    folder: InFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Each payment goes to the order it is for, or waits for staff. Importing it again changes nothing."""
    ready(folder)
    from platformctl import importing

    tell(importing.import_statement(file, collector=collector, dry_run=dry_run), as_json=as_json)


def export(
    table: Annotated[Table, typer.Argument(help=_("What to write."))],
    out: Annotated[Path | None, typer.Option(resolve_path=True, help=_("A file; stdout when not given."))] = None,
    format: Annotated[Shape, typer.Option(help=_("beancount: the journal only."))] = Shape.CSV,
    folder: InFolder = Path(),
) -> None:
    """Instants in UTC, amounts as decimal text."""
    if format is Shape.BEANCOUNT and table is not Table.JOURNAL:
        raise BadAnswer(key="--format", value=format.value, reason=_("only the journal is exported like this"))
    ready(folder)
    from platformctl import exporting

    exporting.export(table.value, as_beancount=format is Shape.BEANCOUNT, out=out)


def tell(outcome: "Outcome", *, as_json: bool) -> None:
    if as_json:
        output.say_json(outcome.as_dict())
    else:
        outcome.tell()


def columns_of(pairs: list[str] | None) -> dict[str, str]:
    """["at=InvoiceDate"] as a mapping. Raises BadAnswer."""
    columns = {}
    for pair in pairs or []:
        ours, equals, theirs = pair.partition("=")
        if not (ours.strip() and equals and theirs.strip()):
            raise BadAnswer(key="--map", value=pair, reason=_("write it as ours=theirs"))
        columns[ours.strip()] = theirs.strip()
    return columns
