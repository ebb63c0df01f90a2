"""What a shop looks like: its templates laid over the core's, its colours and type as one stylesheet.

A template in brand/theme/templates shadows the core's page of the same name; `{% extends "core:product.html" %}`
takes the core's page and changes one block. Block names are public: removing one is a major release.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import CodeType

from babel import dates, numbers
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.runtime import Context

from shared_core.kernel import i18n
from shared_core.kernel.money import BPS_WHOLE, Money, format_money
from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.pictures import raised

CORE_TEMPLATES = Path(__file__).parent / "templates"
CORE_STATIC = Path(__file__).parent / "static"
VENDOR_STATIC = Path(__file__).parents[1] / "static" / "vendor"
"""Third-party browser files, brought by the build; a page must work when one is missing."""
VERSION_LENGTH = 12


@dataclass(frozen=True)
class Theme:
    """Templates and stylesheet of one shop; `assets` are the brand's own pictures and files."""

    environment: Environment
    stylesheet: bytes
    stylesheet_version: str
    assets: Path
    catalogues: Path

    @classmethod
    def open(cls, brand_dir: Path, brand: BrandConfig, *, reload: bool) -> "Theme":
        """`reload`: look at every use whether a template was changed, for those who are writing one."""
        stylesheet = stylesheet_of(brand, brand_dir / "theme" / "tokens.css")
        theme = cls(
            environment=_environment(brand_dir / "theme" / "templates", brand, reload=reload),
            stylesheet=stylesheet,
            stylesheet_version=version_of(stylesheet),
            assets=brand_dir / "theme" / "assets",
            catalogues=brand_dir / "locale",
        )
        theme.environment.globals["theme_url"] = f"/theme.css?v={theme.stylesheet_version}"
        theme.environment.globals["asset"] = theme.asset_url
        return theme

    def translate(self, locale: str) -> Callable[[str], str]:
        """gettext for `locale`, the shop's own catalogue over the core's."""
        return i18n.translations(locale, self.catalogues).gettext

    def translate_plural(self, locale: str) -> Callable[[str, str, int], str]:
        """ngettext for `locale`."""
        return i18n.translations(locale, self.catalogues).ngettext

    def asset_url(self, path: str) -> str:
        """The address of a static file, with its version so that browsers may keep it for ever.

        "brand/logo.svg" is the shop's own (brand/theme/assets/logo.svg), "vendor/hls.js" a third party's, anything
        else the core's.
        """
        first, _, rest = path.partition("/")
        folder = {"brand": self.assets, "vendor": VENDOR_STATIC}.get(first)
        file = CORE_STATIC / path if folder is None else folder / rest
        return f"/static/{path}?v={_file_version(file, _changed(file))}"

    def render(self, name: str, context: Mapping[str, object]) -> str:
        return self.environment.get_template(name).render(context)


def stylesheet_of(brand: BrandConfig, tokens: Path) -> bytes:
    """Brand colours and type as CSS custom properties, then the partner's own tokens.css when there is one."""
    colours, fonts = brand.colours, brand.type
    values = {
        "color-primary": colours.primary,
        "color-on-primary": colours.on_primary,
        "color-accent": colours.accent,
        "color-on-accent": colours.on_accent,
        "color-paper": colours.paper,
        "color-ink": colours.ink,
        "color-raised": raised(colours.paper),
        "font-display": fonts.display,
        "font-text": fonts.text,
    }
    lines = "".join(f"  --{name}: {value};\n" for name, value in values.items())
    own = tokens.read_text(encoding="utf-8") if tokens.is_file() else ""
    return f":root {{\n{lines}}}\n{own}".encode()


def version_of(content: bytes) -> str:
    """A short name for exactly this content."""
    return hashlib.sha256(content).hexdigest()[:VERSION_LENGTH]


class _Compiled(BytecodeCache):
    """What templates were compiled to. All shops of a process read the same pages and are set up alike."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.checksum, bucket.code


_compiled = _Compiled()


def _environment(own_templates: Path, brand: BrandConfig, *, reload: bool) -> Environment:
    core = FileSystemLoader(CORE_TEMPLATES)
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(own_templates), core, PrefixLoader({"core": core}, delimiter=":")]),
        undefined=StrictUndefined,
        autoescape=True,
        auto_reload=reload,
        bytecode_cache=_compiled,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(money=_money, percent=_percent, date=_date)
    environment.globals.update(brand=brand)
    return environment


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


@pass_context
def _date(context: Context, at: datetime, style: str = "medium") -> str:
    """An instant on the shop's wall clock. `style`: "day" for the date alone, "minute" for date and time of day, else
    short, medium or long.
    """
    brand: BrandConfig = context["brand"]
    if style == "minute":
        day = dates.format_date(at.astimezone(brand.zone).date(), format="medium", locale=_babel(context))
        return f"{day} {dates.format_time(at, format='HH:mm', tzinfo=brand.zone, locale=_babel(context))}"
    if style == "day":
        return dates.format_date(at.astimezone(brand.zone).date(), format="medium", locale=_babel(context))
    return dates.format_datetime(at, format=style, tzinfo=brand.zone, locale=_babel(context))


def _babel(context: Context) -> str:
    locale: str = context["locale"]
    return locale.replace("-", "_")


def _changed(file: Path) -> int:
    return file.stat().st_mtime_ns if file.is_file() else 0


@lru_cache(maxsize=512)
def _file_version(file: Path, changed: int) -> str:
    return version_of(file.read_bytes()) if changed else "missing"
