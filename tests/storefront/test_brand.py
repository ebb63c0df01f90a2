"""brand.toml: what it accepts, what it refuses and how it says so."""

from decimal import Decimal
from pathlib import Path

import pytest

from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.money import Money
from shared_core.orders import Fare, FreightRule
from shared_core.storefront import BrandConfig, load_brand, review_brand
from shared_core.storefront.contrast import contrast
from shared_core.storefront.fares import freight_rule

SMALLEST = '[shop]\nname = "Lamplight"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(folder: Path, text: str) -> BrandConfig:
    (folder / "brand.toml").write_text(text, encoding="utf-8")
    return load_brand(folder)


def refused(folder: Path, text: str) -> list[Finding]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    return caught.value.findings


def test_a_name_is_all_a_shop_must_say(folder: Path) -> None:
    brand = read(folder, SMALLEST)
    assert (brand.shop.name, brand.shop.currency, brand.shop.zone) == ("Lamplight", "CNY", "Asia/Shanghai")
    assert freight_rule(brand) == FreightRule(Fare(Money(0, "CNY")))


def test_the_careful_defaults_can_be_read(folder: Path) -> None:
    brand = read(folder, SMALLEST)
    assert {finding.code for finding in review_brand(brand, folder)} == {"no_trader", "no_payee"}


def test_a_misspelt_key_is_named_with_its_line_and_the_nearest_right_one(folder: Path) -> None:
    [finding] = refused(folder, SMALLEST + '[colours]\nprimry = "#000000"\n')
    assert (finding.code, finding.line, finding.key) == ("unknown_key", 4, "colours.primry")
    assert "'primary'" in finding.text(str)


def test_a_wrong_type_is_refused_and_not_converted(folder: Path) -> None:
    [finding] = refused(folder, SMALLEST + '[features]\nshare = "yes"\n')
    assert (finding.code, finding.line) == ("bad_value", 4)


@pytest.mark.parametrize(
    "wrong",
    [
        '[pricing]\nmarkup = "60"\n',
        "[pricing]\nmarkup = 60\n",
        '[pricing]\nmarkup = "-1%"\n',
        '[pricing]\nmarkup = "1001%"\n',
        '[colours]\nink = "black"\n',
        '[type]\ntext = "x; } body { display: none"\n',
        '[supply]\nmode = "hub"\n',
        '[payment]\nqr_image = "../../secret.png"\n',
        '[shipping]\nflat = "12.345"\n',
        '[shipping]\nflat = "-1"\n',
    ],
)
def test_nonsense_is_refused(folder: Path, wrong: str) -> None:
    assert refused(folder, SMALLEST + wrong)


@pytest.mark.parametrize("wrong", ['currency = "XQX"', 'zone = "Asia/Atlantis"', 'locale = "../en"', 'name = ""'])
def test_a_shop_is_somewhere_in_the_world(folder: Path, wrong: str) -> None:
    name = "" if wrong.startswith("name") else 'name = "Lamplight"\n'
    assert refused(folder, f"[shop]\n{name}{wrong}\n")


def test_every_fault_is_told_at_once(folder: Path) -> None:
    findings = refused(folder, '[shop]\nname = "A"\ncurency = "CNY"\n[colours]\nink = "x"\n')
    assert {finding.line for finding in findings} == {3, 5}


def test_percentages_become_ten_thousandths(folder: Path) -> None:
    brand = read(folder, SMALLEST + '[pricing]\nrule = "markup"\nmarkup = "7.5%"\n')
    assert brand.pricing.markup == 750


def test_freight_is_read_in_the_shops_currency(folder: Path) -> None:
    brand = read(folder, SMALLEST + '[shipping]\nflat = "10.00"\nfree_over = "99"\n')
    assert freight_rule(brand).usual == Fare(Money(1000, "CNY"), Money(9900, "CNY"))


