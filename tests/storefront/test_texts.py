"""What a shop says in words of its own is found, each with its line."""

from pathlib import Path

import pytest

from shared_core.storefront import shop_texts

PLAN = """name = "tested"
[[ranks]]
id = "member"
name = { zh = "会员", en = "Member" }
"""
CATALOGUE = """msgid ""
msgstr ""

msgid "Bag"
msgstr "袋子"

msgid "%(n)s lamp"
msgid_plural "%(n)s lamps"
msgstr[0] "%(n)s 盏灯"
"""


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    """A folder with one text of every kind."""
    (tmp_path / "theme" / "templates" / "parts").mkdir(parents=True)
    (tmp_path / "locale").mkdir()
    (tmp_path / "brand.toml").write_text('[shop]\nname = "Lamplight"\n[contact]\naddress = [\n "Here"\n]\n', "utf-8")
    (tmp_path / "plan.toml").write_text(PLAN, "utf-8")
    (tmp_path / "theme" / "templates" / "parts" / "a.html").write_text("\n<p>Soft light</p>\n", "utf-8")
    (tmp_path / "locale" / "zh_CN.po").write_text(CATALOGUE, "utf-8")
    return tmp_path


def test_every_kind_of_text_is_found_with_its_line(brand: Path) -> None:
    found = {(Path(each.file).name, each.line, each.text) for each in shop_texts(brand, brand / "plan.toml")}
    assert found == {
        ("brand.toml", 2, "Lamplight"),
        ("brand.toml", 4, "Here"),
        ("plan.toml", 1, "tested"),
        ("plan.toml", 4, "会员"),
        ("plan.toml", 4, "Member"),
        ("a.html", 2, "<p>Soft light</p>"),
        ("zh_CN.po", 4, "袋子"),
        ("zh_CN.po", 7, "%(n)s 盏灯"),
    }


def test_a_folder_without_templates_and_translations_has_its_toml_only(brand: Path) -> None:
    (brand / "theme" / "templates" / "parts" / "a.html").unlink()
    (brand / "locale" / "zh_CN.po").unlink()
    assert {Path(each.file).suffix for each in shop_texts(brand, brand / "plan.toml")} == {".toml"}


def test_the_names_are_those_of_the_version_asked_for(brand: Path) -> None:
    (brand / "plans").mkdir()
    (brand / "plans" / "next.toml").write_text(PLAN.replace("tested", "coming"), "utf-8")
    found = {(each.file, each.text) for each in shop_texts(brand, brand / "plans" / "next.toml")}
    assert ("brand/plans/next.toml", "coming") in found
    assert not {text for file, text in found if file == "brand/plan.toml"}
