"""The words a plan is written in: percentages, amounts, names, windows. No float is ever accepted."""

import re
from typing import Annotated, Literal, TypeGuard, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from shared_core.kernel.errors import PlatformError
from shared_core.kernel.i18n import N_
from shared_core.kernel.money import BPS_WHOLE, exponent, parse_money
from shared_core.kernel.reasons import refused

LIST_MAX = 500
NAME_MAX = 60
DAYS_MAX = 3_660
COUNT_MAX = 10_000_000
KEPT = "kept"
"""In the context when a plan is restored."""

_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?\s*%")
_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_WINDOW = re.compile(r"([1-9]\d{0,3}) days?")

Several_ = TypeVar("Several_")

Payee = Literal["seller", "inviter", "second_inviter", "host", "host_inviter", "traffic_referrer", "team_fund"]
"""Who may earn on one order line, in the order in which shares are shown."""
PAYEES: tuple[Payee, ...] = (
    "seller",
    "inviter",
    "second_inviter",
    "host",
    "host_inviter",
    "traffic_referrer",
    "team_fund",
)
Channel = Literal["shop", "group", "live"]
"""Where a sale happened: the shop's pages, a chat group, a live room."""
CHANNELS: tuple[Channel, ...] = ("shop", "group", "live")
Basis = Literal["price", "margin"]


def _short_name(value: str) -> str:
    if _ID.fullmatch(value) is None:
        raise ValueError(N_("write at most 40 small letters, digits, - and _, the first one a letter"))
    return value


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def parse_percent(value: object) -> int:
    """ "12.5%" as ten-thousandths: 1250. Raises ValueError with the remedy for anything else."""
    if not isinstance(value, str):
        raise ValueError(N_('a rate is a percentage in quotes, like "12.5%", never a bare number'))
    match = _PERCENT.fullmatch(value.strip())
    if match is None:
        raise ValueError(N_('write a percentage in quotes with at most two decimals, like "15%" or "12.5%"'))
    bps = int(match.group(1)) * 100 + int((match.group(2) or "").ljust(2, "0"))
    if bps > BPS_WHOLE:
        raise ValueError(N_("a rate is at most 100%"))
    return bps


def parse_rate(value: object, info: ValidationInfo) -> int:
    """The same for a key of the plan; what was kept is in ten-thousandths already."""
    return value if _is_kept(value, info) else parse_percent(value)


def parse_amount(value: object, info: ValidationInfo) -> int:
    """ "99.00" as minor units of the shop's currency, which the loader puts in the context."""
    if _is_kept(value, info):
        return value
    currency = currency_in(info.context)
    example = "99" if exponent(currency) == 0 else "99.00"
    try:
        minor = parse_money(value, currency).minor if isinstance(value, str) else None
    except PlatformError:
        minor = None
    if minor is None:
        raise refused(N_('an amount is written in quotes, like "{example}"'), example=example)
    if minor < 0:
        raise ValueError(N_("an amount here is never negative"))
    return minor


def currency_in(context: object) -> str:
    """The currency a plan is read for."""
    assert isinstance(context, dict), "a plan is read with the shop's currency in the context"
    currency = context["currency"]
    assert isinstance(currency, str)
    return currency


def _is_kept(value: object, info: ValidationInfo) -> TypeGuard[int]:
    """Whether a plan is restored that was read before: its numbers are no longer as people write them."""
    return type(value) is int and isinstance(info.context, dict) and KEPT in info.context


def window_days(window: str) -> int | None:
    """How many calendar days a rolling window has, today included; None for "lifetime" and "month"."""
    match = _WINDOW.fullmatch(window)
    return int(match.group(1)) if match else None


def _window(value: object) -> object:
    if isinstance(value, str) and (value in {"lifetime", "month"} or _WINDOW.fullmatch(value)):
        days = window_days(value)
        return value if days is None else f"{days} days"
    raise ValueError(N_('write "lifetime", "month" or a number of days like "30 days"'))


def _lasting(value: object) -> object:
    if value == "forever":
        return value
    match = _WINDOW.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(N_('write "forever" or a number of days like "30 days"'))
    return f"{int(match.group(1))} days"


Several = Annotated[tuple[Several_, ...], BeforeValidator(_tuple), Field(max_length=LIST_MAX)]
"""A TOML array."""
Rate = Annotated[int, BeforeValidator(parse_rate, json_schema_input_type=str)]
"""Basis points (10000 = 100 %), written as a percentage in quotes."""
Amount = Annotated[int, BeforeValidator(parse_amount, json_schema_input_type=str)]
"""Minor units of the shop's currency, written as an amount in quotes."""
Id = Annotated[str, AfterValidator(_short_name), Field(json_schema_extra={"pattern": f"^{_ID.pattern}$"})]
"""A short name used inside the plan: small letters, digits, - and _."""
Word = Annotated[str, Field(min_length=1, max_length=NAME_MAX)]
Days = Annotated[int, Field(ge=0, le=DAYS_MAX)]
Age = Annotated[int, Field(ge=0, le=120)]
Count = Annotated[int, Field(ge=0, le=COUNT_MAX)]
Window = Annotated[str, BeforeValidator(_window, json_schema_input_type=str)]
"""The stretch of time over which something is counted, in the shop's calendar."""
Lasting = Annotated[str, BeforeValidator(_lasting, json_schema_input_type=str)]


class Section(BaseModel):
    """A table of the plan: exact types, no unknown keys, never changed after reading."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Words(Section):
    """A name in the languages of the shop; one text in quotes stands for all of them."""

    zh: Word = Field(description="In Chinese.")
    en: Word = Field(description="In English.")

    @model_validator(mode="before")
    @classmethod
    def _same_in_all(cls, value: object) -> object:
        if not isinstance(value, str | dict | cls):
            raise ValueError(N_('write a name in quotes, or in two languages: { zh = "…", en = "…" }'))
        return {"zh": value, "en": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Editors accept both ways to write it."""
        text = {"type": "string", "minLength": 1, "maxLength": NAME_MAX}
        return {"anyOf": [text, handler.resolve_ref_schema(handler(core))]}

    def in_locale(self, locale: str) -> str:
        """The name for readers of `locale`: "zh-CN", "en"."""
        return self.zh if locale.lower().startswith("zh") else self.en