def test_freight_is_another_one_in_regions_by_name_or_code(folder: Path) -> None:
    usual = '[shipping]\nflat = "8"\nexcluded = ["TW", "澳门"]\n'
    regions = usual + '[[shipping.region]]\nregions = ["西藏", "CN-XJ"]\nflat = "20"\n'
    abroad = '[[shipping.region]]\nregions = ["US"]\nflat = "60"\nfree_over = "999"\n'
    rule = freight_rule(read(folder, SMALLEST + regions + abroad))
    far, us = Fare(Money(2000, "CNY")), Fare(Money(6000, "CNY"), Money(99900, "CNY"))
    assert (rule.regional, rule.excluded) == ({"CN-XZ": far, "CN-XJ": far, "US": us}, {"CN-TW", "CN-MO"})
    assert rule.least == Fare(Money(800, "CNY"), Money(99900, "CNY"))


@pytest.mark.parametrize(
    ("written", "said", "line"),
    [
        ('[[shipping.region]]\nregions = ["Tibett"]\nflat = "1"\n', "Tibett is no region", 4),
        (
            '[[shipping.region]]\nregions = ["西藏"]\nflat = "1"\n'
            '[[shipping.region]]\nregions = ["CN-XZ"]\nflat = "2"\n',
            "CN-XZ has a price already, as 西藏",
            7,
        ),
        (
            '[shipping]\nexcluded = ["US"]\n[[shipping.region]]\nregions = ["US"]\nflat = "1"\n',
            "US has a price already",
            6,
        ),
        ('[[shipping.region]]\nregions = ["US"]\nflat = "-1"\n', "never negative", 5),
        ('[[shipping.region]]\nregions = []\nflat = "1"\n', "", 4),
        ('[[shipping.region]]\nregions = ["US"]\n', "", 3),
    ],
)
def test_a_fare_that_cannot_be_is_found_on_its_line(folder: Path, written: str, said: str, line: int) -> None:
    [finding] = refused(folder, SMALLEST + written)
    assert said in finding.text(str) and finding.line == line, (finding.text(str), finding.line)


def test_a_currency_without_a_minor_unit_has_no_decimals(folder: Path) -> None:
    yen = '[shop]\nname = "灯"\ncurrency = "JPY"\n[shipping]\n'
    assert freight_rule(read(folder, yen + 'flat = "500"\n')).usual.flat == Money(500, "JPY")
    assert refused(folder, yen + 'flat = "500.50"\n')


def test_colours_that_cannot_be_read_are_found(folder: Path) -> None:
    brand = read(folder, SMALLEST + '[colours]\npaper = "#ffffff"\nprimary = "#f0c000"\n')
    found = [each for each in review_brand(brand, folder) if each.code == "low_contrast"]
    assert [each.key for each in found] == ["colours.primary"]
    assert "4.5" in found[0].text(str)


def test_writing_on_a_coloured_surface_can_always_be_read(folder: Path) -> None:
    brand = read(folder, SMALLEST + '[colours]\nprimary = "#f0c000"\naccent = "#777777"\n')
    assert contrast(brand.colours.on_primary, brand.colours.primary) >= Decimal("4.5")
    assert contrast(brand.colours.on_accent, brand.colours.accent) >= Decimal("4.5")


def test_contrast_runs_from_one_to_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#123456", "#123456") == 1
    assert round(contrast("#777777", "#ffffff"), 2) == Decimal("4.48")


def test_a_missing_picture_is_found(folder: Path) -> None:
    brand = read(folder, '[shop]\nname = "A"\nlogo = "logo.svg"\n')
    assert "missing_picture" in {finding.code for finding in review_brand(brand, folder)}
    assets = folder / "theme" / "assets"
    assets.mkdir(parents=True)
    (assets / "logo.svg").write_text("<svg/>")
    assert "missing_picture" not in {finding.code for finding in review_brand(brand, folder)}


def test_the_shop_speaks_its_own_language_first(folder: Path) -> None:
    assert read(folder, '[shop]\nname = "A"\nlocale = "en"\n').locales == ("en", "zh-CN")
    assert read(folder, '[shop]\nname = "A"\nlocale = "ja"\n').locales == ("ja", "en", "zh-CN")
