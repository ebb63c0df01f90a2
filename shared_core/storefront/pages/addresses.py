"""The address form: what is asked, what must be there, which countries there are."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Annotated

from babel import Locale
from babel.core import UnknownLocaleError
from babel.numbers import get_territory_currencies
from fastapi import Depends, Form

from shared_core.kernel.i18n import N_
from shared_core.kernel.regions import CHINA, PROVINCES, region_name, region_of
from shared_core.storefront.brand import BrandConfig
from shared_core.supply import Address

LENGTH_MAX: Mapping[str, int] = {
    "name": 80,
    "phone": 30,
    "region": 80,
    "city": 80,
    "district": 80,
    "street": 200,
    "postcode": 16,
    "country": 2,
}
MISSING: Mapping[str, str] = {
    "name": N_("Who shall receive it?"),
    "phone": N_("The carrier needs a phone number."),
    "province": N_("Which province?"),
    "city": N_("Which city?"),
    "street": N_("Which street and number?"),
    "country": N_("Which country?"),
}
"""Fields that must be filled in, and what is said when one is not."""
TOO_LONG = N_("This is too long.")
PHONE_DIGITS_MIN = 5
Text = Annotated[str, Form(max_length=300)]
"""Longer than any field: what is too long is told beside its field."""


def typed(
    name: Text = "",
    phone: Text = "",
    region: Text = "",
    city: Text = "",
    district: Text = "",
    street: Text = "",
    postcode: Text = "",
    country: Text = "",
    province: Text = "",
) -> dict[str, str]:
    """What somebody wrote into the form, by field; `province` is the code of the one they chose."""
    given = (name, phone, region, city, district, street, postcode, country)
    written = {field: text.strip() for field, text in zip(LENGTH_MAX, given, strict=True)}
    return written | {"province": province.strip()}


TypedDep = Annotated[dict[str, str], Depends(typed)]


def faults(values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the address, as msgids by field; empty when it can be used."""
    wrong = {name: text for name, text in MISSING.items() if not values[name] and name != "province"}
    wrong |= {name: TOO_LONG for name, most in LENGTH_MAX.items() if len(values[name]) > most}
    if sum(each.isdigit() for each in values["phone"]) < PHONE_DIGITS_MIN:
        wrong["phone"] = MISSING["phone"]
    if values["country"] not in _codes():
        wrong["country"] = MISSING["country"]
    if values["country"] == CHINA and not address(values).where:
        wrong["province"] = MISSING["province"]
    return wrong


def where(values: Mapping[str, str]) -> str:
    """The region of what is known of an address so far; empty where that is not sure."""
    return address(dict.fromkeys(LENGTH_MAX, "") | {"province": ""} | dict(values)).where


def address(values: Mapping[str, str]) -> Address:
    """What was chosen counts before what was written; it is kept as it stands on a parcel."""
    written = Address(**{name: values[name] for name in LENGTH_MAX})
    chosen = PROVINCES.get(values["province"]) if written.country == CHINA else None
    return written if chosen is None else replace(written, region=chosen.chinese)


def filled(kept: Mapping[str, object]) -> dict[str, str]:
    """An address that was kept, as the form shows it; a province that is not sure is asked for."""
    values = {field: str(kept.get(field, "")) for field in LENGTH_MAX}
    region = region_of(values["country"], values["region"], values["city"])
    return values | {"province": region if region in PROVINCES else ""}


def provinces(locale: str) -> tuple[tuple[str, str], ...]:
    """(code, name in `locale`) of the provinces of China: in Chinese in the order of their codes, else by name."""
    named = [(code, region_name(code, locale)) for code in PROVINCES]
    return tuple(named if locale.startswith("zh") else sorted(named, key=lambda pair: pair[1]))


@lru_cache(maxsize=8)
def countries(locale: str) -> tuple[tuple[str, str], ...]:
    """(ISO code, name in `locale`), by name."""
    names = Locale.parse(locale.replace("-", "_")).territories
    return tuple(sorted(((code, names.get(code, code)) for code in _codes()), key=lambda pair: pair[1]))


@lru_cache(maxsize=8)
def home_country(brand: BrandConfig) -> str:
    """Where most customers of the shop are: the country of its language if people pay there in the shop's currency,
    else a country that does; "CN" when neither says.
    """
    try:
        spoken = Locale.parse(brand.shop.locale.replace("-", "_")).territory
    except (ValueError, UnknownLocaleError):
        spoken = None
    if spoken and brand.shop.currency in get_territory_currencies(spoken):
        return spoken
    using = [code for code in sorted(_codes()) if brand.shop.currency in get_territory_currencies(code)[-1:]]
    by_currency = brand.shop.currency[:2]
    return by_currency if by_currency in using else using[0] if using else spoken or "CN"


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    """Two-letter codes of countries and territories that goods can be sent to."""
    not_places = {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}
    known = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in known - not_places if len(code) == 2 and code.isalpha())
