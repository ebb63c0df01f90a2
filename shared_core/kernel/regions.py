"""Regions: where goods go, as freight and routes see it. Facts, and the rule that finds it in an address.

A region is an ISO 3166-2 code of one of the 34 divisions of China at province level ("CN-GD"), or the ISO 3166-1
alpha-2 code of another country ("DE"), or empty: not known. Sources: GB/T 2260, ISO 3166-1, ISO 3166-2:CN.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

CHINA = "CN"
CODE_LENGTH_MAX = 6
UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Province:
    """A division of China at province level. `gb` is six digits; `short` is what a name without its rank is."""

    code: str
    gb: str
    short: str
    chinese: str
    english: str
    others: tuple[str, ...] = ()

    @property
    def is_city(self) -> bool:
        """Whether its name is that of its city as well."""
        return self.chinese.endswith("市") or self.gb in ("810000", "820000")


_FACTS = """
CN-BJ|110000|北京|北京市|Beijing|Peking
CN-TJ|120000|天津|天津市|Tianjin|
CN-HE|130000|河北|河北省|Hebei|
CN-SX|140000|山西|山西省|Shanxi|
CN-NM|150000|内蒙古|内蒙古自治区|Inner Mongolia|内蒙,Nei Mongol,Neimenggu
CN-LN|210000|辽宁|辽宁省|Liaoning|
CN-JL|220000|吉林|吉林省|Jilin|
CN-HL|230000|黑龙江|黑龙江省|Heilongjiang|
CN-SH|310000|上海|上海市|Shanghai|
CN-JS|320000|江苏|江苏省|Jiangsu|
CN-ZJ|330000|浙江|浙江省|Zhejiang|
CN-AH|340000|安徽|安徽省|Anhui|
CN-FJ|350000|福建|福建省|Fujian|
CN-JX|360000|江西|江西省|Jiangxi|
CN-SD|370000|山东|山东省|Shandong|
CN-HA|410000|河南|河南省|Henan|
CN-HB|420000|湖北|湖北省|Hubei|
CN-HN|430000|湖南|湖南省|Hunan|
CN-GD|440000|广东|广东省|Guangdong|
CN-GX|450000|广西|广西壮族自治区|Guangxi|广西省,Guangxi Zhuang
CN-HI|460000|海南|海南省|Hainan|
CN-CQ|500000|重庆|重庆市|Chongqing|
CN-SC|510000|四川|四川省|Sichuan|
CN-GZ|520000|贵州|贵州省|Guizhou|
CN-YN|530000|云南|云南省|Yunnan|
CN-XZ|540000|西藏|西藏自治区|Tibet|Xizang
CN-SN|610000|陕西|陕西省|Shaanxi|
CN-GS|620000|甘肃|甘肃省|Gansu|
CN-QH|630000|青海|青海省|Qinghai|
CN-NX|640000|宁夏|宁夏回族自治区|Ningxia|Ningxia Hui
CN-XJ|650000|新疆|新疆维吾尔自治区|Xinjiang|Xinjiang Uygur,Xinjiang Uyghur
CN-TW|710000|台湾|台湾省|Taiwan|臺灣
CN-HK|810000|香港|香港特别行政区|Hong Kong|Hongkong
CN-MO|820000|澳门|澳门特别行政区|Macao|Macau
"""
_RANKS = ("", " province", " autonomous region", " municipality", " city", " shi", " sheng", " sar")
_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD
CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF
GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI
SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
VN VU WF WS YE YT ZA ZM ZW
"""
_OWN_COUNTRY_CODE = MappingProxyType({"HK": "CN-HK", "MO": "CN-MO", "TW": "CN-TW"})
"""What ISO 3166-1 lists as well: one place has one code here."""


def _province(line: str) -> Province:
    code, gb, short, chinese, english, others = line.split("|")
    return Province(code, gb, short, chinese, english, tuple(filter(None, others.split(","))))


PROVINCES: Mapping[str, Province] = MappingProxyType(
    {each.code: each for each in map(_province, _FACTS.strip().splitlines())}
)
COUNTRIES = frozenset(_COUNTRIES.split())
REGIONS = frozenset(PROVINCES) | COUNTRIES - {CHINA} - frozenset(_OWN_COUNTRY_CODE)


def _plain(text: str) -> str:
    """As names are compared: without marks, spaces and capitals."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s'’·.-]+", "", folded)


def _names(each: Province) -> Iterable[str]:
    yield from (each.code, each.code.removeprefix("CN-"), each.gb, each.short, each.chinese)
    if each.chinese.endswith("区"):
        yield f"{each.short}自治区"
    for name in (each.english, *each.others):
        yield from (name + rank for rank in _RANKS)


_BY_NAME = MappingProxyType({_plain(name): each.code for each in PROVINCES.values() for name in _names(each)})
_WITH_RANK = tuple((name, code) for name, code in _BY_NAME.items() if re.fullmatch(r".+[省市区]", name))


def province_of(text: str) -> str:
    """The code of the province that these words name, alone or with what follows a name with its rank ("广东省深圳市").

    Empty where they do not surely name one: "海南藏族自治州" lies in Qinghai.
    """
    words = _plain(text).removeprefix("中国")
    if words in _BY_NAME:
        return _BY_NAME[words]
    begun = {code for name, code in _WITH_RANK if words.startswith(name)}
    return begun.pop() if len(begun) == 1 else UNKNOWN


def known_region(code: str) -> bool:
    return code in REGIONS


def region_of(country: str, province: str, city: str = "") -> str:
    """The region of an address as somebody typed it; UNKNOWN where that is not sure, or where its parts disagree.

    A city tells only where it is a province itself ("上海"), or begins with one ("广东省深圳市").
    """
    if country in _OWN_COUNTRY_CODE:
        return _OWN_COUNTRY_CODE[country]
    if country != CHINA:
        return country if country in COUNTRIES else UNKNOWN
    of_city = province_of(city)
    if of_city and not PROVINCES[of_city].is_city and _plain(city) in _BY_NAME:
        of_city = UNKNOWN  # 吉林 is a city of 吉林, and "JL" is anything
    if not province.strip():
        return of_city
    named = province_of(province)
    return named if of_city in (UNKNOWN, named) else UNKNOWN


def region_name(code: str, locale: str) -> str:
    """What people call a province; the code itself for other countries, whose names are the translators' to know."""
    each = PROVINCES.get(code)
    if each is None:
        return code
    return each.short if locale.startswith("zh") else each.english
