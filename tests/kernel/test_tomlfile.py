"""Configuration errors name file, line, key and remedy."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from shared_core.kernel.tomlfile import ConfigError, key_lines, load, loads


class Rung(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    at_least: int = 0


class Ladder(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    ranks: list[Rung] = []


GOOD = """\
name = "A" # [not.a.table]
story = \"\"\"
[ranks]
name = "hidden"
\"\"\"
colours = [
  "red", # ] = [
]

[[ranks]]
id = "one"
[[ranks]]
id = "two"
[ranks.reach]
'at' = { x = 1 }
a."b c" = 2
"""


def test_every_key_is_found_on_its_line() -> None:
    lines = key_lines(GOOD)

    assert lines[("name",)] == 1
    assert lines[("colours",)] == 6
    assert lines[("ranks", 0, "id")] == 11
    assert lines[("ranks", 1, "id")] == 13
    assert lines[("ranks", 1, "reach")] == 14
    assert lines[("ranks", 1, "reach", "at")] == 15
    assert lines[("ranks", 1, "reach", "a", "b c")] == 16
    assert ("red",) not in lines


def test_an_unknown_key_names_the_nearest_right_one() -> None:
    with pytest.raises(ConfigError) as caught:
        loads('name = "A"\n\n[[ranks]]\nid = "x"\nat_lest = 3\n', Ladder, file="plan.toml")

    (finding,) = caught.value.findings
    assert (finding.code, finding.file, finding.line, finding.key) == (
        "unknown_key",
        "plan.toml",
        5,
        "ranks[1].at_lest",
    )
    assert "at_least" in finding.text(str)


def test_all_errors_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        loads("[[ranks]]\nid = 4\n", Ladder, file="plan.toml")

    assert {(each.code, each.line) for each in caught.value.findings} == {("missing_key", 1), ("bad_value", 2)}


def test_broken_toml_names_its_line() -> None:
    with pytest.raises(ConfigError) as caught:
        loads('name = "A\n', Ladder, file="plan.toml")

    assert caught.value.findings[0].code == "not_toml"
    assert caught.value.findings[0].line == 1


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00n"])
def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "plan.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError) as caught:
        load(path, Ladder)

    assert caught.value.findings[0].code == "unreadable"
