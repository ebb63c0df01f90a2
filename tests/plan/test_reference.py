"""docs/plan.md explains every key of plan.toml, and only those."""

import re
from pathlib import Path

import pytest

from shared_core import plan
from tests.plan.write_reference import BEGIN, PAGE, reference_page

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


@pytest.mark.parametrize("name", [each.name for each in plan.presets()])
def test_presets_use_only_keys_of_the_reference(name: str):
    known = {key.path.rpartition(".")[2] for key in plan.reference()} | {"zh", "en"}
    used = set(re.findall(r"(?:^|[{,])\s*([a-z_]+)\s*=", plan.preset(name), re.MULTILINE))
    assert used <= known


def test_the_page_is_where_partners_look():
    assert Path("docs") / "plan.md" == PAGE.relative_to(PAGE.parents[1])
