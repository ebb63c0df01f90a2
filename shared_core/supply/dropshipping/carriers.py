"""Carriers as data: how one is called, and what its tracking numbers look like. Values in, values out.

Patterns are as wide as the carrier's own numbers are: they catch a mistyped number, a phone number or an order number,
and never refuse a parcel that is on its way. A carrier that is not here is taken at its word.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_
from shared_core.supply.errors import BadTrackingNumber
from shared_core.supply.models import CODE_LENGTH_MAX

S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
S10 = r"[A-Z]{2}\d{9}[A-Z]{2}"
"""What posts of all countries put on parcels: UPU standard S10."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """`names` are others it goes by, in small letters; `example` is a number that could be one of its own; `page` is
    where it tells where a parcel is, where that page takes a number.
    """

    code: str
    names: tuple[str, ...]
    pattern: str
    example: str
    page: str = ""


CARRIERS: Final = (
    Carrier(
        "SF",
        ("sf express", "shunfeng", "顺丰", "顺丰速运"),
        r"SF\d{12,15}|\d{12,15}",
        "SF1234567890123",
        page="https://www.sf-express.com/chn/sc/waybill/waybill-detail/{}",
    ),
    Carrier("YTO", ("yto express", "yuantong", "圆通", "圆通速递"), r"(YT|[A-Z])?\d{9,18}", "YT1234567890123"),
    Carrier("ZTO", ("zto express", "zhongtong", "中通", "中通快递"), r"(ZT|ZTO)?\d{10,15}", "75312345678901"),
    Carrier("STO", ("sto express", "shentong", "申通", "申通快递"), r"(ST|STO)?\d{10,15}", "773123456789012"),
    Carrier("YUNDA", ("yunda express", "韵达", "韵达速递", "韵达快递"), r"(YD)?\d{13,15}", "4312345678901"),
    Carrier(
        "JD",
        ("jd logistics", "jdl", "jingdong", "京东", "京东物流", "京东快递"),
        r"(JD[A-Z]{0,3}|V[ABC])?\d{8,18}(-\d{1,3}-\d{1,3}-?)?",
        "JD0012345678901",
    ),
    Carrier("EMS", ("china post", "chinapost", "邮政", "中国邮政", "邮政ems"), rf"{S10}|\d{{13}}", "EE123456785CN"),
    Carrier(
        "DHL",
        ("dhl express",),
        rf"\d{{10,11}}|J?JD\d{{12,20}}|GM\d{{16,18}}|{S10}",
        "1234567890",
        page="https://www.dhl.com/global-en/home/tracking.html?tracking-id={}",
    ),
    Carrier(
        "UPS",
        ("united parcel service",),
        r"1Z[A-Z0-9]{16}|T\d{10}|\d{9}|\d{12}",
        "1Z12345E0205271688",
        page="https://www.ups.com/track?tracknum={}",
    ),
    Carrier(
        "FEDEX",
        ("fedex express", "联邦快递"),
        r"\d{12}|\d{15}|\d{20}|\d{22}|\d{34}",
        "123456789012",
        page="https://www.fedex.com/fedextrack/?trknbr={}",
    ),
    Carrier(
        "USPS",
        ("us postal service",),
        rf"\d{{20,22}}|420\d{{23,31}}|{S10}",
        "9400111899223100000000",
        page="https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
    ),
)

_BY_NAME: Mapping[str, Carrier] = {
    name: carrier for carrier in CARRIERS for name in (carrier.code.casefold(), *carrier.names)
}
_SHOWN = re.compile(r"\S(.*\S)?")


def known_carrier(name: str) -> Carrier | None:
    """The carrier that goes by this name."""
    return _BY_NAME.get(" ".join(name.split()).casefold())


def tracking_url(carrier: str, tracking_number: str) -> str:
    """Where the carrier tells where the parcel is; nothing where that is not known."""
    known = known_carrier(carrier)
    return known.page.format(quote(tracking_number, safe="")) if known and known.page else ""


def parcel_mark(carrier: str, tracking_number: str) -> tuple[str, str]:
    """Carrier and number as they are kept: a known carrier by its code, its number in capitals without spaces.

    Raises BadTrackingNumber.
    """
    name, number = carrier.strip(), tracking_number.strip()
    known = known_carrier(name)
    if known is None:
        if not (_plain(name) and _plain(number)):
            reason = Phrase(N_("write between 1 and {most} characters"), most=CODE_LENGTH_MAX)
            raise BadTrackingNumber(number=number[:CODE_LENGTH_MAX], carrier=name[:CODE_LENGTH_MAX], reason=reason)
        return name, number
    number = "".join(number.split()).upper()
    if not re.fullmatch(known.pattern, number, re.ASCII):
        looks = Phrase(N_("its numbers look like {example}"), example=known.example)
        raise BadTrackingNumber(number=number[:CODE_LENGTH_MAX], carrier=known.code, reason=looks)
    if re.fullmatch(S10, number, re.ASCII) and not s10_adds_up(number):
        raise BadTrackingNumber(number=number, carrier=known.code, reason=Phrase(N_("its check digit is wrong")))
    return known.code, number


def s10_adds_up(number: str) -> bool:
    """Whether the ninth digit of an S10 number is the check digit of the eight before it."""
    digits = [int(each) for each in number[2:11]]
    rest = 11 - sum(weight * digit for weight, digit in zip(S10_WEIGHTS, digits, strict=False)) % 11
    return digits[8] == {10: 0, 11: 5}.get(rest, rest)


def _plain(said: str) -> bool:
    return bool(_SHOWN.fullmatch(said)) and said.isprintable() and len(said) <= CODE_LENGTH_MAX
