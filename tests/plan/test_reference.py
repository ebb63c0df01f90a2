"""docs/plan.md explains every key of plan.toml, and only those."""

import re
import tomllib
from pathlib import Path

import pytest

from shared_core import plan
from shared_core.kernel.findings import ConfigError
from tests.plan.schemas import refusals
from tests.plan.write_reference import BEGIN, PAGE, SCHEMA, reference_page, schema_file

NAMED = re.compile(r"^\| `([a-z_.\[\]]+)` \|", re.MULTILINE)


def test_every_key_has_a_description():
    assert [key.path for key in plan.reference() if not key.description.endswith(".")] == []


def test_the_reference_holds_every_key_and_no_other():
    documented = NAMED.findall(PAGE.read_text(encoding="utf-8").partition(BEGIN)[2])
    assert sorted(documented) == sorted(key.path for key in plan.reference() if not key.section)


def test_the_reference_is_what_the_schema_says_now():
    written = PAGE.read_text(encoding="utf-8")
    assert written == reference_page(written), "run: python -m tests.plan.write_reference"


def test_the_json_schema_for_editors_knows_every_table():
    schema = plan.json_schema()
    assert set(schema["properties"]) == set(plan.Plan.model_fields)
    assert schema["additionalProperties"] is False


def test_the_schema_that_shops_carry_is_the_one_of_now():
    assert SCHEMA.read_text(encoding="utf-8") == schema_file(), "run: python -m tests.plan.write_reference"


@pytest.mark.parametrize("name", [each.name for each in plan.presets()])
def test_an_editor_accepts_every_preset_and_finds_its_schema(name: str):
    for text in (plan.preset(name), plan.publishable(name)):
        assert text.startswith("#:schema ../schemas/plan.json\n"), "seen from brand/plan.toml"
        assert refusals(plan.json_schema(), tomllib.loads(text)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "where"),
    [
        ('rate = "15%"', "rate = 15", "shares"),
        ('payee = "seller"', 'payee = "seler"', "shares"),
        ("at_least = 10", "atleast = 10", "ranks"),
        ('by = "click"', 'by = "klick"', "binding.by"),
        ('name = "fan-lock"', 'name = "Fan Lock"', "name"),
        ("notice = true", 'notice = "yes"', "binding.notice"),
    ],
)
def test_an_editor_marks_what_check_would_refuse(right: str, wrong: str, where: str):
    text = plan.preset("fan-lock").replace(right, wrong)
    found = refusals(plan.json_schema(), tomllib.loads(text))
    assert found and all(each.startswith(where) for each in found), found
    with pytest.raises(ConfigError):
        plan.loads(text, currency="CNY")


def test_an_editor_takes_a_name_in_one_language_or_in_two():
    for name in ('"Fan"', '{ zh = "粉丝", en = "Fan" }'):
        text = plan.preset("fan-lock").replace('{ zh = "粉丝", en = "Fan" }', name)
        assert refusals(plan.json_schema(), tomllib.loads(text)) == []


@pytest.mark.parametrize("name", [each.name for each in plan.presets()])
def test_presets_use_only_keys_of_the_reference(name: str):
    known = {key.path.rpartition(".")[2] for key in plan.reference()} | {"zh", "en"}
    used = set(re.findall(r"(?:^|[{,])\s*([a-z_]+)\s*=", plan.preset(name), re.MULTILINE))
    assert used <= known


def test_the_page_is_where_partners_look():
    assert Path("docs") / "plan.md" == PAGE.relative_to(PAGE.parents[1])
