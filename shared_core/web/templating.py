"""Pages made of templates: what the pages of every app have in common.

Each page is given `locale`, `translate` and `translate_plural`; what an app adds is its own.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import CodeType
from zoneinfo import ZoneInfo

from babel import dates, numbers
from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.runtime import Context

from shared_core.kernel.money import BPS_WHOLE, Money, format_money
from shared_core.web.going import as_step

CORE = "core"
"""What a template that shadows the core's names the core's by: "core:product.html"."""

_SHARED = Path(__file__).parent / "templates"


class _Compiled(BytecodeCache):
    """What templates were compiled to. All apps of a process read the same pages and are set up alike."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.checksum, bucket.code


_compiled = _Compiled()


def environment(
    templates: Path,
    *,
    zone: ZoneInfo,
    asset: Callable[[str], str],
    shadowing: Sequence[Path] = (),
    reload: bool = False,
) -> Environment:
    """Templates of an app over those of all apps; files in `shadowing` come before both.

    `zone`: on whose wall clock dates are shown. `asset`: the address of a static file. `reload`: look at every use
    whether a template was changed, for those who are writing one.
    """
    core: BaseLoader = FileSystemLoader([templates, _SHARED])
    loaders: list[BaseLoader] = [FileSystemLoader(list(shadowing)), core, PrefixLoader({CORE: core}, delimiter=":")]
    made = Environment(
        loader=ChoiceLoader(loaders),
        undefined=StrictUndefined,
        autoescape=True,
        auto_reload=reload,
        bytecode_cache=_compiled,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(money=_money, percent=_percent, date=_date_in(zone), as_step=as_step)
    made.globals["asset"] = asset
    return made


@pass_context
def _gettext(context: Context, message: str) -> str:
    translate: Callable[[str], str] = context["translate"]
    return translate(message)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, number: int) -> str:
    translate: Callable[[str, str, int], str] = context["translate_plural"]
    return translate(singular, plural, number)


@pass_context
def _money(context: Context, amount: Money) -> str:
    """¥12.50 as the viewer reads it."""
    return format_money(amount, _babel(context))


@pass_context
def _percent(context: Context, bps: int) -> str:
    """Ten-thousandths as a percentage: 750 is 7.5%."""
    return numbers.format_percent(Decimal(bps) / BPS_WHOLE, format="#,##0.##%", locale=_babel(context))


def _date_in(zone: ZoneInfo) -> Callable[..., str]:
    @pass_context
    def date(context: Context, at: datetime, style: str = "medium") -> str:
        """An instant on the wall clock. `style`: "day" for the date alone, "minute" for date and time of day, else
        short, medium or long.
        """
        locale = _babel(context)
        if style not in ("day", "minute"):
            return dates.format_datetime(at, format=style, tzinfo=zone, locale=locale)
        day = dates.format_date(at.astimezone(zone).date(), format="medium", locale=locale)
        return day if style == "day" else f"{day} {dates.format_time(at, format='HH:mm', tzinfo=zone, locale=locale)}"

    return date


def _babel(context: Context) -> str:
    locale: str = context["locale"]
    return locale.replace("-", "_")
