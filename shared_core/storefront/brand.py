"""`brand/brand.toml`: everything a shop decides about itself that is not its growth plan.

Every field has a careful default except the name; unknown keys are refused with the line and the nearest right name.
"""

import re
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from shared_core.kernel import i18n, tomlfile
from shared_core.kernel.errors import PlatformError
from shared_core.kernel.fields import CurrencyCode, LocaleName, ZoneName
from shared_core.kernel.findings import Finding
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import BPS_WHOLE, Money, exponent, parse_money
from shared_core.storefront.contrast import READABLE, contrast, readable_on
from shared_core.storefront.shipping import AmountText, Section, ShippingSection, check_regions

COLLECTOR = "till"
"""Whose wallet takes the money where brand.toml names nobody."""
MARKUP_MAX_BPS = 10 * BPS_WHOLE
TEXT_MAX = 200
NOTE_MAX = 2_000

_PERCENT = re.compile(r"(\d{1,4})(?:\.(\d{1,2}))?\s*%")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FONTS = re.compile(r"[\w ,'\"\-]+")
_COLLECTOR = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PATH = re.compile(r"[\w\-][\w.\-]*(/[\w\-][\w.\-]*)*")


def _bps(value: object) -> object:
    match = _PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(N_('write a percentage in quotes, like "60%" or "7.5%"'))
    return int(match.group(1)) * 100 + int((match.group(2) or "").ljust(2, "0"))


def _colour(value: str) -> str:
    if not _COLOUR.fullmatch(value):
        raise ValueError(N_('write a colour as "#" and six hexadecimal digits, like "#9f2d20"'))
    return value


def _fonts(value: str) -> str:
    if not _FONTS.fullmatch(value):
        raise ValueError(N_('write font names separated by commas, like "Georgia, serif"'))
    return value


def _inside(value: str) -> str:
    if not _PATH.fullmatch(value):
        raise ValueError(N_('write a path inside brand/theme/assets, like "logo.svg"'))
    return value


def _collector(value: str) -> str:
    if not _COLLECTOR.fullmatch(value):
        raise ValueError(N_('write a short name in small letters, digits and "-", like "lin"'))
    return value


def _hub(value: str) -> str:
    parts = urlsplit(value)
    if value and not (parts.scheme in ("http", "https") and parts.hostname and parts.path in ("", "/")):
        raise ValueError(N_('write an address without a path, like "https://hub.example"'))
    return value.rstrip("/")


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Bps = Annotated[int, BeforeValidator(_bps)]
"""Ten-thousandths, written as a percentage in quotes."""
Colour = Annotated[str, AfterValidator(_colour)]
Text = Annotated[str, Field(max_length=TEXT_MAX)]
FontStack = Annotated[str, Field(max_length=TEXT_MAX), AfterValidator(_fonts)]
AssetPath = Annotated[str, Field(max_length=TEXT_MAX), AfterValidator(_inside)]
SUPPORTED_LOCALES = ("en", "zh-CN")


class ShopSection(Section):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    tagline: Text = ""
    locale: LocaleName = "zh-CN"
    currency: CurrencyCode = "CNY"
    zone: ZoneName = "Asia/Shanghai"
    logo: AssetPath | None = None
    """A picture inside brand/theme/assets."""


class SupplySection(Section):
    mode: Literal["embedded", "hub"] = "embedded"
    """Where goods come from: "embedded" keeps the supply in the shop's own database, "hub" is one for many shops."""
    url: Annotated[str, Field(max_length=TEXT_MAX), AfterValidator(_hub)] = ""
    """Where the hub is, like "https://hub.example"; its key is SHOP_SUPPLY_KEY in .env."""
    ratio: Bps | None = None
    """What imported goods without a cost are taken to cost, as a part of their price. Unset: they stay unlisted."""


class PricingSection(Section):
    rule: Literal["markup", "suggested"] = "suggested"
    markup: Annotated[Bps, Field(le=MARKUP_MAX_BPS)] = 6_000
    """Added to the supply price under the rule "markup", and where no price is suggested."""
    rounding: Literal["none", "whole", "nines", ".90", ".99"] = "none"
    """Always upwards. "whole": whole units of the currency; "nines": a last digit of 9; ".90": so many cents."""
    listing: Literal["all", "chosen"] = "all"
    """Which goods of the supply stand in the window: all that can be sold, or those that are put there."""
    unsound: Literal["unlist", "warn"] = "unlist"
    """What becomes of goods whose sale could lose money: they leave the window, or `platformctl check` only warns."""


