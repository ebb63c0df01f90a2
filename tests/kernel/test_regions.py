"""Regions of addresses: found where sure, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_core.kernel.regions import COUNTRIES, PROVINCES, REGIONS, province_of, region_of

CITIES = [each for each in PROVINCES.values() if each.is_city]


def test_there_are_34_provinces_and_every_code_names_one() -> None:
    assert len(PROVINCES) == len({each.gb for each in PROVINCES.values()}) == 34
    assert len(COUNTRIES) == 249 and "CN" not in REGIONS and "TW" not in REGIONS


@pytest.mark.parametrize("each", PROVINCES.values(), ids=lambda each: each.code)
def test_every_name_and_code_of_a_province_is_understood(each: object) -> None:
    assert hasattr(each, "code")
    province = PROVINCES[each.code]
    written = (province.code, province.gb, province.short, province.chinese, province.english, *province.others)
    for words in (*written, province.english.upper(), f" {province.english} Province", f"中国{province.chinese}"):
        assert region_of("CN", words) == province.code
    assert province_of(f"{province.chinese}某市") == province.code


@pytest.mark.parametrize(
    ("province", "city", "region"),
    [
        ("", "上海", "CN-SH"),
        ("", "广东省深圳市", "CN-GD"),
        ("内蒙古自治区", "呼和浩特", "CN-NM"),
        ("广西自治区", "", "CN-GX"),
        ("Shaanxi", "Xi'an", "CN-SN"),
        ("Shanxi", "Taiyuan", "CN-SX"),
        ("海南藏族自治州", "", ""),  # in Qinghai
        ("河南蒙古族自治县", "", ""),  # in Qinghai too
        ("", "吉林", ""),
        ("", "JL", ""),
        ("Kanton", "广州", ""),
        ("广东", "上海", ""),  # they disagree
        ("", "", ""),
    ],
)
def test_what_is_not_sure_stays_unknown(province: str, city: str, region: str) -> None:
    assert region_of("CN", province, city) == region


def test_other_countries_are_their_own_region_and_one_place_has_one_code() -> None:
    assert region_of("DE", "广东", "上海") == "DE"
    assert region_of("HK", "", "") == region_of("CN", "香港", "") == "CN-HK"
    assert region_of("ZZ", "", "") == ""


@given(country=st.text(max_size=3), province=st.text(max_size=12), city=st.text(max_size=12))
def test_whatever_is_typed_gives_a_known_region_or_none(country: str, province: str, city: str) -> None:
    for code in (country, "CN"):
        assert region_of(code, province, city) in {"", *REGIONS}


@given(st.sampled_from(CITIES), st.sampled_from(list(PROVINCES.values())))
def test_a_province_and_a_city_that_disagree_give_none(city: object, other: object) -> None:
    assert hasattr(city, "code") and hasattr(other, "code")
    known = region_of("CN", PROVINCES[other.code].chinese, PROVINCES[city.code].chinese)
    assert known == (other.code if other.code == city.code else "")
