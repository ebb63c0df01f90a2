"""`platformctl plan show`: a plan as a page that can be read aloud."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from platformctl import output
from platformctl.failures import NoSuchPlan, NotAShop
from platformctl.messages import N_, translator
from platformctl.shop import ShopFolder
from shared_core import plan, storefront
from shared_core.kernel.reader import Reader

CURRENCY, ZONE = "CNY", "UTC"
"""Where no shop says otherwise."""
ROW = N_("{what}: {how}")


def reader(locale: str, zone: str = ZONE) -> Reader:
    """Who reads what is printed; `locale` "zh" or "en", "" for the machine's language."""
    chinese = locale == "zh" if locale else output.speaks_chinese()
    name = "zh-CN" if chinese else "en"
    return Reader(name, translator(name), zone)


def tell_shop(shop: ShopFolder, *, locale: str, as_json: bool) -> None:
    """Every version of the shop's plan with its day, and the one in force in full. Raises ConfigError."""
    settings = storefront.load_brand(shop.brand).shop
    versions = plan.load_versions(shop.brand, currency=settings.currency)
    today = datetime.now(UTC).astimezone(ZoneInfo(settings.zone)).date()
    tell(plan.timeline(versions, today), reader(locale, settings.zone), as_json=as_json)


def tell_other(name: str, *, locale: str, as_json: bool) -> None:
    """A file or a preset. Raises NoSuchPlan, ConfigError."""
    found = _read(name)
    tell(plan.timeline([found], datetime.now(UTC).date()), reader(locale), as_json=as_json)


def tell(dated: Sequence[plan.Dated], who: Reader, *, as_json: bool) -> None:
    """In full: the version in force, else the first that comes."""
    now = next((each for each in dated if each.stands == "in_force"), dated[0])
    lines = [plan.version_in_words(each, who) for each in dated]
    if as_json:
        output.say_json(
            {"ok": True, "versions": [_as_dict(each, line, who) for each, line in zip(dated, lines, strict=True)]}
        )
        return
    for line in lines:
        print(line)
    tell_chapters(plan.describe(now.plan, who), who)


def tell_chapters(chapters: Iterable[plan.Chapter], who: Reader) -> None:
    """A title, its sentences, its table a line a row."""
    for chapter in chapters:
        print(f"\n{chapter.title}")
        rows = chapter.table.rows if chapter.table else ()
        for line in (*chapter.lines, *(_row(row, who) for row in rows), *chapter.notes):
            print(f"  {line}")


def _row(row: Sequence[str], who: Reader) -> str:
    *what, how = row
    return who.say(ROW, what=who.say(plan.SEPARATOR).join(what), how=how)


def _as_dict(dated: plan.Dated, line: str, who: Reader) -> dict[str, object]:
    growth = dated.plan
    return {
        "name": growth.name,
        "version": growth.version,
        "effective_from": growth.effective_from.isoformat(),
        "stands": dated.stands,
        "line": line,
        "chapters": [each.as_dict() for each in plan.describe(growth, who)],
    }


def _read(name: str) -> plan.Plan:
    known = [each.name for each in plan.presets()]
    if name in known:
        return plan.loads(plan.preset(name), currency=CURRENCY)
    path = Path(name)
    if not path.is_file():
        raise NoSuchPlan(plan=name, known=", ".join(known))
    try:
        currency = storefront.load_brand(ShopFolder.find(path.absolute().parent).brand).shop.currency
    except NotAShop:
        currency = CURRENCY
    return plan.load(path, currency=currency)