class ColourSection(Section):
    primary: Colour = "#9f2d20"
    accent: Colour = "#7a4b00"
    paper: Colour = "#fffdf8"
    ink: Colour = "#221c17"

    @property
    def on_primary(self) -> str:
        """What is written on a surface of the primary colour."""
        return readable_on(self.primary, self.paper, self.ink, "#ffffff", "#000000")

    @property
    def on_accent(self) -> str:
        """What is written on a surface of the accent colour."""
        return readable_on(self.accent, self.paper, self.ink, "#ffffff", "#000000")


class TypeSection(Section):
    display: FontStack = "'Songti SC', 'Noto Serif CJK SC', 'Source Han Serif SC', Georgia, serif"
    text: FontStack = (
        "system-ui, -apple-system, 'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', 'Segoe UI', sans-serif"
    )


class FeatureSection(Section):
    share: bool = True
    """Every visitor can make share links."""
    you_earn: bool = True
    """Members see beside a price what they earn on it."""
    search: bool = True


class ContactSection(Section):
    """The trader's disclosure, shown at the foot of every page."""

    operator: Text = ""
    address: Annotated[tuple[Text, ...], BeforeValidator(_tuple), Field(max_length=6)] = ()
    phone: Text = ""
    email: Text = ""
    registration: Text = ""
    """Trade register or licence number."""


class CollectorSection(Section):
    """Somebody whose wallet or account takes the customers' money."""

    name: Annotated[str, AfterValidator(_collector)]
    """Kept in the books for ever, so it stays as it is."""
    payee: Text = ""
    account: Text = ""
    qr_image: AssetPath | None = None
    """A picture inside brand/theme/assets."""
    open: bool = True
    """Off: takes no new orders; those under way are still paid to them."""


class PaymentSection(Section):
    """How a customer pays by hand."""

    match: Literal["memo", "tail"] = "memo"
    """By what payments are told apart: a code in the note, or an amount, lowered by at most 0.30, that is unique."""
    collectors: Annotated[tuple[CollectorSection, ...], BeforeValidator(_tuple), Field(max_length=20)] = ()
    """Who takes the money, when it is not one wallet for all: each order is paid to one of them."""

    fee: Annotated[Bps, Field(le=BPS_WHOLE)] = 0
    """What is kept of every payment on its way to the shop. Prices must carry it."""
    payee: Text = ""
    account: Text = ""
    note: Annotated[str, Field(max_length=NOTE_MAX)] = ""
    qr_image: AssetPath | None = None
    """A picture inside brand/theme/assets."""

    @model_validator(mode="after")
    def _somebody_collects(self) -> Self:
        names = [each.name for each in self.collectors]
        if len(set(names)) < len(names):
            raise tomlfile.fault_at(("payment", "collectors"), names, N_("each collector needs a name of their own"))
        if self.collectors and not any(each.open for each in self.collectors):
            raise tomlfile.fault_at(
                ("payment", "collectors"), names, N_("somebody must take new orders; set open = true")
            )
        return self

    @property
    def everybody(self) -> tuple[CollectorSection, ...]:
        """All collectors; one that is told like the section itself where none is named."""
        own = CollectorSection(name=COLLECTOR, payee=self.payee, account=self.account, qr_image=self.qr_image)
        return self.collectors or (own,)

    @property
    def taking(self) -> tuple[CollectorSection, ...]:
        """Those who take new orders."""
        return tuple(each for each in self.everybody if each.open)

    def collector(self, name: str) -> CollectorSection:
        """Whom to pay; what the section itself says for somebody who is not named any more."""
        own = CollectorSection(name=name, payee=self.payee, account=self.account, qr_image=self.qr_image)
        return next((each for each in self.everybody if each.name == name), own)


class PayoutSection(Section):
    """How members' money is sent."""

    two_people_above: AmountText | None = None
    """A payout above this is approved by one person and noted as paid by another. Unset: one is enough."""


class BrandConfig(Section):
    """One shop's brand.toml."""

    shop: ShopSection
    supply: SupplySection = SupplySection()
    pricing: PricingSection = PricingSection()
    shipping: ShippingSection = ShippingSection()
    colours: ColourSection = ColourSection()
    type: TypeSection = TypeSection()
    features: FeatureSection = FeatureSection()
    contact: ContactSection = ContactSection()
    payment: PaymentSection = PaymentSection()
    payouts: PayoutSection = PayoutSection()

    @model_validator(mode="after")
    def _hub_has_an_address(self) -> Self:
        if self.supply.mode == "hub" and not self.supply.url:
            missing = N_('say where the hub is, like "https://hub.example"')
            raise tomlfile.fault_at(("supply", "url"), self.supply.url, missing)
        return self

    @model_validator(mode="after")
    def _amounts_are_money(self) -> Self:
        written: dict[tuple[str | int, ...], str | None] = {
            ("shipping", "flat"): self.shipping.flat,
            ("shipping", "free_over"): self.shipping.free_over,
            ("payouts", "two_people_above"): self.payouts.two_people_above,
        }
        for place, each in enumerate(self.shipping.region):
            written["shipping", "region", place, "flat"] = each.flat
            written["shipping", "region", place, "free_over"] = each.free_over
        for key, amount in written.items():
            if amount is None:
                continue
            try:
                negative = parse_money(amount, self.shop.currency).minor < 0
            except PlatformError as error:
                raise tomlfile.fault_at(key, amount, error.message, **error.params) from error
            if negative:
                raise tomlfile.fault_at(key, amount, N_("this amount is never negative"))
        return self

    @model_validator(mode="after")
    def _regions_are_known_and_told_once(self) -> Self:
        check_regions(self.shipping)
        return self

    @cached_property
    def locales(self) -> tuple[str, ...]:
        """The languages the shop can be read in, its own first."""
        own = self.shop.locale
        return (own, *(each for each in SUPPORTED_LOCALES if i18n.normalise(each) != i18n.normalise(own)))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.shop.zone)

    @property
    def two_people_above(self) -> Money | None:
        """Payouts above this need two people."""
        text = self.payouts.two_people_above
        return None if text is None else parse_money(text, self.shop.currency)

    @property
    def decimals(self) -> int:
        return exponent(self.shop.currency)


def load(brand_dir: Path) -> BrandConfig:
    """Read `brand_dir`/brand.toml. Raises ConfigError with every fault, its line and its remedy."""
    return tomlfile.load(brand_dir / "brand.toml", BrandConfig)


def review(brand: BrandConfig, brand_dir: Path) -> list[Finding]:
    """What a shop can run with but should not go live with: unreadable colours, missing pictures, no trader named."""
    path = brand_dir / "brand.toml"
    lines = tomlfile.key_lines(path.read_text("utf-8")) if path.is_file() else {}
    findings = [
        *_unreadable(brand, str(path)),
        *_missing_files(brand, brand_dir / "theme" / "assets"),
        *_undisclosed(brand, str(path)),
        *_unpayable(brand, str(path)),
    ]
    return [replace(each, line=tomlfile.line_of(tuple(each.key.split(".")), lines)) for each in findings]


def _unreadable(brand: BrandConfig, file: str) -> list[Finding]:
    colours = brand.colours
    pairs = (("ink", colours.ink), ("primary", colours.primary), ("accent", colours.accent))
    return [
        Finding(
            code="low_contrast",
            message=N_("{colour} on {paper} has a contrast of {ratio}; text needs {needed}."),
            remedy=N_("Make {name} darker or the paper lighter (the other way round on a dark page)."),
            file=file,
            key=f"colours.{name}",
            params={
                "colour": colour,
                "paper": colours.paper,
                "ratio": contrast(colour, colours.paper).quantize(Decimal("0.1")),
                "needed": READABLE,
                "name": name,
            },
        )
        for name, colour in pairs
        if contrast(colour, colours.paper) < READABLE
    ]


def _missing_files(brand: BrandConfig, assets: Path) -> list[Finding]:
    named = [
        ("shop.logo", brand.shop.logo),
        ("payment.qr_image", brand.payment.qr_image),
        *(("payment.collectors", each.qr_image) for each in brand.payment.collectors),
    ]
    return [
        Finding(
            code="missing_picture",
            message=N_("{path} does not exist."),
            remedy=N_("Put the picture there or remove the key."),
            file=str(assets.parents[1] / "brand.toml"),
            key=key,
            params={"path": str(assets / path)},
        )
        for key, path in named
        if path is not None and not (assets / path).is_file()
    ]


def _undisclosed(brand: BrandConfig, file: str) -> list[Finding]:
    if brand.contact.operator and brand.contact.address:
        return []
    return [
        Finding(
            code="no_trader",
            message=N_("The shop does not say who runs it."),
            remedy=N_("Fill in operator and address under [contact]; the law of most places asks it of every trader."),
            severity="warning",
            file=file,
            key="contact",
        )
    ]


def _unpayable(brand: BrandConfig, file: str) -> list[Finding]:
    pay = brand.payment
    if pay.note or all(each.payee or each.account or each.qr_image for each in pay.taking):
        return []
    return [
        Finding(
            code="no_payee",
            message=N_("Customers are not told whom to pay."),
            remedy=N_("Fill in payee, account, note or qr_image under [payment]; orders show them beside the amount."),
            severity="warning",
            file=file,
            key="payment",
        )
    ]
